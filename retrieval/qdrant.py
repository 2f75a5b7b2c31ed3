"""The index on a Qdrant server: one Qdrant collection for all of ours, told apart by an indexed field."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from retrieval import payload
from retrieval import qdrant_terms as terms
from retrieval.corpus import DocumentMetadata
from retrieval.encoding import Encoding
from retrieval.errors import IndexOutdated, IndexUnavailable
from retrieval.index import (
    Fusion,
    Hit,
    Link,
    Listed,
    PartialHits,
    PartialLists,
    Point,
    SparseVector,
    Stored,
    Vector,
    Wanted,
    answered,
)
from retrieval.qdrant_shards import Shards, keys, shards_of
from retrieval.within import Within

BATCH = 256  # points in one request: about 3 megabytes
PAGE = 1000  # points read at once, without their texts

T = TypeVar("T")

# Those that are asked; None: all.
ShardKeys = list[int | str] | None


@dataclass(frozen=True, slots=True)
class QdrantSettings:
    """`url` of the server, or `:memory:` for a small index that lasts as long as the process (tests).

    A new collection on a cluster is cut into so many `shards` of which those that answer can be asked alone; with 0 the
    server shards it as it does by itself.
    """

    url: str
    encoding: Encoding
    api_key: str = ""
    collection: str = "assistant"
    timeout_s: int = 10
    shards: int = 0


@asynccontextmanager
async def _client(settings: QdrantSettings) -> AsyncIterator[AsyncQdrantClient]:
    client = AsyncQdrantClient(
        settings.url, api_key=settings.api_key or None, timeout=settings.timeout_s, check_compatibility=False
    )
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def open_qdrant(settings: QdrantSettings) -> AsyncIterator["QdrantIndex"]:
    """The server's collection, made where there is none. Raises `IndexUnavailable`, `IndexMismatch`, `IndexTooNew`."""
    async with _client(settings) as client:
        made_with = await _prepare(client, settings)
        outdated = made_with is not None and settings.encoding.outdates(made_with)
        shards = await _translated(settings.url, shards_of(client, settings.collection))
        yield QdrantIndex(client, settings, shards, created=made_with is None, outdated=outdated)


async def remove_qdrant(settings: QdrantSettings) -> None:
    """Remove the server's collection, if it is there. Raises `IndexUnavailable`."""
    async with _client(settings) as client:
        await _translated(settings.url, client.delete_collection(settings.collection))


async def qdrant_points(settings: QdrantSettings) -> int | None:
    """How many points there are in the server's collection; None where there is none. Raises `IndexUnavailable`."""
    async with _client(settings) as client:
        if not await _translated(settings.url, client.collection_exists(settings.collection)):
            return None
        return (await _translated(settings.url, client.count(settings.collection))).count


class QdrantIndex:
    """`Index` over a server; `created` says that the collection was new, and thus empty, when it was opened."""

    def __init__(
        self, client: AsyncQdrantClient, settings: QdrantSettings, shards: Shards, *, created: bool, outdated: bool
    ) -> None:
        self._client = client
        self._shards = shards
        self._url = settings.url
        self._name = settings.collection
        self.created = created
        self.outdated = outdated

    async def upsert(self, points: Sequence[Point]) -> None:
        if self.outdated:
            raise IndexOutdated
        for key, placed in self._shards.placed(points):
            for start in range(0, len(placed), BATCH):
                batch = [terms.written(point) for point in placed[start : start + BATCH]]
                await self._ask(self._client.upsert(self._name, batch, wait=True, shard_key_selector=key))

    async def delete(self, collection_id: UUID, document_id: str | None = None, *, before: int | None = None) -> None:
        selector = models.FilterSelector(filter=terms.of(collection_id, document_id, before))
        await self._ask(self._client.delete(self._name, selector, wait=True))

    async def describe(self, collection_id: UUID, document_id: str, metadata: DocumentMetadata) -> None:
        wanted, described = terms.of(collection_id, document_id), payload.described(metadata)
        await self._ask(self._client.set_payload(self._name, described, wanted, wait=True))

    async def search(
        self,
        dense: Vector,
        sparse: SparseVector,
        *,
        within: Within,
        fusion: Fusion,
        limit: int,
    ) -> list[Hit]:
        if self.outdated:
            raise IndexOutdated
        if not within.collections:
            return []
        lists = terms.lists(dense, sparse, terms.within(within), max(fusion.candidates, limit))
        weights = list(fusion.weights)[-len(lists) :]
        fused = models.RrfQuery(rrf=models.Rrf(k=fusion.k, weights=weights))
        return await self._hits(dense, prefetch=lists, query=fused, limit=limit)

    async def lists(self, wanted: Sequence[Wanted], *, within: Within) -> list[list[Listed]]:
        if self.outdated:
            raise IndexOutdated
        if not within.collections:
            return [[] for _ in wanted]
        looked = terms.within(within)
        asked = [terms.listed(one, looked) for one in wanted if not one.is_empty]
        if not asked:
            return [[] for _ in wanted]

        async def ask(shards: ShardKeys) -> list[models.QueryResponse]:
            there = [one.model_copy(update={"shard_key": shards}) for one in asked]
            return await self._client.query_batch_points(self._name, there)

        found, is_partial = await self._from_all_or_some(ask)
        lists = answered(wanted, [[payload.listed(point, score=point.score) for point in one.points] for one in found])
        return PartialLists(lists) if is_partial else lists

    async def similarities(self, ids: Collection[UUID], dense: Vector) -> dict[UUID, float]:
        if not (ids and dense.size):
            return {}
        found, _ = await self._query(
            query=dense.tolist(),
            using=payload.DENSE,
            query_filter=terms.these(ids),
            search_params=terms.SEARCHING,
            limit=len(ids),
            with_payload=False,
        )
        return {payload.id_of(point): point.score for point in found}

    async def read(self, ids: Sequence[UUID]) -> list[Point]:
        records, _ = await self._retrieved(ids, vectors=True)
        return list(map(payload.point, records))

    async def hits(self, scores: Mapping[UUID, float], dense: Vector) -> list[Hit]:
        records, is_partial = await self._retrieved(scores, vectors=[payload.DENSE])
        hits = payload.hits(records, dense, scores)
        return PartialHits(hits) if is_partial else hits

    async def linked(
        self, link: Link, references: Iterable[str], dense: Vector, *, within: Within, limit: int
    ) -> list[Hit]:
        if self.outdated:
            raise IndexOutdated
        wanted = frozenset(references)
        if not (within.collections and wanted):
            return []
        having = terms.having(link, wanted, within)
        # So few points have the references that the server compares them all.
        nearest = {"query": dense.tolist(), "using": payload.DENSE} if dense.size else {}
        return await self._hits(dense, **nearest, query_filter=having, limit=limit)

    async def count(self, collections: frozenset[UUID]) -> int:
        if not collections:
            return 0
        counted = await self._ask(self._client.count(self._name, terms.within(Within(collections)), exact=True))
        return counted.count

    async def points(self, collection_id: UUID, document_id: str) -> list[Point]:
        wanted, found, next_page = terms.of(collection_id, document_id), list[Point](), None
        while True:
            records, next_page = await self._ask(
                self._client.scroll(
                    self._name, wanted, limit=BATCH, offset=next_page, with_payload=True, with_vectors=True
                )
            )
            found += map(payload.point, records)
            if next_page is None:
                return found

    async def stored(self) -> AsyncIterator[Stored]:
        next_page: Any = None
        while True:
            points, next_page = await self._ask(
                self._client.scroll(self._name, limit=PAGE, offset=next_page, with_payload=payload.PLACE)
            )
            for point in points:
                yield payload.stored(point.payload or {})
            if next_page is None:
                return

    async def settle(self) -> None:
        """Nothing to do: each write waited for its own durability, and the server optimises by itself."""

    async def _hits(self, dense: Vector, **asked: Any) -> list[Hit]:
        """What is found; `PartialHits` where some of the shards are away."""
        found, is_partial = await self._query(**asked, with_payload=True, with_vectors=[payload.DENSE])
        hits = [payload.hit(point, dense, score=point.score) for point in found]
        return PartialHits(hits) if is_partial else hits

    async def _query(self, **asked: Any) -> tuple[list[models.ScoredPoint], bool]:
        """The points found, and whether some of the shards that may have more are away."""
        found, is_partial = await self._from_all_or_some(
            lambda shards: self._client.query_points(self._name, **asked, shard_key_selector=shards)
        )
        return found.points, is_partial

    async def _retrieved(self, ids: Iterable[UUID], vectors: list[str] | bool) -> tuple[list[models.Record], bool]:
        """The points of these ids, and whether some of the shards that may have more are away."""
        wanted = [str(one) for one in ids]
        if not wanted:
            return [], False
        return await self._from_all_or_some(
            lambda shards: self._client.retrieve(
                self._name, wanted, with_payload=True, with_vectors=vectors, shard_key_selector=shards
            )
        )

    async def _from_all_or_some(self, ask: Callable[[ShardKeys], Awaitable[T]]) -> tuple[T, bool]:
        """What all shards answer, or those that are left where some that have keys are away; and whether some are.

        Of a collection that the server has sharded by itself, no part can be asked alone: it answers whole or not.
        """
        try:
            return await self._ask(ask(None)), False
        except IndexUnavailable:
            answering = await self._shards.answering(self._client, self._name)
            if not answering:
                raise
            return await self._ask(ask(answering)), True

    async def _ask(self, answer: Awaitable[T]) -> T:
        return await _translated(self._url, answer)


async def _prepare(client: AsyncQdrantClient, settings: QdrantSettings) -> Encoding | None:
    """What made the points of the collection; None where it had to be made."""
    name, url, encoding = settings.collection, settings.url, settings.encoding
    made_with = None
    if await _translated(url, client.collection_exists(name)):
        known = await _translated(url, client.get_collection(name))
        made_with = _made_with(url, known.config.metadata)
    else:
        await _translated(
            url,
            client.create_collection(
                name,
                vectors_config=terms.vectors(encoding.dimension),
                sparse_vectors_config=terms.words(),
                sharding_method=models.ShardingMethod.CUSTOM if settings.shards else None,
                metadata=encoding.as_json(),
            ),
        )
        for key in keys(settings.shards):
            await _translated(url, client.create_shard_key(name, key))
    for field, schema in terms.fields().items():  # what is indexed already stays as it is
        await _translated(url, client.create_payload_index(name, field, schema, wait=True))
    return made_with


def _made_with(url: str, said: Mapping[str, Any] | None) -> Encoding:
    try:
        return Encoding.of_json(said or {})
    except (KeyError, TypeError, ValueError) as error:
        raise IndexUnavailable(
            f"La collection du serveur Qdrant {url} n’a pas été faite par l’assistant. Indiquez un serveur où ce nom "
            "est libre, ou effacez-la."
        ) from error


async def _translated(url: str, answer: Awaitable[T]) -> T:
    try:
        return await answer
    except (ApiException, QdrantException, httpx.HTTPError, ValueError) as error:
        raise IndexUnavailable(
            f"Le serveur Qdrant {url} ne répond pas ou refuse l’opération\u202f: {error}. "
            "Vérifiez son adresse et sa clé dans les réglages, et qu’il est démarré."
        ) from error
