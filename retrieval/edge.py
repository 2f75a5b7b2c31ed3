"""The embedded index: Qdrant's own engine in this process, one shard in one folder.

The engine holds the interpreter for as long as a call lasts, whichever thread it comes from. A query
takes one or two milliseconds and is called directly; writes go in small batches, between which others
get their turn; building the search structures takes many seconds, and is done by another process on a
copy while this one goes on answering. The shard locks its folder, so that one process owns it.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import qdrant_edge as engine

from retrieval import edge_terms as terms
from retrieval import payload
from retrieval.corpus import DocumentMetadata
from retrieval.edge_folder import ShardFolder, optimised_copy
from retrieval.encoding import Encoding
from retrieval.errors import IndexOutdated, IndexUnavailable, RetrievalError
from retrieval.index import Fusion, Hit, Link, Listed, Point, SparseVector, Stored, Vector, Wanted, answered
from retrieval.within import Within

BATCH = 64  # points in one write: a few milliseconds
PAGE = 1000  # points read at once, without their texts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """`folder` is made where it does not exist; `encoding` is what the vectors are made by."""

    folder: Path
    encoding: Encoding


@asynccontextmanager
async def open_edge(settings: EdgeSettings) -> AsyncIterator["EdgeIndex"]:
    """The shard, loaded or new. Raises `IndexUnavailable`, `IndexMismatch`, `IndexTooNew`."""
    index = _open(settings)
    try:
        yield index
    finally:
        index.close()


async def edge_points(folder: Path) -> int | None:
    """How many points there are in the index of that folder; None where there is none. Raises `IndexUnavailable`."""
    try:
        current = ShardFolder(folder).current()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error
    if current is None:
        return None
    async with open_edge(EdgeSettings(folder, current[1])) as index:
        return index.size


async def remove_edge(folder: Path) -> None:
    """Remove the folder of an index that nobody has open, if it is there. Raises `IndexUnavailable`."""
    try:
        await asyncio.to_thread(shutil.rmtree, folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise IndexUnavailable(
            f"L’ancien index {folder} ne peut pas être effacé\u202f: {error}. Corrigez ses droits."
        ) from error


class EdgeIndex:
    """`Index` over one shard; `created` says that it was new, and thus empty, when it was opened."""

    def __init__(self, folder: ShardFolder, path: Path, encoding: Encoding, *, created: bool, outdated: bool) -> None:
        self._encoding = encoding
        self._folder = folder
        self._path = path
        self._shard = engine.EdgeShard.load(str(path))
        self._writing = asyncio.Lock()
        self.created = created
        self.outdated = outdated

    def prepare(self) -> None:
        """Index what filters name, as far as it is not yet."""
        for name, kind in terms.fields().items():
            self._shard.update(engine.UpdateOperation.create_field_index(name, kind))

    def close(self) -> None:
        """Let go of the folder."""
        self._shard.close()

    @property
    def size(self) -> int:
        """Points."""
        return int(_run(self._shard.count, engine.CountRequest(exact=True)))

    async def upsert(self, points: Sequence[Point]) -> None:
        if self.outdated:
            raise IndexOutdated
        async with self._writing:
            for start in range(0, len(points), BATCH):
                batch = [terms.written(point) for point in points[start : start + BATCH]]
                _run(self._shard.update, engine.UpdateOperation.upsert_points(batch))
                await asyncio.sleep(0)

    async def delete(self, collection_id: UUID, document_id: str | None = None, *, before: int | None = None) -> None:
        wanted = terms.of(collection_id, document_id, before)
        async with self._writing:
            _run(self._shard.update, engine.UpdateOperation.delete_points_by_filter(wanted))

    async def describe(self, collection_id: UUID, document_id: str, metadata: DocumentMetadata) -> None:
        wanted, described = terms.of(collection_id, document_id), payload.described(metadata)
        async with self._writing:
            _run(self._shard.update, engine.UpdateOperation.set_payload_by_filter(wanted, described))

    async def search(
        self, dense: Vector, sparse: SparseVector, *, within: Within, fusion: Fusion, limit: int
    ) -> list[Hit]:
        if self.outdated:
            raise IndexOutdated
        if not within.collections:
            return []
        request = terms.request(dense, sparse, terms.within(within), fusion, limit)
        return [payload.hit(point, dense, score=point.score) for point in _run(self._shard.query, request)]

    async def lists(self, wanted: Sequence[Wanted], *, within: Within) -> list[list[Listed]]:
        if self.outdated:
            raise IndexOutdated
        if not within.collections:
            return [[] for _ in wanted]
        looked = terms.within(within)
        asked = [terms.listed(one, looked) for one in wanted if not one.is_empty]
        found = _run(self._shard.query_batch, engine.QueryBatchRequest(asked)) if asked else []
        return answered(wanted, [[payload.listed(point, score=point.score) for point in points] for points in found])

    async def similarities(self, ids: Collection[UUID], dense: Vector) -> dict[UUID, float]:
        if not (ids and dense.size):
            return {}
        return {payload.id_of(one): one.score for one in _run(self._shard.query, terms.compared(ids, dense))}

    async def read(self, ids: Sequence[UUID]) -> list[Point]:
        found = _run(self._shard.retrieve, list(ids), with_payload=True, with_vector=True) if ids else []
        return list(map(payload.point, found))

    async def hits(self, scores: Mapping[UUID, float], dense: Vector) -> list[Hit]:
        vectors = [payload.DENSE]
        found = _run(self._shard.retrieve, list(scores), with_payload=True, with_vector=vectors) if scores else []
        return payload.hits(found, dense, scores)

    async def linked(
        self, link: Link, references: Iterable[str], dense: Vector, *, within: Within, limit: int
    ) -> list[Hit]:
        if self.outdated:
            raise IndexOutdated
        wanted = frozenset(references)
        if not (within.collections and wanted):
            return []
        request = terms.linked(link, wanted, dense, within, limit)
        return [payload.hit(point, dense, score=point.score) for point in _run(self._shard.query, request)]

    async def count(self, collections: frozenset[UUID]) -> int:
        if not collections:
            return 0
        return _run(self._shard.count, engine.CountRequest(filter=terms.within(Within(collections)), exact=True))

    async def points(self, collection_id: UUID, document_id: str) -> list[Point]:
        wanted, found, next_page = terms.of(collection_id, document_id), list[Point](), None
        while True:
            request = engine.ScrollRequest(next_page, BATCH, wanted, with_payload=True, with_vector=True)
            records, next_page = _run(self._shard.scroll, request)
            found += map(payload.point, records)
            if next_page is None:
                return found
            await asyncio.sleep(0)

    async def stored(self) -> AsyncIterator[Stored]:
        next_page: Any = None
        while True:
            request = engine.ScrollRequest(offset=next_page, limit=PAGE, with_payload=payload.PLACE)
            points, next_page = _run(self._shard.scroll, request)
            for point in points:
                yield payload.stored(point.payload or {})
            if next_page is None:
                return
            await asyncio.sleep(0)

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Writes wait while the block lasts, and what was written lies in the files; questions are answered."""
        async with self._writing:
            _run(self._shard.flush)
            yield

    async def copy_to(self, folder: Path) -> None:
        """Copy the index so that it can be opened there; within `still`. Raises `OSError`."""
        await asyncio.to_thread(self._folder.copy_to, folder, self._path)

    @property
    def place(self) -> Path:
        """Its folder."""
        return self._folder.path

    async def settle(self) -> None:
        """Questions are answered meanwhile; writes wait."""
        async with self._writing:
            _run(self._shard.flush)
            if self._has_grown():
                await self._optimise()

    def _has_grown(self) -> bool:
        """Whether so many points were written, anew or for the first time, since the index was built.

        Sparse vectors, of which each point has one or more, are indexed as they are written, dense ones when the index
        is built. The engine counts vectors that are indexed, those of points that have been replaced among them.
        """
        info = _run(self._shard.info)
        least = terms.BUILT_FROM * 1024 / (4 * self._encoding.dimension)
        enough = max(least, info.points_count * terms.BUILT_FROM_SHARE)
        written = info.indexed_vectors_count - self._folder.built()
        if written < enough:
            return False
        having = [engine.Filter(must=[engine.HasVectorCondition(name)]) for name in terms.SPARSE]
        sparse = sum(_run(self._shard.count, engine.CountRequest(filter=one, exact=True)) for one in having)
        return bool(written * info.points_count >= enough * sparse)

    async def _optimise(self) -> None:
        path = self._folder.next()
        try:
            await optimised_copy(self._path, path, self.size, self._encoding.dimension)
            shard = _run(engine.EdgeShard.load, str(path))
            self._folder.switch(path, self._encoding, shard.info().indexed_vectors_count)
        except OSError as error:
            raise IndexUnavailable(
                f"L’index n’a pas pu être réorganisé\u202f: {error}. Il reste utilisable, mais lent\u202f; "
                "libérez de la place sur le disque, puis relancez l’import."
            ) from error
        old, self._shard, self._path = self._shard, shard, path
        old.close()
        self._folder.sweep(path)


def _run(call: Callable[..., T], *arguments: Any, **named: Any) -> T:
    try:
        return call(*arguments, **named)
    except Exception as error:  # the engine raises nothing more precise
        raise IndexUnavailable(
            f"L’index refuse l’opération\u202f: {error}. Vérifiez la place libre sur le disque, puis relancez."
        ) from error


def _open(settings: EdgeSettings) -> EdgeIndex:
    folder = ShardFolder(settings.folder)
    try:
        current = folder.current()
        path, made_with = current or (_create(folder, settings.encoding), settings.encoding)
        outdated = settings.encoding.outdates(made_with)
        index = EdgeIndex(folder, path, made_with, created=current is None, outdated=outdated)
        index.prepare()
        folder.sweep(path)
        return index
    except RetrievalError:
        raise
    except Exception as error:  # the engine raises nothing more precise
        if "WouldBlock" in str(error):
            raise IndexUnavailable(
                f"L’index {folder.path} est déjà ouvert par un autre processus. Arrêtez l’autre serveur, puis relancez."
            ) from error
        raise _unreadable(folder.path, error) from error


def _unreadable(folder: Path, error: Exception) -> IndexUnavailable:
    return IndexUnavailable(
        f"L’index {folder} est illisible\u202f: {error}. Rétablissez-le depuis une sauvegarde, "
        "ou effacez ce dossier et versez à nouveau les documents."
    )


def _create(folder: ShardFolder, encoding: Encoding) -> Path:
    """A new, empty shard; before it is whole and named in the description, it does not count."""
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)  # the documents' words are in it
    if any(not entry.name.startswith("shard-") for entry in folder.path.iterdir()):
        raise IndexUnavailable(
            f"Le dossier {folder.path} contient autre chose qu’un index. Indiquez un dossier vide dans les réglages."
        )
    path = folder.next()
    engine.EdgeShard.create(str(path), terms.config(encoding)).close()
    folder.switch(path, encoding)
    return path
