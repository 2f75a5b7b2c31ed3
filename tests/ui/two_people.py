"""The whole web application on a real port, with two people who have signed in: what is Bob's is not Alice's.
Claire audits, Adele administers, Gustave keeps the collections of Bob's directorate and Gina those of Alice's.

Only the model follows a script, and Keycloak, which has vouched for both a moment ago, does not answer.
"""

import asyncio
import datetime as dt
import json
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, LiteralString
from uuid import UUID, uuid4

import socketio  # type: ignore[import-untyped]
from fastapi import FastAPI
from psycopg.types.json import Jsonb

from assistant.ask import Ask
from assistant.conversation import Reply, Source
from assistant.conversations import Conversations
from ingestion import Place, SourceKind
from ingestion.bulk_queries import START as START_BULK
from ingestion.reception_queries import RECEPTION
from ingestion.sources.followed import SourceTable, new_source
from ingestion.upload_queries import START as START_UPLOAD
from policies import Act, Action, PostgresLedger, Principal, Role
from retrieval import Search
from retrieval.question_set_queries import INSERT_SET
from retrieval.rows import Connection
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.evaluated import question
from tests.retrieval.evaluated import run as evaluated
from tests.retrieval.small_corpus import Corpus
from tests.ui.drawn import Drawn
from tests.ui.few_people import FewPeople
from tests.ui.held_files import HeldFiles
from tests.ui.made_services import made_services
from tests.ui.scripted_tasks import ScriptedTasks
from ui.access import open_access
from ui.app import web_application
from ui.chat.passage_links import Look, PassageLinks
from ui.database import Pool
from ui.errors import TokenRefused
from ui.evaluation.run_file import SEARCHES
from ui.identity import Identity
from ui.keys import derived, folder_secret
from ui.leaving import Leaving
from ui.server import GuestServer, port_bound
from ui.settings import Settings
from ui.sign_in.authentication import COOKIE
from ui.sign_in.provider import SignIn
from ui.sign_in.tokens import Claims

ALICE = Principal("s-alice", "alice", frozenset({"/DGS"}), frozenset({Role.AGENT}))
BOB = Principal("s-bob", "bob", frozenset({"/DAJ"}), frozenset({Role.AGENT}))
CLAIRE = Principal("s-claire", "claire", frozenset(), frozenset({Role.AUDITEUR}))
ADELE = Principal("s-adele", "adele", frozenset({"/DSI"}), frozenset({Role.AGENT, Role.ADMINISTRATEUR}))
GUSTAVE = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
GINA = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
PEOPLE = (ALICE, BOB, CLAIRE, ADELE, GUSTAVE, GINA)
MARK = "réservé-à-la-daj"  # stands in whatever is Bob's
QUESTION = "Que dit la note sur le congé ?"


RECEIVED: LiteralString = """
insert into received (collection_id, document_id, version, reception_id, job_id, name, blob)
values (%s, 'note', 1, %s, %s, 'note', 'x')
"""


# A document that waits for a decision.
WAITS: LiteralString = """
with kept as (
    insert into document (collection_id, id, version, sha256, state)
    values (%(collection)s, 'gardé', 1, 's', 'quarantined') returning collection_id, id
), described as (
    insert into document_version (collection_id, document_id, version, title, url, text)
    select collection_id, id, 1, %(text)s, '', %(text)s from kept
)
insert into quarantine (id, collection_id, document_id, version, digest, unseen) overriding system value
select %(held)s, collection_id, id, 1, 's', '' from kept
"""


@dataclass(frozen=True)
class Things:
    """The names of what somebody has; `page` is what they have open (the chat's own session)."""

    conversation: str = field(default_factory=lambda: str(uuid4()))
    exchange: str = field(default_factory=lambda: str(uuid4()))
    page: str = field(default_factory=lambda: str(uuid4()))
    collection: str = field(default_factory=lambda: f"Rien {uuid4()}")
    collection_id: str = field(default_factory=lambda: str(uuid4()))
    upload: str = field(default_factory=lambda: str(uuid4()))
    bulk: str = field(default_factory=lambda: str(uuid4()))
    question_set: str = field(default_factory=lambda: str(uuid4()))
    evaluation: str = field(default_factory=lambda: str(uuid4()))
    job: str = field(default_factory=lambda: str(10**15 + uuid4().int % 10**15))
    held: str = field(default_factory=lambda: str(10**15 + uuid4().int % 10**15))
    passage: str = ""
    picture: str = ""

    def hidden_in(self, text: str) -> str:
        """The text without these names: what is left must not depend on whether they are somebody's."""
        named = (self.collection, self.collection_id, self.upload, self.bulk, self.job, self.held)
        measured = (self.question_set, self.evaluation)
        names = [re.escape(name) for name in (self.conversation, self.exchange, self.page, *named, *measured)]
        return re.sub("|".join(names), "…", text)


@dataclass(frozen=True)
class Web:
    """A running server. `theirs` are Bob's things, `nobodys` of the same form."""

    application: FastAPI
    address: str
    known: "Known"
    cookies: Mapping[str, str]
    theirs: Things
    nobodys: Things
    tasks: ScriptedTasks
    pool: Pool

    def headers(self, who: str, **more: str) -> dict[str, str]:
        """What the browser, and a program, of that person send; nobody's is empty."""
        given = {"Origin": self.address} | {name.replace("_", "-"): value for name, value in more.items()}
        if who:
            given |= {"Cookie": f"{COOKIE}={self.cookies[who]}", "Authorization": f"Bearer {who}"}
        return given

    async def refused(self, person: Principal, action: Action) -> int:
        """How many records say that this was refused to them."""
        async with self.pool.connection() as connection:
            bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
        refusals = [body for body in bodies if body["act"] == Act.REFUSED and body["details"]["action"] == action]
        return sum(body["principal"]["subject"] == person.subject for body in refusals)

    @asynccontextmanager
    async def page(self, who: str, headers: dict[str, str] | None = None, **auth: str) -> AsyncIterator["Page"]:
        """The chat's socket, as a page opens it."""
        opened = {"sessionId": str(uuid4()), "clientType": "webapp"} | auth
        page = Page(opened["sessionId"])
        socket = socketio.AsyncClient(reconnection=False)
        socket.on("*", page.hear)
        try:
            await socket.connect(
                self.address,
                headers=self.headers(who) if headers is None else headers,
                auth=opened,
                transports=["websocket"],
                socketio_path="/ws/socket.io",
            )
            page.socket = socket
            yield page
        finally:
            await socket.disconnect()


class Page:
    """What one page hears; `name` is its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[tuple[str, Any]] = []
        self.socket: Any = None
        self._more = asyncio.Event()

    async def hear(self, event: str, *values: Any) -> None:
        self.heard.append((event, *values))
        self._more.set()

    async def until(self, event: str, after: int = 0) -> int:
        """Wait until that is heard, and tell what has been heard by then."""
        while not (places := [n for n, (name, *_) in enumerate(self.heard) if n >= after and name == event]):
            self._more.clear()
            await self._more.wait()
        return places[0] + 1

    async def begin(self) -> None:
        """Say that the page is there, and wait for what it shows."""
        await self.socket.emit("connection_successful")
        await self.until("task_end", await self.until("chat_settings"))

    async def ask(self, question: str = QUESTION, files: Sequence[str] = ()) -> list[tuple[str, Any]]:
        """Send a message, with files that the page has sent, and give what was heard by the end of its answer."""
        now, before = dt.datetime.now(dt.UTC).isoformat(), len(self.heard)
        message = {"id": str(uuid4()), "name": "x", "type": "user_message", "output": question, "createdAt": now}
        await self.socket.emit("client_message", {"message": message, "fileReferences": [{"id": one} for one in files]})
        end = await self.until("task_end", await self.until("task_start", before))
        return self.heard[before:end]


class Known:
    """People by their sessions, programs by tokens that are their owners' names; `now` is who they have become."""

    local = False

    def __init__(self, people: Identity) -> None:
        self._people = people
        self.now = {one.username: one for one in PEOPLE}

    async def of_session(self, cookie: str, /) -> Principal:
        return self.now[(await self._people.of_session(cookie)).username]

    of_watch = of_session

    async def of_service(self, authorization: str, /) -> Principal:
        scheme, _, name = authorization.partition(" ")
        if scheme != "Bearer" or name not in self.now:
            raise TokenRefused("missing", "Cette adresse demande un jeton.")
        return self.now[name]


@asynccontextmanager
async def serving(home: Path, corpus: Corpus, search: Search) -> AsyncIterator[Web]:
    """The server, with a conversation, a page and a collection of Bob's."""
    ledger, conversations = PostgresLedger(), Conversations(PostgresLedger())
    tasks = ScriptedTasks()
    model = Scripted(pieces=("La note sur le congé dit cela [1].",))
    scripted = {
        "ask": Ask(search, engines(model), ledger, corpus.pool),
        "originals": Drawn(),
        "attachments": HeldFiles(),
        "tasks": tasks,
        "engines": SimpleNamespace(first=SimpleNamespace(name="essai")),
    }
    await corpus.collection("Commune", {"note": "La note sur le congé est commune."})
    await corpus.collection("Aussi", {"autre": "Une autre note sur le congé."})
    with port_bound("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        settings = Settings(home=home, port=port, keycloak="http://127.0.0.1:1/realms/essai", keycloak_secret="x")
        theirs, nobodys = await _things(home, corpus, conversations)
        async with (
            made_services(home, corpus, search, **scripted) as services,
            open_access(settings, corpus.pool, ledger) as access,
        ):
            assert access.keycloak is not None
            cookies = {one.username: await access.keycloak.sessions.start(_signed_in(one)) for one in PEOPLE}
            known = Known(access.identity)
            listing = replace(access.keycloak, people=FewPeople(PEOPLE))  # type: ignore[arg-type]
            built: Any = web_application(
                settings, services, replace(access, identity=known, keycloak=listing), Leaving(0)
            )
            server = GuestServer(built)
            running = asyncio.create_task(server.serve(sockets=[listener]))
            yield Web(_inner(built), settings.address, known, cookies, theirs, nobodys, tasks, corpus.pool)
            server.should_exit = True
            await running


async def _things(home: Path, corpus: Corpus, conversations: Conversations) -> tuple[Things, Things]:
    collection = await corpus.collection(MARK, {"note": f"La note sur le congé dit {MARK}."}, frozenset({"/DAJ"}))
    async with corpus.pool.connection() as connection:
        await connection.execute("update collection set owner = '/DAJ' where id = %s", [collection.id])
    links = PassageLinks(derived(folder_secret(home), b"links"))
    source = Source(collection.id, MARK, "note", 1, "note", (), None, 0, 5)
    nothing = replace(source, collection_id=uuid4(), collection="Rien")
    theirs, nobodys = (
        Things(
            collection=name,
            collection_id=str(one.collection_id),
            passage=links.link(one),
            picture=links.picture(one, Look(1), BOB.subject, time.time()),
        )
        for name, one in ((MARK, source), (f"Rien {uuid4()}", nothing))
    )
    async with corpus.pool.connection() as connection:
        values = connection, BOB, theirs.conversation
        await conversations.ask(*values, theirs.exchange, f"{QUESTION} {MARK}")  # type: ignore[arg-type]
        await conversations.reply(connection, BOB, theirs.exchange, Reply(f"Oui, {MARK} [1].", (source,)))  # type: ignore[arg-type]
        await _begun_by_gustave(connection, theirs)
    return theirs, nobodys


async def _begun_by_gustave(connection: Connection, theirs: Things) -> None:
    """An upload into the collection, the job that read it, a change to many documents, and a source of its name."""
    person = Jsonb(GUSTAVE.as_json())
    await connection.execute(RECEPTION, [theirs.upload, theirs.collection_id, person])
    await connection.execute(START_UPLOAD, [theirs.upload])
    await connection.execute(RECEIVED, [theirs.collection_id, theirs.upload, int(theirs.job)])
    await connection.execute(WAITS, {"collection": theirs.collection_id, "text": MARK, "held": int(theirs.held)})
    bulk = {"id": theirs.bulk, "principal": person, "change": "retry", "repealed_on": None}
    await connection.execute(START_BULK, bulk)
    place = Place(SourceKind.FOLDER, "/srv/notes")
    await SourceTable().add(connection, new_source(UUID(theirs.collection_id), theirs.collection, place, None, GUSTAVE))
    kept = [theirs.question_set, theirs.collection_id, MARK, MARK, GUSTAVE.username, GUSTAVE.subject]
    await connection.execute(INSERT_SET, kept)
    await connection.execute(
        "insert into question (set_id, id, question, relevant) values (%s, 'q1', %s, '{}')",  # nothing to be begun with
        [theirs.question_set, f"{QUESTION} {MARK}"],
    )
    result = Jsonb(SEARCHES.as_json(evaluated([question("q1", ["note"], ["note"], words=f"{QUESTION} {MARK}")])))
    await connection.execute(
        "insert into evaluation_run (id, set_id, kind, state, depth, asked_by, questions, done, result) "
        "values (%s, %s, 'search', 'finished', 100, %s, 1, 1, %s)",
        [theirs.evaluation, theirs.question_set, GUSTAVE.username, result],
    )


def _signed_in(person: Principal) -> SignIn:
    now = dt.datetime.now(dt.UTC)
    claims = Claims(person, f"sid-{person.username}", now, now + dt.timedelta(minutes=5))
    return SignIn(claims, "refresh", "id")


def _inner(application: Any) -> FastAPI:
    """What has the routes, within all that stands before it."""
    while not isinstance(application, FastAPI):
        application = getattr(application, "_app", None) or application.app
    return application
