"""Documents that wait for a person's decision: shown to who may decide, decided once, recorded."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.errors import AlreadyDecided, CollectionNotFound, NotSeen, QuarantineNotFound, ReasonMissing
from retrieval.found import counts
from retrieval.permission import Permission, Which
from retrieval.quarantine_table import EVERYTHING, Alike, Choice, Held, QuarantineTable, Waiting, WaitingFilter
from retrieval.rows import Connection, Pool

REFUSED = "refusé à l’examen, après mise en quarantaine. Versez une version corrigée, ou retirez-le."

LONGEST_REASON = 500  # characters

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

    async def waiting(
        self,
        principal: Principal,
        names: Sequence[Which] = (),
        wanted: WaitingFilter = EVERYTHING,
    ) -> list[tuple[str, Waiting]]:
        """What the principal may decide about, the oldest first or as it is wanted, each with its collection's name.

        Raises `CollectionNotFound`, `Refused` for a collection that is named.
        """
        found, _ = await self.page(principal, names, wanted)
        return found

    async def page(
        self,
        principal: Principal,
        names: Sequence[Which] = (),
        wanted: WaitingFilter = EVERYTHING,
        offset: int = 0,
        limit: int | None = None,
    ) -> tuple[list[tuple[str, Waiting]], int]:
        """A part of the same, and how much of it there is in all."""
        permission = self._permission()
        called = [await permission.called(principal, Action.INGEST, one) for one in names]
        collections = called or await permission.collections(principal, Action.INGEST)
        async with self.pool.connection() as connection:
            by_id = await self._with_drafts(connection, collections)
            held = await self.table.waiting(connection, by_id, wanted, offset, limit)
            total = len(held) if limit is None else await self.table.count(connection, by_id, wanted)
            event = Event(Act.QUARANTINE_LISTED, principal, {"documents": len(held)})
            await self.ledger.append(connection, event)
        return [(by_id[one.collection_id], one) for one in held], total

    async def opened(self, principal: Principal, held_id: int) -> tuple[str, Held]:
        """One that waits, with its text. Raises `QuarantineNotFound`, `AlreadyDecided`, `Refused`."""
        collection, _ = await self._permitted(principal, held_id)
        async with self.pool.connection() as connection:
            held = await self.table.held(connection, held_id)
            if not held.waits:
                raise AlreadyDecided(held_id)
            await self.ledger.append(connection, Event(Act.QUARANTINE_OPENED, principal, _details(held, collection)))
        return collection.name, held

    async def alike(self, principal: Principal, held_id: int) -> Mapping[Alike, Sequence[int]]:
        """Others that wait, about which the principal may decide as about that one, by their numbers.

        Raises `QuarantineNotFound`, `Refused`.
        """
        await self._permitted(principal, held_id)
        collections = await self._permission().collections(principal, Action.INGEST)
        async with self.pool.connection() as connection:
            return await self.table.alike(connection, [*await self._with_drafts(connection, collections)], held_id)

    async def number(self, principal: Principal, which: Which, document_id: str) -> int | None:
        """Of the version of a document that waits, if one does. Raises `CollectionNotFound`, `Refused`."""
        collection = await self._permission().called(principal, Action.INGEST, which)
        async with self.pool.connection() as connection:
            return await self.table.number(connection, collection.id, document_id)

    async def decide(self, principal: Principal, held_id: int, choice: Choice, reason: str) -> Held:
        """Let it through or refuse it, for good, and say why: the reason is kept with the decision.

        Raises `ReasonMissing`, `QuarantineNotFound`, `AlreadyDecided`, `Refused`.
        """
        reason = reason.strip()
        if not 0 < len(reason) <= LONGEST_REASON:
            raise ReasonMissing(LONGEST_REASON)
        collection, _ = await self._permitted(principal, held_id)
        async with self.pool.connection() as connection:
            held = await self.table.held(connection, held_id, lock=True)
            if not held.waits:
                raise AlreadyDecided(held_id)
            await self.table.decide(connection, held, choice, reason, f"{held.document_id} : {REFUSED}")
            if choice is Choice.RELEASED:
                await self.resume(connection, held.collection_id, [held.document_id])
            event = Event(_ACTS[choice], principal, _details(held, collection), {"reason": reason})
            await self.ledger.append(connection, event)
        return held

    async def decide_alike(
        self, principal: Principal, held_id: int, choice: Choice, reason: str, alike: Alike, edition: str
    ) -> int:
        """The same about that one and all that are like it; gives how many.

        `edition` is that one's, as it was when the principal opened it. What somebody decides meanwhile is passed over.
        Raises `NotSeen` too.
        """
        _, held = await self._permitted(principal, held_id)
        if held.edition != edition:
            raise NotSeen(held_id)
        others = (await self.alike(principal, held_id))[alike]
        await self.decide(principal, held_id, choice, reason)
        decided = 1
        for other in others:
            with suppress(AlreadyDecided, QuarantineNotFound):
                await self.decide(principal, other, choice, reason)
                decided += 1
        return decided

    async def _permitted(self, principal: Principal, held_id: int) -> tuple[Collection, Held]:
        async with self.pool.connection() as connection:
            held = await self.table.held(connection, held_id)
            whole = await self.catalog.whole(connection, held.collection_id)
        try:
            return await self._permission().collection_by_id(principal, Action.INGEST, whole), held
        except CollectionNotFound as error:
            raise QuarantineNotFound(held_id) from error

    async def _with_drafts(self, connection: Connection, collections: Sequence[Collection]) -> dict[UUID, str]:
        """The names of these and, as what waits to be published may be kept aside too, of their drafts."""
        names = {one.id: one.name for one in collections}
        return names | {draft: names[of] for draft, of in (await self.catalog.drafts(connection, names)).items()}

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
