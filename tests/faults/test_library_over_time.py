"""Whatever is done to a library, in whatever order, through crashes and restarts: each finds what is theirs, no more.

What each person may find is worked out a second time here, in plain Python, and compared after every step with what
they are given by search, by counts, by the list of collections, by passages that are opened and by old answers.
"""

import asyncio
import datetime as dt
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from assistant.conversation import Reply, Source
from assistant.conversations import Conversations
from ingestion import BlobSettings, Parts, open_blobs, open_queue
from policies import PostgresLedger, Principal, Role, load_policy
from retrieval import (
    Bin,
    Catalog,
    Collection,
    CollectionChanges,
    CollectionNotFound,
    Collections,
    Documents,
    EdgeSettings,
    Encoding,
    FacetCounts,
    SparseEncoder,
    VectorSpace,
    open_edge,
)
from tests.conftest import EMPTY
from tests.ingestion.conftest import QUICK, Library
from tests.ingestion.import_steps import Failure, counted
from tests.ingestion.mortal_worker import DIMENSION, Cheap
from tests.ingestion.plain_reader import PlainReader
from tests.ingestion.publication.conftest import Shelf, ingestion_of, publication_of
from tests.ingestion.records import lines
from tests.ingestion.steps import Steps
from ui.chat.exchanges import ReadableExchanges
from ui.database import DatabaseSettings, Pool, open_pool
from ui.database_roles import as_owner

ADELE = Principal("s-adele", "adele", frozenset(), frozenset({Role.AGENT, Role.GESTIONNAIRE, Role.ADMINISTRATEUR}))
KEEPER = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
READERS = (
    Principal("s-alice", "alice", frozenset({"/DGS/Bureau-A"}), frozenset({Role.AGENT})),
    Principal("s-bob", "bob", frozenset({"/DAJ"}), frozenset({Role.AGENT})),
    Principal("s-claire", "claire", frozenset(), frozenset({Role.AUDITEUR})),
)
PEOPLE = (*READERS, KEEPER)
GROUPS = ["/DGS", "/DAJ"]
IDS = ["un", "deux", "trois"]
QUESTION = "Que dit la note ?"

Result = TypeVar("Result")


@dataclass
class Held:
    """A collection as it must be. With `draft`, changes wait there (None: to be removed) until they are published."""

    collection: Collection
    readers: frozenset[str] = frozenset()
    texts: dict[str, str] = field(default_factory=dict)
    draft: dict[str, str | None] | None = None
    archived: bool = False
    binned: bool = False

    def is_read_by(self, person: Principal) -> bool:
        """The access rules, said again; the owner is /DGS."""
        keeps = Role.GESTIONNAIRE in person.roles and "/DGS" in person.groups
        within = any(f"{group}/".startswith(f"{reader}/") for group in person.groups for reader in self.readers)
        reads = Role.AGENT in person.roles and (not self.readers or within) and not self.archived
        return not self.binned and (keeps or reads)


class LibraryOverTime(RuleBasedStateMachine):
    """One collection whose changes are found at once, one whose changes are checked and published."""

    runner: asyncio.Runner
    pool: Pool

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._open = AsyncExitStack()
        self._library: Library
        self._held: dict[str, Held] = {}
        self._answers: list[
            tuple[Principal, UUID, UUID, UUID]
        ] = []  # whose, conversation, exchange, of which collection
        self._texts = 0

    @initialize()
    def a_library_with_two_collections(self) -> None:
        self._run(self._emptied())
        self._run(self._start())
        for name, checked in (("Directe", False), ("Relue", True)):
            self._run(self._make(name, checked))
        self._compare()

    @rule(
        name=st.sampled_from(["Directe", "Relue"]),
        ids=st.sets(st.sampled_from(IDS), min_size=1),
        crash=st.integers(0, 60),
    )
    def texts_come_and_a_worker_may_die(self, name: str, ids: set[str], crash: int) -> None:
        held = self._held[name]
        if held.binned:
            return
        texts = {one: self._text() for one in ids}
        self._run(self._receive(held, texts, crash))
        if held.draft is None:
            held.texts |= texts
        else:
            held.draft |= texts
        self._compare()

    @rule(name=st.sampled_from(["Directe", "Relue"]), id_=st.sampled_from(IDS))
    def a_text_is_taken_out(self, name: str, id_: str) -> None:
        held = self._held[name]
        if held.binned:
            return
        if held.draft is None:
            self._run(self._documents().remove(ADELE, held.collection.id, [id_]))
            held.texts.pop(id_, None)
        else:
            self._run(self._shelf(held).remove(id_))
            held.draft.pop(id_, None)
            if id_ in held.texts:
                held.draft[id_] = None
        self._compare()

    @precondition(lambda self: self._held["Relue"].draft and not self._held["Relue"].binned)
    @rule()
    def the_draft_is_published(self) -> None:
        held = self._held["Relue"]
        assert held.draft is not None
        self._run(self._shelf(held).publish(held.readers, "Les chiffres sont connus."))
        texts = held.texts | held.draft
        held.texts, held.draft = {id_: text for id_, text in texts.items() if text is not None}, {}
        self._compare()

    @rule(name=st.sampled_from(["Directe", "Relue"]), readers=st.frozensets(st.sampled_from(GROUPS)))
    def it_is_opened_to_others(self, name: str, readers: frozenset[str]) -> None:
        held = self._held[name]
        if not held.binned:
            self._run(self._changes().set_access(ADELE, held.collection.id, "/DGS", readers))
            held.readers = readers
            self._compare()

    @rule(name=st.sampled_from(["Directe", "Relue"]))
    def it_is_archived_or_comes_back(self, name: str) -> None:
        held = self._held[name]
        if not held.binned:
            changes = self._changes()
            self._run((changes.restore if held.archived else changes.archive)(ADELE, held.collection.id))
            held.archived = not held.archived
            self._compare()

    @rule(name=st.sampled_from(["Directe", "Relue"]))
    def it_is_deleted_or_recovered(self, name: str) -> None:
        held = self._held[name]
        self._run((self._bin().recover if held.binned else self._bin().delete)(ADELE, held.collection.id))
        held.binned = not held.binned
        self._compare()

    @precondition(lambda self: any(held.binned for held in self._held.values()))
    @rule()
    def what_is_in_the_bin_is_erased_and_another_takes_its_name(self) -> None:
        name, held = next((name, held) for name, held in self._held.items() if held.binned)
        self._run(self._bin().erase(ADELE, held.collection.id))
        self._run(self._make(name, held.draft is not None))
        self._compare()

    @rule()
    def all_is_stopped_and_started_again(self) -> None:
        self._run(self._open.aclose())
        self._run(self._start())
        self._compare()

    def teardown(self) -> None:
        self._run(self._open.aclose())
        self._folder.cleanup()

    # What everybody is given, and what they must be given.

    def _compare(self) -> None:
        for person in PEOPLE:
            self._run(self._assert_given(person))

    async def _assert_given(self, person: Principal) -> None:
        library, search = self._library, self._shelf(self._held["Directe"]).publication.search
        read = {name: held for name, held in self._held.items() if held.is_read_by(person)}
        open_now = {name: held for name, held in read.items() if not held.archived}
        texts = sorted(text for held in open_now.values() for text in held.texts.values())

        found = await search.search(person, QUESTION, limit=50)
        assert sorted(one.chunk.text for one in found.passages) == texts
        facets = await FacetCounts(self.pool, search).of(person, dt.date(2026, 11, 27))
        assert facets.documents == len(texts)
        listed = await Collections(self.pool, library.policy, Catalog(), PostgresLedger()).readable(person)
        assert {one.name: count for one, count in listed} == {name: len(held.texts) for name, held in read.items()}
        for held in self._held.values():
            assert await self._opens(search, person, held.collection) is held.is_read_by(person)
        ids = {held.collection.id for held in read.values()}
        exchanges = ReadableExchanges(self.pool, Conversations(PostgresLedger()), search)
        for whose, conversation, _, collection in self._answers:
            if whose is person:
                (exchange,) = await exchanges.of(person, conversation)
                assert exchange.reply is not None
                assert ("secret" in exchange.reply.text) is (collection in ids)

    @staticmethod
    async def _opens(search: Any, person: Principal, collection: Collection) -> bool:
        try:
            await search.opened(person, collection.id, collection.name)
        except CollectionNotFound:
            return False
        return True

    # How it is done.

    async def _receive(self, held: Held, texts: dict[str, str], crash: int) -> None:
        """With `crash`, the worker's first attempt fails at that step (where it has so many), and another follows."""
        path = self._write(lines(**texts))
        shelf = self._shelf(held)
        ingesting = ingestion_of(self._library, shelf.publication.drafts)
        async for _ in ingesting.ingest(ADELE, held.collection.name, [path], detach=True):
            pass
        try:
            await self._library.do_jobs(counted(self._library, Steps(crash or None, error=Failure)))
        except Failure:
            await self._library.do_jobs()

    async def _make(self, name: str, checked: bool) -> None:
        collection = await Collections(self.pool, self._library.policy, Catalog(), PostgresLedger()).create(
            ADELE, name, "", "/DGS", []
        )
        held = Held(collection)
        await self._receive(held, texts := {IDS[0]: self._text()}, 0)
        held.texts |= texts
        self._held[name] = held
        if checked:
            await self._shelf(held).publication.set_reviewed(ADELE, collection.id, True)
            held.draft = {}
        for person in PEOPLE:
            await self._remember(person, collection)

    async def _remember(self, person: Principal, collection: Collection) -> None:
        """An answer from when they could read it."""
        conversation, exchange = uuid4(), uuid4()
        source = Source(collection.id, collection.name, IDS[0], 1, IDS[0], (), None, 0, 5)
        conversations = Conversations(PostgresLedger())
        async with self.pool.connection() as connection:
            await conversations.ask(connection, person, conversation, exchange, QUESTION)
            await conversations.reply(connection, person, exchange, Reply("Elle dit un secret [1].", (source,)))
        self._answers.append((person, conversation, exchange, collection.id))

    async def _start(self) -> None:
        stack, folder, model = AsyncExitStack(), Path(self._folder.name), Cheap()
        index: Any = await stack.enter_async_context(
            open_edge(EdgeSettings(folder / "index", Encoding(model.name, DIMENSION)))
        )
        blobs = await stack.enter_async_context(open_blobs(BlobSettings(folder / "blobs")))
        queue = await stack.enter_async_context(open_queue(self.pool, QUICK))
        space = VectorSpace(model, index)
        parts = Parts(self.pool, Catalog(), PostgresLedger(), space, SparseEncoder(), index, blobs, PlainReader())
        self._open, self._library = stack, Library(parts, load_policy(), ADELE, queue, model)

    async def _emptied(self) -> None:
        async with as_owner(self.pool) as connection:
            await connection.execute("set local session_replication_role = replica")  # the ledger only grows
            await connection.execute(EMPTY)

    def _shelf(self, held: Held) -> Shelf:
        publication = publication_of(self._library, self._library.parts)
        return Shelf(self._library, publication, held.collection, Path, ADELE)

    def _documents(self) -> Documents:
        return Documents(self.pool, self._library.policy, Catalog(), PostgresLedger(), self._library.parts.index)

    def _changes(self) -> CollectionChanges:
        return CollectionChanges(self.pool, self._library.policy, Catalog(), PostgresLedger())

    def _bin(self) -> Bin:
        return Bin(self.pool, self._library.policy, Catalog(), PostgresLedger(), self._library.parts.index)

    def _write(self, content: str) -> Path:
        path = Path(self._folder.name, f"{uuid4()}.jsonl")
        path.write_text(content)
        return path

    def _text(self) -> str:
        self._texts += 1
        return f"La note dit {self._texts}."

    def _run(self, call: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(call)


def test_each_finds_what_is_theirs_and_no_more(postgres: DatabaseSettings) -> None:
    with asyncio.Runner() as runner:
        opening = open_pool(postgres.url, postgres.pool_size)

        class HereAndNow(LibraryOverTime):
            """The steps above in the test's own database."""

        HereAndNow.runner, HereAndNow.pool = runner, runner.run(opening.__aenter__())
        try:
            run_state_machine_as_test(HereAndNow, settings=settings(max_examples=6, stateful_step_count=10))
        finally:
            runner.run(opening.__aexit__(None, None, None))
