"""A Qdrant cluster that has lost a shard, as far as its HTTP answers go: the others are searched, and it is said."""

import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from qdrant_client import AsyncQdrantClient

from retrieval import Hit, IndexUnavailable, SparseVector, Within, qdrant
from retrieval.index import PartialHits, PartialLists, Respect, Wanted
from retrieval.qdrant import QdrantIndex, QdrantSettings, open_qdrant
from tests.contracts.indexes import ENCODING, FUSION, A, direction, point

# What a server says where no replica of a shard is left.
NO_REPLICA = "Service internal error: The replica set for shard 1 on peer 42 does not have enough active replicas"


class Cluster:
    """Answers as a server does whose collections are spread over shards; those whose keys are `away` do not answer."""

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.created: dict[str, Any] | None = None
        self.points: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
        self.keys: list[str] = []
        self.queries: list[Any] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else {}
        path = re.sub(r"^/collections/assistant", "", request.url.path)
        match request.method, path:
            case "GET", "/exists":
                return _said({"exists": self.created is not None})
            case "PUT", "":
                self.created = body
                return _said(True)
            case "GET", "":
                return _said(self._info())
            case "PUT", "/shards":
                self.keys.append(body["shard_key"])
                return _said(True)
            case "GET", "/shards":
                return _said({"shard_keys": [{"key": key} for key in self.keys]})
            case "PUT", "/index":
                return _said({"operation_id": 1, "status": "completed"})
            case method, place if place.startswith("/points"):
                return self._about_points(f"{method} {place}", body)
        raise AssertionError(f"{request.method} {path}")

    def _about_points(self, asked: str, body: dict[str, Any]) -> httpx.Response:
        match asked:
            case "PUT /points":
                self.points[body.get("shard_key")] += body["points"]
                return _said({"operation_id": 1, "status": "completed"})
            case "POST /points/count":
                return self._of(body, lambda points: {"count": len(points)})
            case "POST /points/query":
                self.queries.append(body.get("shard_key"))
                return self._of(body, lambda points: {"points": [_found(one) for one in points[: body["limit"]]]})
            case "POST /points/query/batch":
                return self._of_each(body["searches"])
            case "POST /points":
                self.queries.append(body.get("shard_key"))
                return self._of(body, lambda points: [_stored(one) for one in points if one["id"] in body["ids"]])
        raise AssertionError(asked)

    def _of(self, body: dict[str, Any], told: Any) -> httpx.Response:
        named = body.get("shard_key")
        wanted = [named] if isinstance(named, str) else named or list(self.points) or [None]
        if self.away & {key for key in wanted if key is not None} or (self.away and not self.keys):
            return httpx.Response(500, json={"status": {"error": NO_REPLICA}, "time": 0.0})
        return _said(told([one for key in wanted for one in self.points[key]]))

    def _of_each(self, searches: list[dict[str, Any]]) -> httpx.Response:
        self.queries.append([one.get("shard_key") for one in searches])
        answers = [
            self._of(one, lambda points, one=one: {"points": [_found(point) for point in points[: one["limit"]]]})
            for one in searches
        ]
        failed = [answer for answer in answers if answer.is_error]
        return failed[0] if failed else _said([answer.json()["result"] for answer in answers])

    def _info(self) -> dict[str, Any]:
        created = self.created or {}
        params = {key: created[key] for key in ("vectors", "sparse_vectors", "sharding_method") if created.get(key)}
        hnsw = {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000}
        optimizer = {"deleted_threshold": 0.2, "vacuum_min_vector_number": 1, "default_segment_number": 0}
        config = {
            "params": params,
            "hnsw_config": hnsw,
            "optimizer_config": optimizer | {"flush_interval_sec": 5},
            "metadata": created.get("metadata"),
        }
        return {
            "status": "green",
            "optimizer_status": "ok",
            "segments_count": 1,
            "config": config,
            "payload_schema": {},
        }


def _said(result: Any) -> httpx.Response:
    return httpx.Response(200, json={"result": result, "status": "ok", "time": 0.0})


def _found(stored: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": stored["id"],
        "version": 1,
        "score": 0.5,
        "payload": stored["payload"],
        "vector": {"dense": stored["vector"]["dense"]},
    }


def _stored(stored: dict[str, Any]) -> dict[str, Any]:
    return {"id": stored["id"], "payload": stored["payload"], "vector": stored["vector"]}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster()

    @asynccontextmanager
    async def client(settings: QdrantSettings) -> AsyncIterator[AsyncQdrantClient]:
        opened = AsyncQdrantClient(
            settings.url, transport=httpx.MockTransport(cluster.answer), check_compatibility=False
        )
        try:
            yield opened
        finally:
            await opened.close()

    monkeypatch.setattr(qdrant, "_client", client)
    return cluster


DOCUMENTS = [f"d{n}" for n in range(12)]


@asynccontextmanager
async def filled(shards: int) -> AsyncIterator[QdrantIndex]:
    """The cluster's index with a point for each document."""
    async with open_qdrant(QdrantSettings("http://qdrant.exemple.fr", ENCODING, shards=shards)) as index:
        await index.upsert([point(A, document) for document in DOCUMENTS])
        yield index


async def search(index: QdrantIndex) -> list[Hit]:
    words = SparseVector((1,), (1.0,))
    return await index.search(direction(0), words, within=Within(frozenset({A})), fusion=FUSION, limit=100)


async def test_points_are_spread_over_the_shards_and_found_with_one_request(cluster: Cluster) -> None:
    async with filled(shards=3) as index:
        found = await search(index)
    assert cluster.created is not None
    assert cluster.created["sharding_method"] == "custom"
    assert (cluster.keys, sorted(map(str, cluster.points))) == (["0", "1", "2"], ["0", "1", "2"])
    assert sorted(hit.document_id for hit in found) == sorted(DOCUMENTS)
    assert not isinstance(found, PartialHits)
    assert cluster.queries == [None]


async def test_where_a_shard_is_away_the_others_are_searched_and_the_hits_say_so(cluster: Cluster) -> None:
    async with filled(shards=3) as index:
        cluster.away = {"1"}
        found = await search(index)
    there = {one["payload"]["document_id"] for key in ("0", "2") for one in cluster.points[key]}
    assert 0 < len(there) < len(DOCUMENTS)
    assert {hit.document_id for hit in found} == there
    assert isinstance(found, PartialHits)
    assert cluster.queries == [None, ["0", "2"]]


async def test_where_every_shard_is_away_the_index_is(cluster: Cluster) -> None:
    async with filled(shards=2) as index:
        cluster.away = {"0", "1"}
        with pytest.raises(IndexUnavailable, match="enough active replicas"):
            await search(index)
    assert cluster.queries == [None]


async def test_a_collection_that_the_server_shards_itself_answers_whole_or_not_at_all(cluster: Cluster) -> None:
    async with filled(shards=0) as index:
        assert len(await search(index)) == len(DOCUMENTS)
        cluster.away = {"whichever"}
        with pytest.raises(IndexUnavailable, match="enough active replicas"):
            await search(index)
    assert cluster.keys == []


async def test_a_collection_keeps_the_shards_it_was_made_with(cluster: Cluster) -> None:
    async with filled(shards=2):
        pass
    async with filled(shards=0) as index:
        cluster.away = {"0"}
        assert isinstance(await search(index), PartialHits)
    assert cluster.keys == ["0", "1"]


WANTED = [
    Wanted(Respect.MEANING, direction(0), 100),
    Wanted(Respect.TITLE, SparseVector((), ()), 100),
    Wanted(Respect.WORDS, SparseVector((1,), (1.0,)), 100),
]


async def test_where_a_shard_is_away_the_others_are_listed_and_the_lists_say_so(cluster: Cluster) -> None:
    within = Within(frozenset({A}))
    async with filled(shards=3) as index:
        whole = await index.lists(WANTED, within=within)
        cluster.away = {"1"}
        part = await index.lists(WANTED, within=within)
    there = {one["payload"]["document_id"] for key in ("0", "2") for one in cluster.points[key]}
    assert [{one.document_id for one in listed} for listed in whole] == [{*DOCUMENTS}, set(), {*DOCUMENTS}]
    assert not isinstance(whole, PartialLists)
    assert [{one.document_id for one in listed} for listed in part] == [there, set(), there]
    assert isinstance(part, PartialLists)
    assert cluster.queries == [[None, None], [None, None], [["0", "2"], ["0", "2"]]]


async def test_where_a_shard_is_away_what_the_others_have_is_read_and_the_hits_say_so(cluster: Cluster) -> None:
    points = {document: point(A, document) for document in DOCUMENTS}
    scores = {point.id: float(-rank) for rank, point in enumerate(points.values())}
    async with filled(shards=3) as index:
        whole = await index.hits(scores, direction(0))
        cluster.away = {"1"}
        part = await index.hits(scores, direction(0))
        read = await index.read(list(scores))
        compared = await index.similarities(scores, direction(0))
    there = {one["payload"]["document_id"] for key in ("0", "2") for one in cluster.points[key]}
    assert [hit.document_id for hit in whole] == DOCUMENTS
    assert not isinstance(whole, PartialHits)
    assert [hit.document_id for hit in part] == [document for document in DOCUMENTS if document in there]
    assert isinstance(part, PartialHits)
    assert {one.document_id for one in read} == there
    assert compared.keys() == {points[document].id for document in there}


async def test_where_every_shard_is_away_nothing_is_listed_or_read(cluster: Cluster) -> None:
    async with filled(shards=2) as index:
        cluster.away = {"0", "1"}
        with pytest.raises(IndexUnavailable, match="enough active replicas"):
            await index.lists(WANTED, within=Within(frozenset({A})))
        with pytest.raises(IndexUnavailable, match="enough active replicas"):
            await index.read([point(A, "d1").id])
        with pytest.raises(IndexUnavailable, match="enough active replicas"):
            await index.hits({point(A, "d1").id: 1.0}, direction(0))
