"""What is taken out of texts, and what is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.characters import WESTERN, one_line, visible


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("con\u200bgé", "congé", id="zero-width space"),
        pytest.param("abc\u202edef\u202c", "abcdef", id="bidirectional override"),
        pytest.param("oui\U000e0069\U000e0067", "oui", id="tag characters"),
        pytest.param("a\x00b", "ab", id="NUL"),
        pytest.param("pré\u00advenir", "prévenir", id="soft hyphen"),
        pytest.param("a\ud800b", "ab", id="lone surrogate"),
        pytest.param("e\u0301te\u0301", "été", id="decomposed accents"),
        pytest.param(
            "l’été\u202f: «\u00a0oui\u00a0»\n\tfin", "l’été\u202f: «\u00a0oui\u00a0»\n\tfin", id="ordinary French"
        ),
    ],
)
def test_only_what_nobody_sees_is_taken_out(written: str, read: str) -> None:
    assert visible(written) == read


@given(st.text())
def test_a_cleaned_text_stays_as_it_is_and_can_be_stored(text: str) -> None:
    clean = visible(text)
    assert visible(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert b"\x00" not in clean.encode()


@given(st.text(alphabet="aé \t\n\r\x0b\x0c\x1c\x85\u2028\u2029"))
def test_line_breaks_of_every_kind_are_kept(text: str) -> None:
    assert visible(text).splitlines() == text.splitlines()
    assert one_line(text) == " ".join(text.split())


def test_what_windows_1252_prints_is_composed_and_has_a_shape_whatever_it_stands_beside() -> None:
    pairs = "".join(one + other for one in sorted(WESTERN) for other in sorted(WESTERN))
    assert unicodedata.is_normalized("NFC", pairs)
    assert not [one for one in WESTERN if unicodedata.category(one).startswith(("C", "M", "Z")) and one != " "]
    assert {*"aé’œ€«…"} < WESTERN
