"""Passages of attached files beside those of collections."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import Chunk, DocumentMetadata, Hit, Locator
from retrieval.beside import NEAR, beside, speaks_of_files
from retrieval.variants import Collapsed

cosines = st.lists(st.floats(0.7, 0.95), max_size=12)


def texts(similarities: list[float]) -> list[Collapsed]:
    chunk = Chunk(0, "", Locator(None, (), 0, 0))
    return [Collapsed(Hit(uuid4(), "a", 1, DocumentMetadata("a"), chunk, 0.0, one)) for one in similarities]


@given(cosines, cosines, st.integers(1, 8))
def test_near_files_have_a_half_and_nothing_is_wasted(own: list[float], others: list[float], limit: int) -> None:
    files, collections = texts(own), texts(others[:limit])
    given = beside(files, collections, limit)
    near = [one for one in files if one.hit.similarity >= max(others[:limit], default=0.0) - NEAR]
    kept = [one for one in given if one in files]
    assert given[: len(kept)] == kept == near[: len(kept)]
    assert len(kept) >= min(len(near), (limit + 1) // 2)
    assert [one for one in given if one not in files] == collections[: len(given) - len(kept)]
    assert len(given) == min(limit, len(near) + len(collections))


def test_files_that_the_question_speaks_of_come_first_however_far_they_are() -> None:
    files, collections = texts([0.7, 0.6]), texts([0.9, 0.8, 0.8])
    assert beside(files, collections, 3, meant=True) == [*files, collections[0]]


@pytest.mark.parametrize(
    ("question", "speaks"),
    [
        ("Que dit le fichier ?", True),
        ("Résume la pièce jointe.", True),
        ("Que demande l’annexe jointe ?", True),
        ("Voir la note ci-jointe : quel délai ?", True),
        ("Ce document est-il conforme ?", True),
        ("Peut-on ouvrir un compte joint ?", False),
        ("Le conjoint survivant a-t-il droit à une pension ?", False),
        ("Quels documents fournir pour une demande de RSA ?", False),
    ],
)
def test_a_question_speaks_of_files_or_does_not(question: str, speaks: bool) -> None:
    assert speaks_of_files(question) is speaks


def test_files_that_are_about_something_else_take_no_place() -> None:
    collections = texts([0.9, 0.88])
    assert beside(texts([0.9 - NEAR - 0.01]), collections, 4) == collections
