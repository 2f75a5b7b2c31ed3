"""The sources that collections follow, as a principal may see and change them."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from uuid import UUID

from ingestion.delays import is_disk_full
from ingestion.errors import DiskFull, IngestionError
from ingestion.intake import IntakeLimits
from ingestion.progress import Progress
from ingestion.publication.drafts import Drafts
from ingestion.sources.changes import Changes
from ingestion.sources.documents import SourceDocuments
from ingestion.sources.errors import SourceChanged, SourceInvalid, SourceNotFound
from ingestion.sources.followed import Followed, Place, SourceTable, new_source
from ingestion.sources.lease import leased
from ingestion.sources.opening import Opening
from ingestion.sources.sync import Receive, Sync
from policies import Act, Action, Event, Json, Ledger, Policy, PolicyError, Principal
from retrieval.catalog import Catalog
from retrieval.collection_table import require_receiving
from retrieval.corpus import Collection
from retrieval.errors import CollectionNotFound, RetrievalError
from retrieval.index import Index
from retrieval.names import NAME_LENGTH
from retrieval.permission import Permission, Which
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

    async def add(
        self,
        principal: Principal,
        name: str,
        which: Which,
        place: Place,
        every_minutes: int | None = None,
        *,
        confined: bool = True,
    ) -> Followed:
        """Have a collection follow a source, which is not looked at yet.

        `confined`: a path must lie below those that the settings open to whoever keeps collections.
        Raises `CollectionNotFound`, `Refused`, `SourceInvalid`, `SourceExists`.
        """
        collection = await self._permission().called(principal, Action.INGEST, which)
        followed = new_source(collection.id, _valid(name), place, every_minutes, principal)
        self.opening.open(place)
        if confined:
            self.opening.require_below(place)
        async with self.pool.connection() as connection:
            await self.table.add(connection, followed)
            details: dict[str, Json] = {
                "kind": place.kind.value,
                "every_minutes": every_minutes,
                "rules": [*collection.allowed_by],
            }
            await self.ledger.append(connection, _event(Act.SOURCE_ADDED, followed, details))
        return followed

    async def reschedule(
        self, principal: Principal, name: str, every_minutes: int | None, edition: str | None = None
    ) -> Followed:
        """Have it synchronised every so many minutes, or only when somebody asks (None).

        `edition` is that of what was shown; without it the rhythm changes whatever it was. Raises `SourceNotFound`,
        `Refused`, `SourceChanged`.
        """
        named, collection = await self._permitted(principal, name)
        async with self.pool.connection() as connection:
            followed = await self.table.held_rhythm(connection, named)
            if edition not in (None, followed.edition):
                raise SourceChanged(followed.name, followed.every_minutes)
            if every_minutes == followed.every_minutes:
                return followed
            await self.table.reschedule(connection, followed.id, every_minutes)
            details: dict[str, Json] = {
                "every_minutes": every_minutes,
                "before": followed.every_minutes,
                "rules": [*collection.allowed_by],
            }
            await self.ledger.append(connection, _event(Act.SOURCE_RESCHEDULED, followed, details))
        return replace(followed, every_minutes=every_minutes)

    async def ask(self, principal: Principal, name: str) -> Followed:
        """Have it synchronised at the next look at what is due, in the name of whoever had it followed.

        Raises `SourceNotFound`, `Refused`, `CollectionPaused`.
        """
        followed, collection = await self._permitted(principal, name)
        async with self.pool.connection() as connection:
            await require_receiving(connection, collection)
            if not followed.asked:
                await self.table.ask(connection, followed.id)
                details: dict[str, Json] = {"rules": [*collection.allowed_by]}
                await self.ledger.append(connection, _event(Act.SOURCE_ASKED, followed, details))
        return followed

    async def of_collection(self, principal: Principal, collection_id: UUID) -> list[Followed]:
        """The sources of a collection that the principal keeps. Raises `CollectionNotFound`, `Refused`."""
        await self._permission().called(principal, Action.INGEST, collection_id)
        async with self.pool.connection() as connection:
            followed = await self.table.of_collection(connection, collection_id)
            await self.ledger.append(connection, Event(Act.SOURCES_LISTED, principal, {"sources": len(followed)}))
        return followed

    async def sync(
        self, principal: Principal, name: str, *, allow_empty: bool = False
    ) -> AsyncGenerator[Progress | Changes, None]:
        """Bring the collection to the state of the source; what changed comes last, once it is received.

        Raises `SourceNotFound`, `Refused`, `CollectionPaused`, `SourceBusy`, `SourceInvalid`, `DiskFull`, and what
        `Sync.run` raises.
        """
        followed, collection = await self._permitted(principal, name)
        async with self.pool.connection() as connection:
            await require_receiving(connection, collection)
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
        followed, collection = await self._permitted(principal, name)
        async with leased(self.pool, self.table, followed):
            removed = 0
            if not keep_documents:
                async with self.pool.connection() as connection:
                    held = await self.table.held(connection, followed.id)
                    ids = {key: one.document_id for key, one in held.items()}
                    await self.table.reserve(connection, followed.id, ids)
                removed = await (await self._documents(collection)).remove(followed, ids.values())
            async with self.pool.connection() as connection:
                await self.table.delete(connection, followed.id)
                details: dict[str, Json] = {"documents": removed, "kept": keep_documents}
                await self.ledger.append(connection, _event(Act.SOURCE_REMOVED, followed, details))
        return removed

    async def _synced(
        self, followed: Followed, collection: Collection, changes: Changes, *, allow_empty: bool
    ) -> AsyncIterator[Progress]:
        documents = await self._documents(collection)
        async with self.opening.open(followed.place) as source:
            sync = Sync(
                pool=self.pool,
                table=self.table,
                receive=self.receive,
                documents=documents,
                limits=self.limits,
                followed=followed,
                collection=documents.place,
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
        try:
            collection = await self._permission().called(principal, Action.INGEST, followed.collection_id)
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

    async def _documents(self, collection: Collection) -> SourceDocuments:
        drafts = Drafts(self.pool, self.ledger, self.index)
        place = await drafts.target(collection)
        return SourceDocuments(self.pool, self.table, self.catalog, self.ledger, self.index, drafts, collection, place)

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
