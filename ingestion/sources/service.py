"""The sources that collections follow, as a principal may see and change them."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from ingestion.delays import is_disk_full
from ingestion.errors import DiskFull, IngestionError
from ingestion.intake import IntakeLimits
from ingestion.progress import Progress
from ingestion.sources.changes import Changes
from ingestion.sources.documents import SourceDocuments
from ingestion.sources.errors import SourceInvalid, SourceNotFound
from ingestion.sources.followed import Followed, Place, SourceTable, new_source
from ingestion.sources.lease import leased
from ingestion.sources.opening import Opening
from ingestion.sources.sync import Receive, Sync
from policies import Act, Action, Event, Json, Ledger, Policy, PolicyError, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.errors import CollectionNotFound, RetrievalError
from retrieval.index import Index
from retrieval.names import NAME_LENGTH
from retrieval.permission import Permission
from retrieval.rows import Pool

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sources:
    """Whoever may add to a collection may have it follow a source, and is the one for whom that is done."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index
    receive: Receive
    opening: Opening
    limits: IntakeLimits = field(default_factory=IntakeLimits)
    table: SourceTable = field(default_factory=SourceTable)

    async def readable(self, principal: Principal) -> list[tuple[Followed, Collection]]:
        """The sources of the collections that the principal may read, by name."""
        async with self.pool.connection() as connection:
            held = {collection.id: collection for collection in await self.catalog.collections(connection)}
            allowed = self.policy.permitted(principal, Action.READ, (one.rule for one in held.values()))
            followed = [one for one in await self.table.all(connection) if one.collection_id in allowed]
            await self.ledger.append(connection, Event(Act.SOURCES_LISTED, principal, {"sources": len(followed)}))
        return [(one, held[one.collection_id]) for one in followed]

    async def add(
        self, principal: Principal, name: str, collection_name: str, place: Place, every_minutes: int | None = None
    ) -> Followed:
        """Have a collection follow a source, which is not looked at yet.

        Raises `CollectionNotFound`, `Refused`, `SourceInvalid`, `SourceExists`.
        """
        collection = await self._permission().collection(principal, Action.INGEST, collection_name)
        followed = new_source(collection.id, _valid(name), place, every_minutes, principal)
        self.opening.open(place)
        async with self.pool.connection() as connection:
            await self.table.add(connection, followed)
            details: dict[str, Json] = {
                "kind": place.kind.value,
                "every_minutes": every_minutes,
                "rules": [*collection.allowed_by],
            }
            await self.ledger.append(connection, _event(Act.SOURCE_ADDED, followed, details))
        return followed

    async def sync(
        self, principal: Principal, name: str, *, allow_empty: bool = False
    ) -> AsyncGenerator[Progress | Changes, None]:
        """Bring the collection to the state of the source; what changed comes last, once it is received.

        Raises `SourceNotFound`, `Refused`, `SourceBusy`, `SourceInvalid`, `DiskFull`, and what `Sync.run` raises.
        """
        followed, collection = await self._permitted(principal, name)
        async with leased(self.pool, self.table, followed):
            changes = Changes()
            try:
                async for progress in self._synced(followed, collection, changes, allow_empty=allow_empty):
                    yield progress
            except (IngestionError, RetrievalError) as error:
                await self._note_failure(followed, error)
                raise
            await self._note(followed, changes)
        yield changes

    async def due(self) -> list[Followed]:
        """Those that their schedule wants synchronised by now, and that nobody is at, the longest due first."""
        async with self.pool.connection() as connection:
            return await self.table.due(connection)

    async def sync_due(self, followed: Followed) -> None:
        """Synchronise one of them, for whoever had it followed; how it went is noted with it."""
        try:
            async with aclosing(self.sync(followed.principal, followed.name)) as steps:
                async for _ in steps:
                    pass
        except (PolicyError, SourceNotFound) as error:  # whoever had it followed may no longer
            await self._note_failure(followed, error)
        except (IngestionError, RetrievalError) as error:
            _log.warning("Source %s was not synchronised (%s).", followed.id, type(error).__name__)

    async def remove(self, principal: Principal, name: str, *, keep_documents: bool = False) -> int:
        """Follow the source no longer; gives how many documents went with it.

        Raises `SourceNotFound`, `Refused`, `SourceBusy`, `IndexUnavailable`.
        """
        followed, _ = await self._permitted(principal, name)
        async with leased(self.pool, self.table, followed):
            removed = 0
            if not keep_documents:
                async with self.pool.connection() as connection:
                    held = await self.table.held(connection, followed.id)
                removed = await self._documents().remove(followed, [one.document_id for one in held.values()])
            async with self.pool.connection() as connection:
                await self.table.delete(connection, followed.id)
                details: dict[str, Json] = {"documents": removed, "kept": keep_documents}
                await self.ledger.append(connection, _event(Act.SOURCE_REMOVED, followed, details))
        return removed

    async def _synced(
        self, followed: Followed, collection: Collection, changes: Changes, *, allow_empty: bool
    ) -> AsyncIterator[Progress]:
        async with self.opening.open(followed.place) as source:
            sync = Sync(
                pool=self.pool,
                table=self.table,
                receive=self.receive,
                documents=self._documents(),
                limits=self.limits,
                followed=followed,
                collection=collection,
                source=source,
                changes=changes,
            )
            try:
                async for progress in sync.run(allow_empty=allow_empty):
                    yield progress
            except OSError as error:
                if is_disk_full(error):
                    raise DiskFull from error
                raise

    async def _permitted(self, principal: Principal, name: str) -> tuple[Followed, Collection]:
        """The source, on behalf of the principal, who may add to its collection; and that collection."""
        async with self.pool.connection() as connection:
            followed = await self.table.named(connection, name)
            collection = await self.catalog.collection_by_id(connection, followed.collection_id)
        try:
            await self._permission().collection(principal, Action.INGEST, collection.name)
        except CollectionNotFound as error:
            raise SourceNotFound(name) from error
        return replace(followed, principal=principal), collection

    async def _note(self, followed: Followed, changes: Changes) -> None:
        async with self.pool.connection() as connection:
            await self.table.note(connection, followed.id, "", changes.counts)
            if followed.failure or not changes.is_nothing:
                await self.ledger.append(connection, _event(Act.SOURCE_SYNCED, followed, dict(changes.counts)))

    async def _note_failure(self, followed: Followed, error: Exception) -> None:
        async with self.pool.connection() as connection:
            await self.table.note(connection, followed.id, str(error), followed.counts)
            if followed.failure != str(error):
                details: dict[str, Json] = {"failure": type(error).__name__}
                await self.ledger.append(connection, _event(Act.SOURCE_FAILED, followed, details))

    def _documents(self) -> SourceDocuments:
        return SourceDocuments(self.pool, self.table, self.catalog, self.ledger, self.index)

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


def _valid(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise SourceInvalid(f"Le nom d’une source compte de 1 à {NAME_LENGTH} caractères, tous visibles.")
    return name


def _event(act: Act, source: Followed, details: dict[str, Json]) -> Event:
    place: dict[str, Json] = {"source_id": str(source.id), "collection_id": str(source.collection_id)}
    return Event(act, source.principal, place | details)
