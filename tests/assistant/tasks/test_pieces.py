"""Pieces hold all of a text, once, and are as small as they must be."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.tasks.pieces import Piece, packed, paragraphs
from retrieval.corpus import Passage
from tests.assistant.conftest import passage

TEXTS = st.lists(
    st.text(st.sampled_from("ab É.!\n  «»1"), max_size=80)
    | st.sampled_from(["La règle est claire. Elle vaut pour tous."]),
    max_size=6,
)


def _words(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def _texts(pieces: list[Piece]) -> list[str]:
    return [one.chunk.text for piece in pieces for one in piece.passages]


@given(TEXTS, st.integers(1, 60))
def test_every_character_stands_in_exactly_one_piece_and_none_is_too_long(texts: list[str], most: int) -> None:
    given_ = [passage("Titre", text) for text in texts]
    for pieces in (packed(given_, len, most), paragraphs(given_, len, most)):
        assert _words(_texts(pieces)) == _words(texts)
        assert all(sum(len(one.chunk.text) for one in piece.passages) <= most for piece in pieces)
        numbers = [piece.first for piece in pieces]
        assert numbers == [1 + sum(len(one.passages) for one in pieces[:n]) for n in range(len(pieces))]


@given(TEXTS, st.integers(1, 60))
def test_a_part_of_a_passage_knows_where_it_stands(texts: list[str], most: int) -> None:
    for text in texts:
        for piece in paragraphs([passage("Titre", text)], len, most):
            [part] = piece.passages
            assert text[part.chunk.locator.start : part.chunk.locator.end] == part.chunk.text


def test_a_passage_that_does_not_fit_is_cut_at_the_end_of_a_sentence() -> None:
    whole: Passage = passage("Carte", "La carte est gratuite. Elle est valable 5 ans. Elle se demande en mairie.")
    pieces = packed([whole], len, 50)
    assert _texts(pieces) == ["La carte est gratuite. Elle est valable 5 ans.", "Elle se demande en mairie."]
