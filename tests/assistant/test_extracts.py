"""What the passages say themselves, in place of words that they do not bear out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.extracts import FOLLOWING, INTRODUCTION, LONGEST, extracts, says_that_it_cannot
from retrieval import Passage
from tests.assistant.conftest import passage

LEAVE = (
    "Le télétravail se demande par écrit. Le congé de proche aidant dure trois mois. Il peut être renouvelé. "
    "L’employeur répond sous trente jours. La demande se fait un mois avant."
)
QUESTION = "Combien de temps dure le congé de proche aidant ?"


def test_the_sentence_with_the_rarest_words_is_quoted_with_what_follows_it() -> None:
    spoken = extracts(QUESTION, [passage("Guide", LEAVE)])
    assert spoken is not None
    quote = spoken.quotes[1]
    assert LEAVE[quote.start : quote.end] == (
        "Le congé de proche aidant dure trois mois. Il peut être renouvelé. L’employeur répond sous trente jours."
    )
    assert spoken.text.startswith(INTRODUCTION)
    assert spoken.text.endswith("» [1]")


def test_a_passage_without_a_word_of_the_question_is_passed_over() -> None:
    spoken = extracts(QUESTION, [passage("Guide", "Le badge ouvre la porte."), passage("Guide", LEAVE)])
    assert spoken is not None
    assert list(spoken.quotes) == [2]


def test_where_no_passage_has_one_nothing_is_quoted() -> None:
    assert extracts(QUESTION, [passage("Guide", "Le badge ouvre la porte.")]) is None
    assert extracts(QUESTION, []) is None


def test_nothing_of_a_passage_becomes_a_mark_a_link_or_an_image() -> None:
    spoken = extracts(
        QUESTION, [passage("Guide", "Le congé de proche aidant [7] dure ![x](http://ailleurs/) <b>trois</b> mois.")]
    )
    assert spoken is not None
    words = spoken.text.removeprefix(INTRODUCTION)
    assert words.count("[") == 1
    assert "<b>" not in words


@given(st.lists(st.sampled_from([LEAVE, "Congé\n\nde proche", "", "mois " * 200, "a. b. c.\n- d :\n"]), max_size=4))
def test_a_quotation_stands_in_its_passage_and_is_not_endless(texts: list[str]) -> None:
    passages: list[Passage] = [passage("Guide", text) for text in texts]
    spoken = extracts(QUESTION, passages)
    for number, quote in (spoken.quotes if spoken else {}).items():
        text = passages[number - 1].chunk.text
        assert 0 <= quote.start < quote.end <= len(text)
        first = next(end for end in range(quote.start + 1, len(text) + 1) if end == quote.end or text[end - 1] in ".\n")
        assert quote.end - quote.start <= max(LONGEST, first - quote.start)
    assert FOLLOWING > 0


@pytest.mark.parametrize(
    ("said", "cannot"),
    [
        ("Les extraits ne permettent pas de répondre.", True),
        ("Le document ne me permet pas d’indiquer ce délai.", True),
        ("Le congé dure trois mois.", False),
        ("La loi permet de demander un congé.", False),
    ],
)
def test_a_model_that_says_that_it_cannot_is_believed(said: str, cannot: bool) -> None:
    assert says_that_it_cannot(said) is cannot
