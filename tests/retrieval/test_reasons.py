"""Why a passage was found."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import Because, Chunk, DocumentMetadata, Locator, Nearness, Passage, Reasons, SparseEncoder, explained
from retrieval.e5 import NAME
from tests.contracts.indexes import A

sparse = SparseEncoder()


def passage(text: str, title: str = "", similarity: float = 0.0, heading: str = "", header: str = "") -> Passage:
    chunk = Chunk(0, text, Locator(None, (heading,) if heading else (), 0, len(text)), header)
    return Passage(A, "Santé", "F1", 1, DocumentMetadata(title), chunk, 1.0, similarity, (Because.REFERENCE,))


def reasons(question: str, found: Passage, embedding: str = "autre") -> Reasons:
    return explained(found, question, embedding, sparse)


def test_the_words_of_the_question_are_marked_as_they_stand_in_the_passage() -> None:
    text = "L’employeur doit être PREVENIR ; les congés de paternité."
    why = reasons("prévenir l'employeur pour un congé paternité", passage(text))
    assert [text[start:end] for start, end in why.marks] == ["employeur", "PREVENIR", "congés", "paternité"]
    assert why.words == ("employeur", "PREVENIR", "congés", "paternité")


def test_a_word_counts_once_and_titles_and_headings_count_too() -> None:
    why = reasons(
        "congé maternité durée prime", passage("Le congé ? Les Congés.", "Maternité", 0, "Durée", "Prime | Mois")
    )
    assert why.words == ("congé", "Maternité", "Durée", "Prime")
    assert len(why.marks) == 2


def test_a_question_of_stop_words_marks_nothing() -> None:
    assert reasons("est-ce que de la", passage("de la loi, est-ce que")).marks == ()


@pytest.mark.parametrize(
    ("similarity", "nearness"), [(0.95, Nearness.VERY_NEAR), (0.87, Nearness.NEAR), (0.7, Nearness.FAR)]
)
def test_meaning_is_told_in_words_for_the_model_of_which_it_was_measured(similarity: float, nearness: Nearness) -> None:
    assert reasons("congé", passage("congé", similarity=similarity), NAME).nearness is nearness
    assert reasons("congé", passage("congé", similarity=similarity)).nearness is None


def test_what_else_put_it_there_is_told() -> None:
    assert reasons("congé", passage("congé")).because == (Because.REFERENCE,)


@given(st.text(max_size=80), st.text(max_size=200))
def test_marks_are_words_of_the_text_in_their_order(question: str, text: str) -> None:
    marks = reasons(question, passage(text)).marks
    assert all(0 <= start < end <= len(text) for start, end in marks)
    assert all(first[1] <= second[0] for first, second in pairwise(marks))
