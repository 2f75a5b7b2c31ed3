"""Passages of attached files beside those of collections."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from retrieval import Chunk, DocumentMetadata, Hit, Locator
from retrieval.beside import NEAR, beside
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


def test_files_that_are_about_something_else_take_no_place() -> None:
    collections = texts([0.9, 0.88])
    assert beside(texts([0.9 - NEAR - 0.01]), collections, 4) == collections
