"""Documents that wait for a person's decision: shown to who may decide, decided once, recorded."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.errors import AlreadyDecided, CollectionNotFound, QuarantineNotFound
from retrieval.found import counts
from retrieval.permission import Permission
from retrieval.quarantine_table import Choice, Held, QuarantineTable
from retrieval.rows import Connection, Pool

REFUSED = "refusé à l’examen, après mise en quarantaine. Versez une version corrigée, ou retirez-le."

Resume = Callable[[Connection, UUID, Sequence[str]], Awaitable[object]]

_ACTS = {Choice.RELEASED: Act.DOCUMENT_RELEASED, Choice.REFUSED: Act.DOCUMENT_REFUSED}


async def wait_for_import(connection: Connection, collection_id: UUID, ids: Sequence[str]) -> None:
    """What is released is pending, and the next import of the same file takes it up."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Who may add to a collection decides about what waits there; others do not learn that anything does.

    `resume` sees to it, in the transaction of the release, that documents, by id, are read again.
    """

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    table: QuarantineTable = field(default_factory=QuarantineTable)
    resume: Resume = wait_for_import

    async def waiting(self, principal: Principal, names: tuple[str, ...] = ()) -> list[tuple[str, Held]]:
        """What the principal may decide about, the oldest first, each with its collection's name.

        Raises `CollectionNotFound`, `Refused` for a name that is given.
        """
        collections = await self._permission().collections(principal, Action.INGEST, names)
        async with self.pool.connection() as connection:
            held = await self.table.waiting(connection, [one.id for one in collections])
            event = Event(Act.QUARANTINE_LISTED, principal, {"documents": len(held)})
            await self.ledger.append(connection, event)
        by_id = {one.id: one.name for one in collections}
        return [(by_id[one.collection_id], one) for one in held]

    async def opened(self, principal: Principal, held_id: int) -> tuple[str, Held]:
        """One that waits, with its text. Raises `QuarantineNotFound`, `AlreadyDecided`, `Refused`."""
        collection, _ = await self._permitted(principal, held_id)
        async with self.pool.connection() as connection:
            held = await self.table.held(connection, held_id)
            if not held.waits:
                raise AlreadyDecided(held_id)
            await self.ledger.append(connection, Event(Act.QUARANTINE_OPENED, principal, _details(held, collection)))
        return collection.name, held

    async def decide(self, principal: Principal, held_id: int, choice: Choice) -> Held:
        """Let it through or refuse it, for good. Raises `QuarantineNotFound`, `AlreadyDecided`, `Refused`."""
        collection, _ = await self._permitted(principal, held_id)
        async with self.pool.connection() as connection:
            held = await self.table.held(connection, held_id, lock=True)
            if not held.waits:
                raise AlreadyDecided(held_id)
            await self.table.decide(connection, held, choice, f"{held.document_id} : {REFUSED}")
            if choice is Choice.RELEASED:
                await self.resume(connection, held.collection_id, [held.document_id])
            await self.ledger.append(connection, Event(_ACTS[choice], principal, _details(held, collection)))
        return held

    async def _permitted(self, principal: Principal, held_id: int) -> tuple[Collection, Held]:
        async with self.pool.connection() as connection:
            held = await self.table.held(connection, held_id)
            collection = await self.catalog.collection_by_id(connection, held.collection_id)
        try:
            return await self._permission().collection(principal, Action.INGEST, collection.name), held
        except CollectionNotFound as error:
            raise QuarantineNotFound(held_id) from error

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


def _details(held: Held, collection: Collection) -> Mapping[str, Json]:
    return {
        "collection_id": str(held.collection_id),
        "document_id": held.document_id,
        "version": held.version,
        "found": counts(held.found),
        "rules": [*collection.allowed_by],
    }
