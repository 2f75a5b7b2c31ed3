"""What is sealed opens with its key in its place, and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.errors import SettingsInvalid
from ui.sign_in.sealing import Seal

KEY = bytes(range(32))
PLACE = b"row:column"


@given(st.text())
def test_a_text_opens_as_it_was_sealed_and_never_looks_the_same(text: str) -> None:
    seal = Seal(KEY)
    first, second = seal.close(text, PLACE), seal.close(text, PLACE)
    assert first != second
    assert seal.open(first, PLACE) == seal.open(second, PLACE) == text


@given(st.text(), st.data())
def test_a_changed_bit_keeps_it_closed(text: str, data: st.DataObject) -> None:
    seal = Seal(KEY)
    sealed = bytearray(seal.close(text, PLACE))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    assert seal.open(bytes(sealed), PLACE) is None


@given(st.binary(max_size=64))
def test_what_was_never_sealed_does_not_open(rubbish: bytes) -> None:
    assert Seal(KEY).open(rubbish, PLACE) is None


def test_neither_another_key_nor_another_place_opens_it() -> None:
    sealed = Seal(KEY).close("jeton", PLACE)
    assert Seal(bytes(32)).open(sealed, PLACE) is None
    assert Seal(KEY).open(sealed, b"row:other") is None


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(SettingsInvalid):
        Seal(bytes(length))
