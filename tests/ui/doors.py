"""All that a person gets from the product, door by door, each as one text."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import APIRouter, FastAPI

from assistant.answer import Answered, Turn
from assistant.ask import Ask
from assistant.conversation import Reply, Source
from assistant.conversations import Conversations
from policies import Policy, PostgresLedger, Principal, Role
from retrieval import Bin, Collection, CollectionNotFound, Collections, FacetCounts, Hit, Lexicons, Search, VectorSpace
from retrieval.index import Listed, Wanted
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from tests.ui.drawn import Drawn
from tests.ui.held_files import HeldFiles
from tests.ui.scripted_tasks import ScriptedTasks
from ui.at_once import AtOnce, AtOnceLimits
from ui.chat.exchanges import ReadableExchanges
from ui.chat.passage_links import Look, PassageLinks
from ui.chat.passages import PassageServices, passage_router
from ui.chat.tasks.orders import TaskOrders
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice
from ui.search_page import SearchServices, search_router
from ui.sign_in.refusals import RefusalLimits, Refusals
from ui.text_search import TextSearch
from ui.v1.routes import V1Services, v1_router

QUESTION = "Que dit la note sur le congé ?"
HISTORY = (Turn("Que dit la note ?", "Elle parle du congé."),)
NOTICE = Notice(model="essai", demonstration=False, local=False)
ADMINISTRATOR = Principal("s-administratrice", "administratrice", frozenset(), frozenset({Role.ADMINISTRATEUR}))

Marks = dict[str, Collection]


@dataclass(frozen=True)
class Doors:
    """Each collection has a mark, which stands in its name and in its document's id, title and text: any leak shows."""

    corpus: Corpus
    search: Search
    policy: Policy
    ledger: PostgresLedger
    links: PassageLinks

    async def found(self, person: Principal) -> str:
        """By a search, and in the list of collections."""
        held = await self._collections().readable(person)
        return str(await self.search.search(person, QUESTION, limit=50)) + str(held)

    async def answered(self, person: Principal, marks: Marks) -> str:
        """Answers and refusals over all that is open, and what is said when each collection is named."""
        said = [str(event) async for event in self._refusing().ask(person, QUESTION, [], HISTORY)]
        for names in [[], *([mark] for mark in marks)]:
            try:
                said += [str(event) async for event in self._ask().ask(person, QUESTION, names, HISTORY)]
            except CollectionNotFound as error:
                said.append(str(error).replace(names[0], ""))  # the name that was asked for
        return " ".join(said)

    async def programmed(self, person: Principal, marks: Marks) -> str:
        """All that a program of theirs gets over `/v1`."""
        said = []
        for ask, requests in ((self._ask(), _requests(marks)), (self._refusing(), _requests({}))):
            refusals = Refusals(self.corpus.pool, self.ledger, RefusalLimits())
            at_once = AtOnce(AtOnceLimits(), refusals)
            services = V1Services(LocalIdentity(person), ask, self.search, refusals, at_once, lambda: "essai")
            async with _client(v1_router(services)) as client:
                said.append((await client.get("/v1/models")).text)
                for path, body in requests:
                    answer = await client.post(path, json=body)
                    assert answer.status_code in (200, 404)
                    if answer.status_code == 404:  # then the name that was asked for is said again
                        said.append(answer.text.replace(body["collections"][0], ""))
                    else:
                        said.append(answer.text)
        return " ".join(said)

    async def offered(self, person: Principal) -> str:
        """In the chat's panel of settings."""
        from chainlit.context import init_ws_context
        from chainlit.session import WebsocketSession

        from ui.chat.mounting import ChatServices
        from ui.chat.uploads import UploadLimits

        heard: list[Any] = []

        async def hear(*event: Any) -> None:
            heard.append(event)

        caller, nothing = Caller(LocalIdentity(person)), Conversations(self.ledger)
        services = ChatServices(
            caller=caller,
            pool=self.corpus.pool,
            asker=self._ask(),
            search=self.search,
            conversations=nothing,
            links=self.links,
            glossary=Lexicons(self.corpus.pool),
            files=HeldFiles(),
            uploads=UploadLimits(1, 1, frozenset()),
            orders=self._orders(),
            notice=NOTICE,
        )
        hearing: Any = hear
        session = WebsocketSession(str(uuid4()), str(uuid4()), hearing, hearing, {}, "webapp")
        init_ws_context(session)
        await services.chat().on_start()
        await session.delete()  # type: ignore[no-untyped-call]
        return str(heard)

    async def opened(self, person: Principal, marks: Marks) -> str:
        """The pages of all passages, by links that somebody who may read them has passed on, and their pictures."""
        services = PassageServices(
            Caller(LocalIdentity(person)),
            self.corpus.pool,
            self.search,
            self.corpus.catalog,
            self.ledger,
            Drawn(),
            self.links,
            NOTICE,
            self._orders(),
        )
        async with _client(passage_router(services)) as client:
            sources = [_source(mark, marks[mark]) for mark in marks]
            pages = [await client.get(self.links.link(source)) for source in sources]
            pictures = [self.links.picture(source, Look(1), person.subject, time.time()) for source in sources]
            pages += [await client.get(picture) for picture in pictures]
        return " ".join(page.text for page in pages)

    def _orders(self) -> TaskOrders:
        return TaskOrders(ScriptedTasks(), HeldFiles(), Drawn(), Conversations(self.ledger), self.corpus.pool)

    async def searched(self, person: Principal, marks: Marks) -> str:
        """On the search page, before anything is asked, and for all collections and each."""
        texts = TextSearch(self.search, FacetCounts(self.corpus.pool, self.search))
        services = SearchServices(Caller(LocalIdentity(person)), texts, self.links, NOTICE)
        async with _client(search_router(services)) as client:
            said = [(await client.get("/recherche")).text]
            for names in [[], *([mark] for mark in marks)]:
                page = await client.post("/recherche", data={"question": QUESTION, "collection": names})
                assert page.status_code in (200, 404)
                # Where it was refused, the name that was asked for is said again, and stands in the form.
                said.append(page.text.replace(names[0], "") if page.status_code == 404 else page.text)
        return " ".join(said)

    async def remembered(self, later: Principal, marks: Marks) -> str:
        """An old conversation of theirs, from when an administrator's rights were theirs, and the list of all."""
        return await self.recalled(later, await self.remember(later, marks))

    async def remember(self, later: Principal, marks: Marks) -> UUID:
        """Have them keep such a conversation."""
        conversation, conversations = uuid4(), Conversations(self.ledger)
        for names in [[], *([mark] for mark in marks)]:
            await self._keep(conversations, later, conversation, self._ask(), names)
        await self._keep(conversations, later, conversation, self._refusing(), [])
        return conversation

    async def recalled(self, later: Principal, conversation: UUID) -> str:
        """What they see of it now."""
        from chainlit.types import Pagination, ThreadFilter

        from ui.chat.history import ChatHistory

        conversations, caller = Conversations(self.ledger), Caller(LocalIdentity(later))
        exchanges = ReadableExchanges(self.corpus.pool, conversations, self.search)
        history = ChatHistory(self.corpus.pool, conversations, exchanges, self.links, caller, HeldFiles())
        listed = await history.list_threads(Pagination(first=50), ThreadFilter())
        return str(await history.get_thread(str(conversation))) + str(listed.data)

    async def fill(self, readers: Sequence[frozenset[str]]) -> Marks:
        """Collections with a document each, by their marks."""
        marks = [f"marque{uuid4().hex}" for _ in readers]
        return {
            mark: await self.corpus.collection(mark, {mark: f"La note sur le congé dit {mark}."}, some)
            for mark, some in zip(marks, readers, strict=True)
        }

    async def empty(self, marks: Marks) -> None:
        """Remove them."""
        for mark in marks:
            await self._bin().delete(ADMINISTRATOR, mark)
            await self._bin().erase(ADMINISTRATOR, mark)

    def _bin(self) -> Bin:
        return Bin(self.corpus.pool, self.policy, self.corpus.catalog, self.ledger, self.corpus.index)

    def _collections(self) -> Collections:
        return Collections(self.corpus.pool, self.policy, self.corpus.catalog, self.ledger)

    def _ask(self) -> Ask:
        model = engines(Scripted(pieces=("La note sur le congé dit cela [1].",)))
        return Ask(self.search, model, self.ledger, self.corpus.pool, passages=20)

    def _refusing(self) -> Ask:
        """Finds nothing: so the answer is a refusal, which names all that was searched and has no source."""
        index: Any = NothingFound()
        return Ask(
            replace(self.search, spaces=VectorSpace(self.corpus.embedder, index)),
            engines(Scripted()),
            self.ledger,
            self.corpus.pool,
        )

    async def _keep(
        self, conversations: Conversations, person: Principal, conversation: UUID, ask: Ask, names: Sequence[str]
    ) -> None:
        before = replace(ADMINISTRATOR, subject=person.subject)
        *_, answered = [event async for event in ask.ask(before, QUESTION, names)]
        assert isinstance(answered, Answered)
        async with self.corpus.pool.connection() as connection:
            exchange = uuid4()
            await conversations.ask(connection, person, conversation, exchange, QUESTION)
            await conversations.reply(connection, person, exchange, Reply.of(answered.answer))


class NothingFound:
    """An index in which nothing is like the question."""

    async def search(self, *_: object, **__: object) -> list[Hit]:
        return []

    async def lists(self, wanted: Sequence[Wanted], **_: object) -> list[list[Listed]]:
        return [[] for _ in wanted]


def _requests(marks: Mapping[str, Collection]) -> list[tuple[str, dict[str, Any]]]:
    """A search, and a chat with a history, whole and in chunks; then in each collection by name."""
    turns = [("user", HISTORY[0].question), ("assistant", HISTORY[0].answer), ("user", QUESTION)]
    chat: dict[str, Any] = {"messages": [{"role": role, "content": text} for role, text in turns]}
    search: dict[str, Any] = {"question": QUESTION, "k": 50}
    named = [{"collections": [mark]} for mark in marks]
    return [
        ("/v1/search", search),
        ("/v1/chat/completions", chat),
        ("/v1/chat/completions", chat | {"stream": True}),
        *(("/v1/search", search | name) for name in named),
        *(("/v1/chat/completions", chat | name | {"stream": True}) for name in named),
    ]


@asynccontextmanager
async def _client(router: APIRouter) -> AsyncIterator[httpx.AsyncClient]:
    application = FastAPI(openapi_url=None)
    application.include_router(router)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
        yield client


def _source(mark: str, collection: Collection) -> Source:
    return Source(collection.id, collection.name, mark, 1, mark, (), None, 0, 5)
