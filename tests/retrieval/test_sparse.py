"""Which French words count as the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import SparseEncoder

encoder = SparseEncoder()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("l'employeur", "employeurs"),
        ("l’employeur", "EMPLOYEUR"),
        ("qu’il travaille", "travailler"),
        ("congé", "conge"),
        ("congé", "conge\u0301s"),
        ("œuvre sociale", "oeuvres sociales"),
        ("bénéﬁciaire", "bénéficiaires"),
        ("la retraite", "RETRAITÉS"),
    ],
)
def test_words_that_a_reader_takes_for_the_same_are_the_same(one: str, other: str) -> None:
    assert encoder.query(one).indices == encoder.query(other).indices != ()


@pytest.mark.parametrize("text", ["", "le la les de du", "l’a été", "?! …", "à même"])
def test_stop_words_and_signs_leave_nothing(text: str) -> None:
    assert encoder.query(text).indices == ()


def test_a_question_and_a_document_share_their_tokens() -> None:
    text = "Article R. 4121-1 : document unique d’évaluation des risques"
    assert set(encoder.query(text).indices) == set(encoder.document(text).indices)


def test_a_word_said_again_counts_more_but_not_twice_as_much() -> None:
    (once,) = encoder.document("congé").values
    (twice,) = encoder.document("congé congé").values
    assert once < twice < 2 * once


@given(st.text())
def test_any_text_gives_distinct_tokens_with_positive_weights(text: str) -> None:
    for vector in (encoder.document(text), encoder.query(text)):
        assert len(vector.indices) == len(vector.values) == len(set(vector.indices))
        assert all(value > 0 for value in vector.values)
