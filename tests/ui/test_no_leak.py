"""Whatever the people, groups, rules and documents: nothing of a collection that is shut leaves by any door.

Each collection has a mark that stands in its name, in its document's id, title and text; so a leak of any
of them shows. What somebody may read is worked out a second time here, in plain Python, without Cedar.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from uuid import uuid4

import httpx
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answer import Answered
from assistant.ask import Ask
from assistant.conversation import Reply, Source
from assistant.conversations import Conversations
from assistant.evidence import EvidenceSettings
from policies import CedarPolicy, PostgresLedger, Principal, Role
from retrieval import Collection, CollectionNotFound, Collections, Search
from tests.assistant.scripted import Scripted, engine
from tests.retrieval.small_corpus import Corpus
from ui.chat.passage_links import PassageLinks
from ui.chat.passages import PassageServices, passage_router
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice

GROUPS = ["/DGS", "/DGS/Bureau-A", "/DAJ"]
QUESTION = "Que dit la note sur le congé ?"
NOTICE = Notice(model="essai", demonstration=False, local=False)

Marks = dict[str, Collection]


@dataclass(frozen=True)
class Rule:
    """Who may read a collection; its owner is always /DGS."""

    readers: frozenset[str]


rules = st.lists(st.builds(Rule, st.frozensets(st.sampled_from(GROUPS), max_size=2)), min_size=1, max_size=4)
people = st.builds(
    Principal,
    subject=st.just("s-personne"),
    username=st.just("personne"),
    groups=st.frozensets(st.sampled_from(GROUPS), max_size=2),
    roles=st.frozensets(st.sampled_from(Role), min_size=1, max_size=2),
)


def may_read(person: Principal, readers: frozenset[str]) -> bool:
    """The rules in `policies/rules/access.cedar`, said again."""
    within = any(group == reader or group.startswith(f"{reader}/") for group in person.groups for reader in readers)
    return (
        Role.ADMINISTRATEUR in person.roles
        or (Role.AGENT in person.roles and (not readers or within))
        or (Role.GESTIONNAIRE in person.roles and "/DGS" in person.groups)
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules, people, people)
async def test_nothing_of_a_collection_that_is_shut_leaves(
    corpus: Corpus,
    search: Search,
    policy: CedarPolicy,
    chat: ModuleType,
    rules: list[Rule],
    person: Principal,
    later: Principal,
) -> None:
    marks = await _collections(corpus, rules)
    readable = {mark for mark, collection in marks.items() if may_read(person, collection.readers)}
    readable_later = {mark for mark, collection in marks.items() if may_read(later, collection.readers)}
    doors = _Doors(corpus, search, policy)
    try:
        said = await doors.search(person) + await doors.listed(person) + await doors.asked(person, marks)
        assert {mark for mark in marks if mark in said} == readable
        opened = await doors.opened(person, marks)
        assert {mark for mark in marks if mark in opened} == readable
        thread = await doors.conversation(later, marks)
        assert {mark for mark in marks if mark in thread} <= readable_later
    finally:
        for collection in marks.values():
            await Collections(corpus.pool, policy, corpus.catalog, PostgresLedger(), corpus.index).delete(
                _administrator(), collection.name
            )


async def _collections(corpus: Corpus, rules: Sequence[Rule]) -> Marks:
    marks = [f"marque{uuid4().hex}" for _ in rules]
    return {
        mark: await corpus.collection(mark, {mark: f"La note sur le congé dit {mark}."}, rule.readers)
        for mark, rule in zip(marks, rules, strict=True)
    }


class _Doors:
    """What a person gets by each way out, as one text."""

    def __init__(self, corpus: Corpus, search: Search, policy: CedarPolicy) -> None:
        self._corpus, self._search, self._policy = corpus, search, policy
        self._ledger = PostgresLedger()
        self._links = PassageLinks(b"tests")
        self._conversations = Conversations(self._ledger)

    async def search(self, person: Principal) -> str:
        return str(await self._search.search(person, QUESTION, limit=50))

    async def listed(self, person: Principal) -> str:
        collections = Collections(
            self._corpus.pool, self._policy, self._corpus.catalog, self._ledger, self._corpus.index
        )
        return str(await collections.readable(person))

    async def asked(self, person: Principal, marks: Marks) -> str:
        """An answer over all that is open, and what is said when each collection is named; it is kept, too."""
        said = []
        for names in [[], *([mark] for mark in marks)]:
            try:
                said += [str(event) async for event in self._ask().ask(person, QUESTION, names)]
            except CollectionNotFound as error:
                said.append(str(error).replace(names[0], ""))  # the name that was asked for
        return " ".join(said)

    async def opened(self, person: Principal, marks: Marks) -> str:
        """The pages of all passages, by links that somebody who may read them has passed on."""
        app = FastAPI()
        caller = Caller(LocalIdentity(person))
        services = PassageServices(
            caller, self._corpus.pool, self._search, self._corpus.catalog, self._ledger, self._links, NOTICE
        )
        app.include_router(passage_router(services))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://essai") as client:
            pages = [await client.get(self._links.link(_source(mark, marks[mark]))) for mark in marks]
        return " ".join(page.text for page in pages)

    async def conversation(self, later: Principal, marks: Marks) -> str:
        """What somebody finds in an old conversation, in which an administrator's rights were theirs."""
        from ui.chat.history import ChatHistory

        conversation = uuid4()
        before = replace(_administrator(), subject=later.subject)
        for collection in ([], *([mark] for mark in marks)):
            events = [event async for event in self._ask().ask(before, QUESTION, collection)]
            answered = events[-1]
            assert isinstance(answered, Answered)
            async with self._corpus.pool.connection() as connection:
                exchange = uuid4()
                await self._conversations.ask(connection, later, conversation, exchange, QUESTION)
                await self._conversations.reply(connection, later, exchange, Reply.of(answered.answer))
        caller = Caller(LocalIdentity(later))
        history = ChatHistory(self._corpus.pool, self._conversations, self._search, self._links, caller)
        return str(await history.get_thread(str(conversation)))

    def _ask(self) -> Ask:
        model = Scripted(pieces=("La note sur le congé dit cela [1].",))
        anything = EvidenceSettings(similarity=0, coverage=0)
        return Ask(self._search, engine(model), self._ledger, self._corpus.pool, evidence=anything, passages=20)


def _source(mark: str, collection: Collection) -> Source:
    return Source(collection.id, collection.name, mark, 1, mark, (), None, 0, 5)


def _administrator() -> Principal:
    return Principal("s-administratrice", "administratrice", frozenset(), frozenset({Role.ADMINISTRATEUR}))
