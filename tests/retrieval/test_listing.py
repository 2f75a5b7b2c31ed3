"""What is listed for a question, in the embedded index."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval import DocumentMetadata, EdgeSettings, Index, Point, Within, open_edge
from retrieval.index import Respect
from retrieval.ranking.listing import Question, listed
from retrieval.ranking.table import Lists
from tests.contracts.indexes import ENCODING, A, B, direction, point, sparse

EVERYTHING = Within(frozenset({A, B}))


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[Index]:
    async with open_edge(EdgeSettings(tmp_path / "index", ENCODING)) as index:
        yield index


async def ask(index: Index, words: str, within: Within) -> Lists:
    """What is listed for these words and the first direction, with the help of everything."""
    return (await listed(index, Question(direction(0), sparse.query(words)), within, EVERYTHING)).lists


async def test_all_that_is_listed_is_compared_with_the_richer_question_and_nothing_else(index: Index) -> None:
    near, far = point(A, "near", "congé"), replace(point(A, "far", "prime"), dense=direction(1))
    await index.upsert([near, far, point(B, "forbidden", "congé")])
    lists = await ask(index, "congé", Within(frozenset({A})))
    assert [one.id for one in lists.further[Respect.MEANING]] == [near.id, far.id]


async def test_openings_are_first_chunks_of_listed_documents_that_have_no_title(index: Index) -> None:
    def text(document: str, title: str, ordinal: int = 0) -> Point:
        made = point(A, document, "congé", ordinal=ordinal)
        whole = None if ordinal else sparse.whole(title, [made.chunk])
        return replace(made, metadata=DocumentMetadata(title), document=whole)

    first = text("untitled", "")
    await index.upsert([text("titled", "Le congé"), first, text("untitled", "", ordinal=1)])
    lists = await ask(index, "congé", EVERYTHING)
    assert [one.id for one in lists.openings] == [first.id]
    assert lists.openings[0].score == pytest.approx(float(first.dense @ direction(0)), abs=1e-4)
