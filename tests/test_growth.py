"""The law of growth finds a power again, says how far figures lie from it, and takes none that was not measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.growth import law

SIZES = [1_000, 10_000, 100_000, 1_000_000]


@given(st.floats(-0.5, 2), st.floats(1e-3, 1e3))
def test_a_power_is_found_again(exponent: float, factor: float) -> None:
    found = law(SIZES, [factor * size**exponent for size in SIZES])
    assert found["exponent"] == pytest.approx(exponent, abs=1e-6)
    assert found["last"] == pytest.approx(exponent, abs=1e-6)
    assert found["factor"] == pytest.approx(factor, rel=1e-4)
    assert found["residual"] == pytest.approx(1, abs=1e-6)


def test_what_bends_is_told_by_its_residual_and_the_last_exponent() -> None:
    found = law(SIZES, [10, 10, 10, 100])
    assert found["residual"] > 1.5
    assert found["last"] == pytest.approx(1)


def test_a_size_without_the_figure_is_left_out_and_one_alone_has_no_law() -> None:
    assert law(SIZES, [0, 10, 100, 1_000])["sizes"] == 3
    with pytest.raises(ValueError, match="two sizes"):
        law(SIZES, [0, 0, 0, 5])
