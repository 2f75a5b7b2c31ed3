"""An index of another version of the assistant: refused with what to do, and read for the one that takes its place."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient

from retrieval import DocumentMetadata, Encoding, Index, IndexMismatch, IndexOutdated, IndexTooNew, Within, qdrant
from retrieval.edge import EdgeSettings, edge_points, open_edge
from retrieval.encoding import LAYOUT
from retrieval.index import Link, Respect, Wanted
from retrieval.qdrant import QdrantSettings, open_qdrant
from tests.contracts.indexes import ENCODING, QUIET_ABOUT_INDEXES, A, direction, find, ids, point

Reopened = Callable[[Encoding], AbstractAsyncContextManager[Index]]

EARLIER = replace(ENCODING, layout=LAYOUT - 1)
pytestmark = QUIET_ABOUT_INDEXES


@pytest.fixture(params=["edge", "qdrant in memory"])
async def reopened(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Reopened]:
    """Opens one and the same index again and again."""
    if request.param == "edge":
        yield lambda encoding: open_edge(EdgeSettings(tmp_path / "index", encoding))
        return
    client = AsyncQdrantClient(":memory:")

    @asynccontextmanager
    async def same(settings: QdrantSettings) -> AsyncIterator[AsyncQdrantClient]:
        yield client

    monkeypatch.setattr(qdrant, "_client", same)
    yield lambda encoding: open_qdrant(QdrantSettings(":memory:", encoding))
    await client.close()


async def test_an_index_of_this_version_is_not_outdated(reopened: Reopened) -> None:
    for _ in range(2):
        async with reopened(ENCODING) as index:
            assert not index.outdated
            await index.upsert([point(A, "a")])
            assert ids(await find(index, "congé", A)) == ["a"]


@pytest.mark.parametrize("encoding", [EARLIER, replace(ENCODING, sparse="bm25-fr-0")])
async def test_an_index_of_an_earlier_version_is_never_searched_or_written_to(
    reopened: Reopened, encoding: Encoding
) -> None:
    async with reopened(encoding) as index:
        await index.upsert([point(A, "a")])
    async with reopened(ENCODING) as index:
        assert index.outdated
        assert not index.created
        with pytest.raises(IndexOutdated, match="assistant reindex"):
            await find(index, "congé", A)
        with pytest.raises(IndexOutdated):
            await index.linked(Link.NAMED, ["x"], direction(0), within=Within(frozenset({A})), limit=1)
        with pytest.raises(IndexOutdated):
            await index.lists([Wanted(Respect.MEANING, direction(0), 1)], within=Within(frozenset({A})))
        with pytest.raises(IndexOutdated):
            await index.upsert([point(A, "b")])
        assert await index.count(frozenset({A})) == 1


async def test_what_an_outdated_index_has_can_be_read_described_and_removed(reopened: Reopened) -> None:
    async with reopened(EARLIER) as index:
        await index.upsert([point(A, "a"), point(A, "b")])
    async with reopened(ENCODING) as index:
        await index.describe(A, "a", DocumentMetadata("Autre titre"))
        await index.delete(A, "b")
        await index.settle()
        assert [stored.document_id async for stored in index.stored()] == ["a"]
        (read,) = await index.points(A, "a")
        assert (read.metadata.title, read.chunk.text) == ("Autre titre", "congé")
    async with reopened(ENCODING) as index:
        assert index.outdated  # reading makes nothing new of it


async def test_an_index_of_a_later_version_is_refused(reopened: Reopened) -> None:
    async with reopened(replace(ENCODING, layout=LAYOUT + 1)):
        pass
    with pytest.raises(IndexTooNew, match="plus récente"):
        async with reopened(ENCODING):
            pass


async def test_an_index_of_another_model_is_refused_whatever_its_version(reopened: Reopened) -> None:
    async with reopened(replace(EARLIER, embedding="autre")):
        pass
    with pytest.raises(IndexMismatch, match="ASSISTANT_EMBEDDING_NEXT"):
        async with reopened(ENCODING):
            pass


async def test_the_first_version_wrote_none_down(tmp_path: Path) -> None:
    settings = EdgeSettings(tmp_path / "index", ENCODING)
    async with open_edge(settings) as index:
        await index.upsert([point(A, "a")])
        await index.settle()
    description = json.loads((settings.folder / "index.json").read_text())
    assert description["encoding"].pop("layout") == LAYOUT
    (settings.folder / "index.json").write_text(json.dumps(description))
    async with open_edge(settings) as index:
        assert index.outdated
    assert await edge_points(settings.folder) == 1
