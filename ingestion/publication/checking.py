"""What is done between submitting a change and deciding on it: the checklist, and the golden questions."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import uuid4

from psycopg.types.json import Jsonb

from ingestion.publication import queries, table, waiting
from ingestion.publication.drafts import Drafts
from ingestion.publication.errors import ChangeMoved, ChecklistInvalid, NothingSubmitted, NotReviewed, UnderWay
from ingestion.publication.gate import Gate, Golden, Place
from ingestion.publication.records import act
from ingestion.publication.table import Checklist, Figures, Progress, PublicationRow, State
from policies import Act, Action, Json, Ledger, Principal
from retrieval.corpus import Collection, Stage
from retrieval.errors import CollectionNotFound
from retrieval.permission import Permission, Which
from retrieval.rows import Connection, Pool, one_row


@dataclass(frozen=True, slots=True)
class HeldNow:
    """What nobody changes of a collection before the transaction ends."""

    stage: Stage
    readers: frozenset[str]
    paused: bool
    four_eyes: bool


@dataclass(frozen=True, slots=True)
class Checking:
    """As `Publication`, and for it. Every method raises `CollectionNotFound`, `Refused`."""

    pool: Pool
    ledger: Ledger
    drafts: Drafts
    gate: Gate
    golden: Golden
    permission: Permission

    async def submit(self, principal: Principal, which: Which) -> PublicationRow:
        """Have it checked: the collection, or what waits in its draft. Raises `NotReviewed`, `UnderWay`."""
        collection = await self.permission.called(principal, Action.INGEST, which)
        async with self.pool.connection() as connection:
            is_first = (await held_now(connection, collection)).stage is not Stage.PUBLISHED
            if not (is_first or collection.reviewed):
                raise NotReviewed(collection.name)
            values = {"id": uuid4(), "collection_id": collection.id, "is_first": is_first}
            values["by"] = Jsonb(principal.as_json())
            if await one_row(connection, queries.SUBMIT, values) is None:
                raise UnderWay(collection.name)
            if is_first:
                await connection.execute(queries.SET_STAGE, [Stage.CHECKING.value, collection.id])
            row = await checked_row(connection, collection)
            change = await waiting.fingerprint(connection, collection)
            await self._record(connection, Act.PUBLICATION_SUBMITTED, principal, collection, row, change=change)
        return row

    async def withdraw(self, principal: Principal, which: Which) -> None:
        """Back to the draft. Raises `NothingSubmitted`, `UnderWay`."""
        collection = await self.permission.called(principal, Action.INGEST, which)
        async with self.pool.connection() as connection:
            row = await checked_row(connection, collection)
            await withdraw(connection, self.ledger, principal, collection, row)

    async def sign(self, principal: Principal, which: Which, checklist: Checklist, change: str) -> None:
        """Say that it was seen to, of the change that was shown.

        Raises `ChecklistInvalid`, `NothingSubmitted`, `UnderWay`, `ChangeMoved`.
        """
        collection = await self.permission.called(principal, Action.INGEST, which)
        if checklist.missing:
            raise ChecklistInvalid(checklist.missing)
        async with self.pool.connection() as connection:
            row = await checked_row(connection, collection)
            if change != await waiting.fingerprint(connection, collection):
                raise ChangeMoved
            await table.sign(connection, row.id, checklist, change, principal)
            await self._record(connection, Act.PUBLICATION_CHECKED, principal, collection, row, change=change)

    async def measure(self, principal: Principal, which: Which) -> AsyncGenerator[Progress | Figures, None]:
        """Ask the golden questions of what would be, and of what is; the figures come last, once they are kept.

        Raises `NothingSubmitted`, `UnderWay`, `ChangeMoved`, and as `Search.find_as_if` does.
        """
        collection = await self.permission.called(principal, Action.INGEST, which)
        async with self.pool.connection() as connection:
            row = await checked_row(connection, collection)
            change = await waiting.fingerprint(connection, collection)
            replaced = await waiting.replaced(connection, collection)
        readable = [one for one in await self.gate.search.permitted(principal) if one.id != collection.id]
        before, after = None, Place([collection], readable=readable)
        if not row.is_first:
            draft = await self.drafts.target(collection)
            left = (collection.id, replaced) if replaced else None
            before, after = after, Place([collection, draft], left, readable)
        questions = await self.golden(principal, collection)
        async for step in self.gate.measured(questions, before, after):
            if isinstance(step, Figures):
                await self._keep(principal, collection, step, change)
            yield step

    async def _keep(self, principal: Principal, collection: Collection, figures: Figures, change: str) -> None:
        async with self.pool.connection() as connection:
            row = await checked_row(connection, collection)
            if change != await waiting.fingerprint(connection, collection):
                raise ChangeMoved
            await table.measure(connection, row.id, figures, change)
            said: dict[str, Json] = {
                "change": change,
                "questions": figures.questions,
                "unanswerable": figures.unanswerable,
                "undecided": figures.undecided,
                "before": dict(figures.before),
                "after": dict(figures.after),
                "passed": not figures.fallen,
            }
            await self._record(connection, Act.PUBLICATION_MEASURED, principal, collection, row, **said)

    async def _record(
        self,
        connection: Connection,
        what: Act,
        principal: Principal,
        collection: Collection,
        row: PublicationRow,
        **details: Json,
    ) -> None:
        await self.ledger.append(connection, act(what, principal, collection, row, **details))


async def held_now(connection: Connection, collection: Collection) -> HeldNow:
    """The collection as it is, held. Raises `CollectionNotFound` where it was deleted meanwhile."""
    row = await one_row(connection, queries.LOCK_COLLECTION, [collection.id])
    if row is None:
        raise CollectionNotFound(collection.name)
    return HeldNow(Stage(row["stage"]), frozenset(row["readers"]), row["paused"], row["four_eyes"])


async def checked_row(connection: Connection, collection: Collection) -> PublicationRow:
    """What is being checked, held. Raises `NothingSubmitted`, `UnderWay`."""
    known = await table.under_way(connection, collection.id)
    row = await table.locked(connection, known.id) if known else None
    if row is None:
        raise NothingSubmitted(collection.name)
    if row.state is not State.CHECKING:
        raise UnderWay(collection.name)
    return row


async def withdraw(
    connection: Connection, ledger: Ledger, principal: Principal, collection: Collection, row: PublicationRow
) -> None:
    """What is being checked goes back to the draft."""
    await connection.execute(queries.WITHDRAW, [row.id])
    if row.is_first:
        await connection.execute(queries.SET_STAGE, [Stage.DRAFT.value, collection.id])
    await ledger.append(connection, act(Act.PUBLICATION_WITHDRAWN, principal, collection, row))
