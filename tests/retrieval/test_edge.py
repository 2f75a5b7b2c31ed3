"""What an index in a folder does beside the port: lasting, belonging to one process, refusing what it cannot read."""

import asyncio
import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
import qdrant_edge

from retrieval import (
    Chunk,
    DocumentMetadata,
    EdgeSettings,
    Encoding,
    Fusion,
    IndexMismatch,
    IndexUnavailable,
    Locator,
    Point,
    SparseVector,
    Within,
    edge_folder,
    edge_terms,
    graph,
    open_edge,
)

COLLECTION = UUID(int=1)
ENCODING = Encoding("test", 4)
FUSION = Fusion(k=20, dense_weight=0.5, candidates=50)


def points(count: int) -> list[Point]:
    return [
        Point(
            id=uuid4(),
            collection_id=COLLECTION,
            document_id=f"d{n}",
            version=1,
            metadata=DocumentMetadata("Titre"),
            chunk=Chunk(0, "texte", Locator(None, (), 0, 5)),
            dense=np.eye(4, dtype=np.float32)[n % 4],
            sparse=SparseVector((n % 7,), (1.0,)),
        )
        for n in range(count)
    ]


async def test_an_index_outlives_its_process(tmp_path: Path) -> None:
    settings = EdgeSettings(tmp_path / "index", ENCODING)
    async with open_edge(settings) as index:
        assert index.created
        await index.upsert(points(10))
    async with open_edge(settings) as index:
        assert not index.created
        assert await index.count(frozenset({COLLECTION})) == 10


async def test_questions_are_answered_while_others_write(tmp_path: Path) -> None:
    async with open_edge(EdgeSettings(tmp_path / "index", ENCODING)) as index:
        await index.upsert(points(50))

        async def ask() -> int:
            found = await index.search(
                np.eye(4, dtype=np.float32)[0],
                SparseVector((1,), (1.0,)),
                within=Within(frozenset({COLLECTION})),
                fusion=FUSION,
                limit=5,
            )
            return len(found)

        writes = [index.upsert(points(50)) for _ in range(8)]
        asked = await asyncio.gather(*(ask() for _ in range(30)), *writes, index.settle())
        assert asked[:30] == [5] * 30
        assert await index.count(frozenset({COLLECTION})) == 450


@pytest.mark.parametrize("other", [Encoding("another", 4), Encoding("test", 8)])
async def test_an_index_of_another_model_is_refused(tmp_path: Path, other: Encoding) -> None:
    async with open_edge(EdgeSettings(tmp_path / "index", ENCODING)):
        pass
    with pytest.raises(IndexMismatch, match="test"):
        async with open_edge(EdgeSettings(tmp_path / "index", other)):
            pass


async def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Bonjour")
    with pytest.raises(IndexUnavailable, match="autre chose"):
        async with open_edge(EdgeSettings(tmp_path, ENCODING)):
            pass
    assert os.listdir(tmp_path) == ["letter.txt"]


@pytest.mark.parametrize("damaged", ["index.json", "shard-1/segments/*/segment.json"])
async def test_a_damaged_index_says_how_to_mend_it(tmp_path: Path, damaged: str) -> None:
    settings = EdgeSettings(tmp_path / "index", ENCODING)
    async with open_edge(settings) as index:
        await index.upsert(points(10))
        await index.settle()
    for file in settings.folder.glob(damaged):
        file.write_bytes(b"\xff not what was written")
    with pytest.raises(IndexUnavailable, match="effacez ce dossier"):
        async with open_edge(settings):
            pass


async def test_a_second_process_is_refused(tmp_path: Path) -> None:
    settings = EdgeSettings(tmp_path / "index", ENCODING)
    script = (
        "import qdrant_edge, sys\n"
        f"shard = qdrant_edge.EdgeShard.load({str(settings.folder / 'shard-1')!r})\n"
        "print('open', flush=True)\nsys.stdin.read()\nshard.close()\n"
    )
    async with open_edge(settings):
        pass
    with subprocess.Popen(  # noqa: ASYNC220, S603
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(IndexUnavailable, match="autre processus"):
            async with open_edge(settings):
                pass
        other.communicate()


async def test_nobody_else_reads_what_is_indexed(tmp_path: Path) -> None:
    async with open_edge(EdgeSettings(tmp_path / "index", ENCODING)):
        assert os.stat(tmp_path / "index").st_mode & 0o777 == 0o700


async def test_a_start_cut_short_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "index" / "shard-1").mkdir(parents=True)  # made, and then the power failed
    async with open_edge(EdgeSettings(tmp_path / "index", ENCODING)) as index:
        assert index.created
        await index.upsert(points(3))
    async with open_edge(EdgeSettings(tmp_path / "index", ENCODING)) as index:
        assert await index.count(frozenset({COLLECTION})) == 3
    assert sorted(os.listdir(tmp_path / "index")) == ["index.json", "shard-2"]


async def test_settling_builds_the_graph_beside_the_questions_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_terms, "BUILT_FROM", 100)
    monkeypatch.setattr(graph, "COMPARED_UP_TO", 100)  # of 256 numbers, a hundred points in each half
    wide = Encoding("test", 256)
    settings = EdgeSettings(tmp_path / "index", wide)
    random = np.random.default_rng(0)
    written = [
        replace(point, dense=vector / np.linalg.norm(vector))
        for point, vector in zip(points(1000), random.normal(size=(1000, 256)).astype(np.float32), strict=True)
    ]
    async with open_edge(settings) as index:
        await index.upsert(written)

        async def best() -> str:
            found = await index.search(
                written[7].dense,
                SparseVector((), ()),
                within=Within(frozenset({COLLECTION})),
                fusion=FUSION,
                limit=1,
            )
            return found[0].document_id

        settling = asyncio.ensure_future(index.settle())
        asked = 0
        while not settling.done():
            assert await best() == "d7"
            asked += 1
            await asyncio.sleep(0)
        await settling
        assert asked > 10
        assert neighbours(index.place) == {graph.NEIGHBOURS}
        assert await best() == "d7"
        await index.upsert([replace(written[0], id=uuid4())])
        assert await index.count(frozenset({COLLECTION})) == 1001
    assert sorted(os.listdir(settings.folder)) == ["index.json", "shard-2"]
    async with open_edge(settings) as index:
        assert await index.count(frozenset({COLLECTION})) == 1001


async def test_an_index_that_grows_is_built_anew_by_shares_and_read_in_two_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_terms, "BUILT_FROM", 1)  # of 64 numbers, four points
    monkeypatch.setattr(edge_terms, "BUILT_FROM_SHARE", 0.5)
    folder = tmp_path / "index"
    sizes: list[int] = []  # whenever it was built
    async with open_edge(EdgeSettings(folder, Encoding("test", 64))) as index:
        for _ in range(16):
            await index.upsert([replace(point, dense=np.eye(64, dtype=np.float32)[0]) for point in points(4)])
            before = sorted(os.listdir(folder))
            await index.settle()
            if sorted(os.listdir(folder)) != before:
                sizes.append(index.size)
    assert sizes == [4, 8, 16, 32, 64]
    parts = [json.loads(one.read_bytes())["indexed_vector_count"] for one in folder.rglob("hnsw_config.json")]
    assert len(parts) == graph.SIDE_BY_SIDE
    assert min(parts) >= sum(parts) / 4


@pytest.mark.parametrize("again", [False, True])
async def test_points_that_are_corrected_are_built_in_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, again: bool
) -> None:
    monkeypatch.setattr(edge_terms, "BUILT_FROM", 1)
    settings = EdgeSettings(tmp_path / "index", Encoding("test", 64))
    vector = np.eye(64, dtype=np.float32)[0]
    async with open_edge(settings) as index:
        await index.upsert([replace(point, dense=vector) for point in points(40)])
        await index.settle()
        await index.settle()  # nothing is new
        assert sorted(os.listdir(settings.folder)) == ["index.json", "shard-2"]
        for number in range(20):
            await index.describe(COLLECTION, f"d{number}", DocumentMetadata("Autre titre"))
        if not again:
            await index.settle()
    async with open_edge(settings) as index:
        await index.settle()
        assert sorted(os.listdir(settings.folder)) == ["index.json", "shard-3"]
        assert await index.count(frozenset({COLLECTION})) == 40


async def test_an_index_that_cannot_be_reorganised_stays_usable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_terms, "BUILT_FROM", 0)
    monkeypatch.setattr(edge_folder, "OPTIMISE", "raise SystemExit('no space left')")
    settings = EdgeSettings(tmp_path / "index", ENCODING)
    async with open_edge(settings) as index:
        await index.upsert(points(5))
        with pytest.raises(IndexUnavailable, match="no space left"):
            await index.settle()
        await index.upsert(points(5))
        assert await index.count(frozenset({COLLECTION})) == 10
    assert sorted(os.listdir(settings.folder)) == ["index.json", "shard-1"]


async def test_points_of_before_a_key_was_there_are_found_as_they_were(tmp_path: Path) -> None:
    settings = EdgeSettings(tmp_path / "index", ENCODING)
    async with open_edge(settings) as index:
        await index.upsert(points(1))
    shard = qdrant_edge.EdgeShard.load(str(settings.folder / "shard-1"))
    new = ["kind", "number", "signed_on", "replaces", "replaced_by", "author", "author_key", "guessed", "header"]
    (scrolled, _) = shard.scroll(qdrant_edge.ScrollRequest())
    shard.update(qdrant_edge.UpdateOperation.delete_payload([point.id for point in scrolled], new))
    for day in ("signed_on", "in_force_from", "repealed_on"):
        shard.update(qdrant_edge.UpdateOperation.delete_field_index(day))
    shard.close()
    async with open_edge(settings) as index:
        (found,) = await index.search(
            np.eye(4, dtype=np.float32)[0],
            SparseVector((), ()),
            within=Within(frozenset({COLLECTION}), dt.date(2026, 11, 24)),
            fusion=FUSION,
            limit=1,
        )
    assert found.metadata == DocumentMetadata("Titre")
    assert found.chunk.header == ""


async def test_a_large_index_finds_what_lies_in_many_small_collections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_terms, "BUILT_FROM", 1)
    monkeypatch.setattr(graph, "COMPARED_UP_TO", 10)  # each collection is smaller, all eight are not
    random = np.random.default_rng(0)
    written = [
        replace(point, collection_id=UUID(int=number % 400 + 1), dense=vector / np.linalg.norm(vector))
        for number, (point, vector) in enumerate(
            zip(points(4000), random.normal(size=(4000, 64)).astype(np.float32), strict=True)
        )
    ]
    readable = Within(frozenset(UUID(int=number) for number in range(1, 9)))
    async with open_edge(EdgeSettings(tmp_path / "index", Encoding("test", 64))) as index:
        await index.upsert(written)
        await index.settle()
        found = await index.search(written[50].dense, SparseVector((), ()), within=readable, fusion=FUSION, limit=50)
    assert len(found) == 50


async def test_a_graph_is_built_only_once_an_index_is_too_large_to_compare_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_terms, "BUILT_FROM", 1)
    async with open_edge(EdgeSettings(tmp_path / "index", ENCODING)) as index:
        await index.upsert(points(1000))
        await index.settle()
        assert neighbours(index.place) == {0}
        monkeypatch.setattr(graph, "COMPARED_UP_TO", 10)  # kilobytes of each half of two thousand
        await index.upsert(points(1000))
        await index.settle()
        assert neighbours(index.place) == {graph.NEIGHBOURS}


def neighbours(folder: Path) -> set[int]:
    """Of a point, in the graph of each part of the index."""
    return {json.loads(file.read_bytes())["m"] for file in folder.rglob("hnsw_config.json")}
