"""Chainlit reads its folder while it is imported: it is prepared once, before any test of the chat."""

import datetime as dt
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from types import ModuleType
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from assistant.answer import AskEvent, Turn
from assistant.conversations import Conversations
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from retrieval import Search
from retrieval.corpus import Collection
from retrieval.errors import CollectionNotFound
from tests.retrieval.small_corpus import Corpus
from tests.ui.drawn import Drawn
from tests.ui.held_files import HeldFiles
from tests.ui.scripted_tasks import ScriptedTasks
from tests.ui.two_people import Web, serving
from ui.chat.front import FrontSettings, prepare_front
from ui.chat.passage_links import PassageLinks
from ui.chat.tasks.orders import TaskOrders
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice
from ui.sign_in.authentication import Authentication, AuthenticationSettings

NOTICE = Notice(model="Gemma 3 270M (modèle de démonstration)", demonstration=True, local=True)


@pytest.fixture(scope="session")
def front(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a front end that Chainlit uses in this run."""
    home = Path(tmp_path_factory.mktemp("home"))
    prepare_front(FrontSettings(home, NOTICE))
    return home / "chat"


@pytest.fixture(scope="session")
def chat(front: Path) -> ModuleType:
    """The module `ui.chat.mounting`, imported after its folder is there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Chainlit's own imports
        import ui.chat.mounting
    return ui.chat.mounting


@pytest.fixture
def ledger() -> PostgresLedger:
    """The ledger of the test's database."""
    return PostgresLedger()


@pytest.fixture
def links() -> PassageLinks:
    """Links signed with the tests' key."""
    return PassageLinks(b"tests")


class Silent:
    """Answers nothing, over no collection."""

    async def ask(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        history: Sequence[Turn] = (),
        on: dt.date | None = None,
        conversation_id: UUID | None = None,
    ) -> AsyncGenerator[AskEvent, None]:
        nothing: tuple[AskEvent, ...] = ()
        for event in nothing:
            yield event

    async def permitted(self, principal: Principal, names: Sequence[str]) -> list[Collection]:
        return []

    async def open_to(self, principal: Principal) -> frozenset[UUID]:
        return frozenset()

    async def attached(self, principal: Principal, conversation_id: UUID) -> Collection | None:
        return None

    async def opened(self, principal: Principal, collection_id: UUID, name: str) -> Collection:
        raise CollectionNotFound(name)

    async def acronyms(self, text: str, collections: Sequence[UUID]) -> tuple[tuple[str, str], ...]:
        return ()


@pytest.fixture
async def mounted(
    chat: ModuleType, pool: Pool, agent: Principal, ledger: PostgresLedger, links: PassageLinks
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that has the chat."""
    app = FastAPI(openapi_url=None)
    identity = LocalIdentity(agent)
    caller = Caller(identity)
    files = HeldFiles()
    services = chat.ChatServices(
        caller=caller,
        pool=pool,
        asker=Silent(),
        search=Silent(),
        conversations=Conversations(ledger),
        links=links,
        glossary=Silent(),
        files=files,
        uploads=chat.UploadLimits(1_000_000, 2, frozenset({".txt", ".pdf"})),
        orders=TaskOrders(ScriptedTasks(), files, Drawn(), Conversations(ledger), pool),
        notice=NOTICE,
    )
    chat.mount_chat(app, services)
    behind = Authentication(app, identity, caller, AuthenticationSettings(NOTICE))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=behind), base_url="http://essai") as client:
        yield client


@pytest.fixture
async def web(chat: ModuleType, front: Path, corpus: Corpus, search: Search) -> AsyncIterator[Web]:
    """The application; its front end is the one that Chainlit read."""
    async with serving(front.parent, corpus, search) as web:
        yield web


@pytest.fixture
async def http(web: Web) -> AsyncIterator[httpx.AsyncClient]:
    """A client without cookies of its own."""
    async with httpx.AsyncClient(base_url=web.address) as http:
        yield http
