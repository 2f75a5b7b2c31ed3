"""The way of a collection, and of each change to it, to its readers: decided by the policy, each step on record.

1. What is published is what was checked and measured: both name the change by its fingerprint, and so does whoever
   publishes. Whatever comes to the draft meanwhile makes them void.
2. A fall of the golden questions' figures keeps a change from being published, unless somebody says why not.
3. Deciding is one transaction; carrying it out (`ingestion.publication.swap`) goes on after a crash.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from psycopg.types.json import Jsonb

from ingestion.publication import queries, table, waiting
from ingestion.publication.checking import Checking, checked_row, held_now, withdraw
from ingestion.publication.deciding import Decision, require_ready
from ingestion.publication.drafts import Drafts
from ingestion.publication.errors import DraftHolds, NothingToRollBack, UnderWay
from ingestion.publication.gate import Gate, Golden, Refusing, no_questions
from ingestion.publication.records import act, opened
from ingestion.publication.swap import Swapping
from ingestion.publication.table import Checklist, Figures, Progress, PublicationRow, State
from ingestion.publication.waiting import Change, Counts, Standing, WaitingDocument
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, DocumentState, DocumentText, Stage
from retrieval.errors import DocumentNotFound
from retrieval.index import Index
from retrieval.permission import Permission, Which
from retrieval.rows import Connection, Pool
from retrieval.search import Search


@dataclass(frozen=True, slots=True)
class Overview:
    """How a collection stands; `change` is the fingerprint of what waits, `history` begins with the latest."""

    collection: Collection
    counts: Counts
    change: str
    under_way: PublicationRow | None
    progress: Progress
    history: list[PublicationRow]
    four_eyes: bool

    @property
    def checklist(self) -> Checklist | None:
        """The one that was signed for what waits now."""
        row = self.under_way
        return row.checklist if row and row.checked == self.change else None

    @property
    def figures(self) -> Figures | None:
        """Those that were measured on what waits now."""
        row = self.under_way
        return row.figures if row and row.measured == self.change else None

    @property
    def can_roll_back(self) -> bool:
        """Whether the last publication can be taken back."""
        ended = [row for row in self.history if row.ended_at]
        under_way = self.under_way.state if self.under_way else None
        return bool(ended) and ended[0].state is State.PUBLISHED and under_way in (None, State.CHECKING)


@dataclass(frozen=True, slots=True)
class Publication:
    """For whoever may add to a collection; to others there is none. `golden` gives a collection's golden questions.

    Without `refusing` refusals are not measured.

    Every method raises `CollectionNotFound`, `Refused`.
    """

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index
    search: Search
    golden: Golden = no_questions
    refusing: Refusing | None = None

    @property
    def checking(self) -> Checking:
        """What is done before it is decided."""
        return Checking(
            self.pool, self.ledger, self.drafts, Gate(self.search, self.refusing), self.golden, self._permission()
        )

    @property
    def drafts(self) -> Drafts:
        """Where changes are made."""
        return Drafts(self.pool, self.ledger, self.index)

    @property
    def swapping(self) -> Swapping:
        """What carries out what was decided."""
        return Swapping(self.pool, self.ledger, self.index)

    async def kept(self, principal: Principal) -> list[Standing]:
        """How each collection stands to which the principal may add."""
        collections = await self._permission().collections(principal, Action.INGEST)
        async with self.pool.connection() as connection:
            return await waiting.standings(connection, collections)

    async def overview(self, principal: Principal, which: Which) -> Overview:
        """How it stands."""
        collection = await self.collection(principal, which)
        async with self.pool.connection() as connection:
            under_way = await table.under_way(connection, collection.id)
            return Overview(
                collection=collection,
                counts=await waiting.counts(connection, collection),
                change=await waiting.fingerprint(connection, collection),
                under_way=under_way,
                progress=await table.progress(connection, under_way.id) if under_way else Progress(0, 0),
                history=await table.history(connection, collection.id),
                four_eyes=await table.four_eyes(connection, collection.id),
            )

    async def changes(
        self,
        principal: Principal,
        which: Which,
        change: Change | None = None,
        after: tuple[str, str] = ("", ""),
        limit: int = 50,
    ) -> list[WaitingDocument]:
        """The next documents that wait, by change and identifier, after that one."""
        collection = await self.collection(principal, which)
        async with self.pool.connection() as connection:
            found = await waiting.page(connection, collection, change or "", "", after, limit)
            details: dict[str, Json] = {"collection_id": str(collection.id), "documents": len(found)}
            details["rules"] = [*collection.allowed_by]
            await self.ledger.append(connection, Event(Act.PUBLICATION_OPENED, principal, details))
        return found

    async def texts(self, principal: Principal, which: Which, document_id: str) -> tuple[DocumentText, DocumentText]:
        """A document as readers find it, and as it waits; both are opened. Raises `DocumentNotFound`."""
        collection = await self.collection(principal, which)
        async with self.pool.connection() as connection:
            draft = await waiting.source_of(connection, collection)
            texts = []
            for place in (collection.id, draft):
                document = await self.catalog.document(connection, place, document_id)
                if document is None or document.state is not DocumentState.INDEXED:
                    raise DocumentNotFound(document_id)
                texts.append(await self.catalog.text(connection, place, document_id, document.version))
            for text in texts:
                await self.ledger.append(connection, opened(principal, collection, text))
        return texts[0], texts[1]

    async def set_reviewed(self, principal: Principal, which: Which, reviewed: bool) -> None:
        """Have changes wait to be published from now on, or be seen at once. Raises `DraftHolds`, `UnderWay`."""
        collection = await self.collection(principal, which)
        async with self.pool.connection() as connection:
            held = await held_now(connection, collection)
            if await table.under_way(connection, collection.id):
                raise UnderWay(collection.name)
            counts = await waiting.counts(connection, collection)
            if not reviewed and held.stage is Stage.PUBLISHED and counts.by:
                raise DraftHolds(collection.name)
            await connection.execute(queries.SET_REVIEWED, [reviewed, collection.id])
            details: dict[str, Json] = {"collection_id": str(collection.id), "reviewed": reviewed}
            details["rules"] = [*collection.allowed_by]
            await self.ledger.append(connection, Event(Act.COLLECTION_REVIEW_SET, principal, details))

    async def set_four_eyes(self, principal: Principal, which: Which, wanted: bool) -> None:
        """Have another person publish than the one who signed the checklist, or no longer. Raises `UnderWay`."""
        collection = await self.collection(principal, which)
        async with self.pool.connection() as connection:
            held = await held_now(connection, collection)
            if await table.under_way(connection, collection.id):
                raise UnderWay(collection.name)
            if held.four_eyes == wanted:
                return
            await connection.execute(queries.SET_FOUR_EYES, [wanted, collection.id])
            details: dict[str, Json] = {"collection_id": str(collection.id), "four_eyes": wanted}
            details["rules"] = [*collection.allowed_by]
            await self.ledger.append(connection, Event(Act.COLLECTION_FOUR_EYES_SET, principal, details))

    async def publish(
        self, principal: Principal, which: Which, readers: frozenset[str], change: str, reason: str = ""
    ) -> PublicationRow:
        """Decide that readers (nobody: all) find it as it was shown; `Swapping.step` carries it out.

        Raises `NothingSubmitted`, `UnderWay`, `CollectionPaused`, `StillReading`, `NothingToPublish`, `ChangeMoved`,
        `ChecklistMissing`, `SecondPersonNeeded`, `FiguresMissing`, `FiguresFell` unless there is a `reason`.
        """
        collection = await self.collection(principal, which)
        async with self.pool.connection() as connection:
            held = await held_now(connection, collection)
            row = await checked_row(connection, collection)
            decision = Decision(
                collection, row, held.readers, readers, change, reason.strip(), principal, held.four_eyes
            )
            counts = await require_ready(connection, decision, paused=held.paused)
            await self._decide(connection, principal, decision, counts)
        return row

    async def roll_back(self, principal: Principal, which: Which) -> PublicationRow:
        """Decide that readers find what they found before the last publication; what it brought waits in the draft.

        What is being checked goes back to the draft. Raises `NothingToRollBack`, `UnderWay`.
        """
        collection = await self.collection(principal, which)
        async with self.pool.connection() as connection:
            await held_now(connection, collection)
            under_way = await table.under_way(connection, collection.id)
            last = await table.latest(connection, collection.id)
            if last is None or last.state is not State.PUBLISHED:
                raise UnderWay(collection.name) if under_way else NothingToRollBack(collection.name)
            if under_way is not None:
                row = await checked_row(connection, collection)
                await withdraw(connection, self.ledger, principal, collection, row)
            await connection.execute(queries.PLAN_BACK, [last.id])
            by = {"id": last.id, "by": Jsonb(principal.as_json()), "rules": list(collection.allowed_by)}
            await connection.execute(queries.BACK, by)
            event = act(Act.PUBLICATION_DECIDED, principal, collection, last, what="roll back")
            await self.ledger.append(connection, event)
        return last

    async def carry_out(self, publication_id: UUID) -> AsyncGenerator[Progress, None]:
        """What was decided, step by step. Raises `IndexUnavailable`, and goes on from there the next time."""
        while await self.swapping.step(publication_id):
            async with self.pool.connection() as connection:
                yield await table.progress(connection, publication_id)

    async def collection(self, principal: Principal, which: Which) -> Collection:
        """The collection, for whoever may add to it."""
        return await self._permission().called(principal, Action.INGEST, which)

    async def _decide(
        self, connection: Connection, principal: Principal, decision: Decision, counts: dict[str, int]
    ) -> None:
        row, collection = decision.row, decision.collection
        forced = decision.reason if row.figures and row.figures.fallen else ""
        values = {
            "id": row.id,
            "state": State.PUBLISHING.value,
            "by": Jsonb(principal.as_json()),
            "rules": list(collection.allowed_by),
            "forced": forced,
            "before": sorted(decision.readers_before),
            "after": sorted(decision.readers),
        }
        await connection.execute(queries.DECIDE, values)
        if forced and row.figures:
            details: dict[str, Json] = {"change": decision.change, "fallen": [*row.figures.fallen]}
            event = act(Act.PUBLICATION_FORCED, principal, collection, row, **details)
            await self.ledger.append(connection, Event(event.act, principal, event.details, {"reason": forced}))
        said: dict[str, Json] = {"what": "publish", "change": decision.change, **counts}
        await self.ledger.append(connection, act(Act.PUBLICATION_DECIDED, principal, collection, row, **said))

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)
