"""Every route and every event of the socket, for two people: what is somebody else's is as if it were not there.

The routes are taken from the running application, Chainlit's included. One that the table does not know must
answer 404 to everybody if it is Chainlit's, and fails the test if it is ours.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from socketio.exceptions import ConnectionError as Refused  # type: ignore[import-untyped]
from starlette.routing import BaseRoute, Mount

from assistant.conversations import Conversations
from policies import PostgresLedger
from retrieval import Search
from tests.retrieval.small_corpus import Corpus
from tests.ui.two_people import ALICE, BOB, MARK, QUESTION, Things, Web, serving
from ui.chat.routes import ChatRoutes
from ui.sign_in.authentication import COOKIE, SIGN_IN

CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
SOCKET = "/ws/socket.io"


class Who(Enum):
    """Who may use a route."""

    ANYBODY = "signing in and out, and what every page looks like"
    PROGRAM = "whoever has a token"
    PERSON = "whoever has a session"


@dataclass(frozen=True)
class Row:
    """A way to call the route for somebody's things; `names` says that it names one that must be there."""

    who: Who
    path: Callable[[Things], str]
    body: Callable[[Things], Any] = lambda _: None
    names: bool = False


def _open(path: str) -> Row:
    return Row(Who.ANYBODY, lambda _: path)


def _program(path: str, body: Callable[[Things], Any] = lambda _: None, *, names: bool = False) -> Row:
    return Row(Who.PROGRAM, lambda _: path, body, names)


def _person(path: str, body: Callable[[Things], Any] = lambda _: None, *, names: bool = False) -> Row:
    return Row(Who.PERSON, lambda _: path, body, names)


ASKED = {"messages": [{"role": "user", "content": QUESTION}]}

# In the order in which they are called: what removes something comes last.
TABLE: dict[tuple[str, str], Row] = {
    ("GET", "/connexion"): _open("/connexion"),
    ("GET", "/login"): _open("/login"),
    ("GET", "/connexion/retour"): _open("/connexion/retour"),
    ("GET", "/deconnexion"): _open("/deconnexion"),
    ("GET", "/deconnecte"): _open("/deconnecte"),
    ("POST", "/deconnexion/keycloak"): _open("/deconnexion/keycloak"),
    ("GET", "/static"): _open("/static/favicon.svg"),
    ("GET", "/favicon"): _open("/favicon"),
    ("GET", "/v1/models"): _program("/v1/models"),
    ("POST", "/v1/search"): _program(
        "/v1/search", lambda things: {"question": QUESTION, "collections": [things.collection]}, names=True
    ),
    ("POST", "/v1/chat/completions"): _program(
        "/v1/chat/completions", lambda things: ASKED | {"collections": [things.collection]}, names=True
    ),
    **{
        (method, "/v1/{address:path}"): _program("/v1/rien")
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    },
    ("GET", "/"): _person("/"),
    ("GET", "/thread/{conversation_id}"): Row(Who.PERSON, lambda things: f"/thread/{things.conversation}"),
    ("GET", "/assets/{filename:path}"): _person("/assets/logo_light.svg"),
    ("GET", "/logo"): _person("/logo"),
    ("GET", "/avatars/{avatar_id}"): _person("/avatars/Assistant"),
    ("GET", "/auth/config"): _person("/auth/config"),
    ("GET", "/user"): _person("/user"),
    ("POST", "/set-session-cookie"): _person("/set-session-cookie", lambda things: {"session_id": things.page}),
    ("GET", "/project/translations"): _person("/project/translations"),
    ("GET", "/project/settings"): _person("/project/settings"),
    ("GET", "/passage"): Row(Who.PERSON, lambda things: things.passage or "/passage", names=True),
    ("POST", "/project/threads"): _person(
        "/project/threads",
        lambda things: {"pagination": {"first": 9, "cursor": things.conversation}, "filter": {"userId": BOB.subject}},
    ),
    ("GET", "/project/thread/{thread_id}"): Row(
        Who.PERSON, lambda things: f"/project/thread/{things.conversation}", names=True
    ),
    ("PUT", "/project/thread"): _person(
        "/project/thread", lambda things: {"threadId": things.conversation, "name": "Pris"}, names=True
    ),
    ("PUT", "/feedback"): _person(
        "/feedback",
        lambda things: {"feedback": {"forId": things.exchange, "value": 1}, "sessionId": things.page},
        names=True,
    ),
    ("DELETE", "/feedback"): _person("/feedback", lambda things: {"feedbackId": things.exchange}, names=True),
    ("POST", "/project/action"): _person(
        "/project/action",
        lambda things: {
            "sessionId": things.page,
            "action": {"name": "regenerate", "payload": {"exchange": things.exchange, "question": "x"}},
        },
        names=True,
    ),
    ("DELETE", "/project/thread"): _person(
        "/project/thread", lambda things: {"threadId": things.conversation}, names=True
    ),
    ("POST", "/logout"): _open("/logout"),
}

# Chainlit's ways in, at addresses of ours that have no such method.
WAYS_OUT = {("POST", "/login")}

# What a page may say over its socket; each speaks of its own page alone, which the server knows by the socket.
EVENTS = {
    "connect": "opens a page: with a session, and a name of its own",
    "connection_successful": "asks for what the page shows",
    "client_message": "asks a question",
    "chat_settings_change": "chooses collections, by names that are checked when a question is asked",
    "stop": "ends the answer",
    "clear_session": "says that the page will not come back",
    "disconnect": "leaves",
}


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


def ours(application: FastAPI) -> set[tuple[str, str]]:
    """Method and path of our own routes; a folder of files counts as one."""
    return {pair for pair in _pairs(application.routes) if pair[1] != ""}


def chainlits(application: FastAPI) -> set[tuple[str, str]]:
    """Those of Chainlit's that lie below."""
    [mounted] = [route.app for route in application.routes if isinstance(route, Mount) and route.path == ""]
    assert isinstance(mounted, ChatRoutes)
    below: Any = mounted._app
    return {pair for pair in _pairs(below.routes) if pair[1] != SOCKET}


def _pairs(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(routes):
        path = re.sub(r":str(?=})", "", route.path or "")
        if isinstance(route.original_route, Mount):
            yield "GET", path
        else:
            yield from ((method, path) for method in route.methods or ())


async def _call(
    http: httpx.AsyncClient, pair: tuple[str, str], things: Things, headers: dict[str, str]
) -> httpx.Response:
    """Call a route for these things; one that is not in the table by any value."""
    method, pattern = pair
    row = TABLE.get(pair)
    path = row.path(things) if row else re.sub(r"\{[^}]*\}", things.conversation, pattern)
    return await http.request(method, path, json=row.body(things) if row else {}, headers=headers)


async def test_every_route_is_in_the_table_or_shut(web: Web, http: httpx.AsyncClient) -> None:
    own, others = ours(web.application), chainlits(web.application)
    assert own - TABLE.keys() == set(), "say in the table who may use this route"
    assert TABLE.keys() - own - others == set(), "there is no such route any more"
    for who in ("alice", "bob"):
        for pair in sorted(others - TABLE.keys()):
            answer = await _call(http, pair, web.theirs, web.headers(who))
            assert answer.status_code == 404, f"say in the table who may use this route: {pair}"
            assert MARK not in answer.text


async def test_without_a_session_there_is_the_sign_in_and_nothing_else(web: Web, http: httpx.AsyncClient) -> None:
    every = [(pair, TABLE.get(pair)) for pair in ours(web.application) | chainlits(web.application)]
    for cookie in ("", f"{COOKIE}=x", "access_token=x; X-Chainlit-Session-id=x"):
        headers = web.headers("", Cookie=cookie)
        for pair, row in every:
            fetched = await _call(http, pair, web.theirs, headers)
            opened = await _call(http, pair, web.theirs, headers | {"Accept": "text/html"})
            assert MARK not in fetched.text + opened.text, pair
            if row and row.who is Who.ANYBODY:
                continue
            if pair in WAYS_OUT:
                assert fetched.status_code == opened.status_code == 404, pair
                continue
            refused = (401, 429) if row and row.who is Who.PROGRAM else (401,)
            assert fetched.status_code in refused, pair
            assert not fetched.text or fetched.json().keys() <= {"message", "error"}, pair
            if pair[0] == "GET" and refused == (401,):
                assert (opened.status_code, opened.text) == (303, ""), pair
                assert opened.headers["location"].startswith(f"{SIGN_IN}?retour="), pair


async def test_what_is_bobs_is_to_alice_as_if_it_were_not_there(web: Web, http: httpx.AsyncClient) -> None:
    async with web.page("bob", sessionId=web.theirs.page) as page:
        await page.begin()
        for pair, row in TABLE.items():
            if row.who is Who.ANYBODY:
                continue
            theirs = await _call(http, pair, web.theirs, web.headers("alice"))
            nobodys = await _call(http, pair, web.nobodys, web.headers("alice"))
            assert MARK not in web.theirs.hidden_in(theirs.text), pair
            assert theirs.status_code == nobodys.status_code, pair
            assert web.theirs.hidden_in(theirs.text) == web.nobodys.hidden_in(nobodys.text), pair
            assert (theirs.status_code >= 400) is (row.names or pair[1] == "/v1/{address:path}"), pair
        for pair, row in TABLE.items():  # nothing of it was changed, and their owner is answered
            if row.who is not Who.ANYBODY and row.names:
                answer = await _call(http, pair, web.theirs, web.headers("bob"))
                assert answer.status_code == 200, pair
                if pair == ("GET", "/project/thread/{thread_id}"):
                    assert answer.json()["name"] == f"{QUESTION} {MARK}"
                    assert "feedback" not in answer.json()["steps"][1]


async def test_a_change_that_another_site_asks_for_is_refused(web: Web, http: httpx.AsyncClient) -> None:
    for pair in TABLE.keys() | chainlits(web.application):
        if pair[0] not in CHANGES:
            continue
        for origin in ("https://exemple.invalid", "null", web.address.replace("127", "128")):
            answer = await _call(http, pair, web.theirs, web.headers("bob") | {"Origin": origin})
            assert answer.status_code == 403, pair
        if pair not in TABLE or TABLE[pair].who is Who.PERSON:
            headers = web.headers("bob")
            del headers["Origin"]
            assert (await _call(http, pair, web.theirs, headers)).status_code in (403, 404), pair
    thread = await http.get(f"/project/thread/{web.theirs.conversation}", headers=web.headers("bob"))
    assert thread.json()["name"] == f"{QUESTION} {MARK}"


def test_every_event_of_the_socket_is_in_the_table(web: Web, chat: ModuleType) -> None:
    assert set(chat.sio.handlers["/"]) == EVENTS.keys(), "say in the table who may send this event"
    assert set(chat.sio.handlers) == {"/"}


async def test_no_page_opens_without_a_session_or_from_another_site(web: Web) -> None:
    for change in (
        {"Cookie": ""},
        {"Cookie": f"{COOKIE}=x"},
        {"Cookie": "access_token=x", "Authorization": "Bearer bob"},
        {"Origin": "https://exemple.invalid"},
        {"Origin": "null"},
        {"Origin": ""},
    ):
        headers = {name: value for name, value in (web.headers("bob") | change).items() if value}
        with pytest.raises(Refused):
            async with web.page("bob", headers=headers):
                raise AssertionError(change)


async def test_nobody_takes_over_a_page_of_somebody_else(web: Web) -> None:
    async with web.page("bob", sessionId=web.theirs.page) as page:
        with pytest.raises(Refused):
            async with web.page("alice", sessionId=web.theirs.page):
                raise AssertionError
        await page.begin()
        assert MARK in str(await page.ask())


async def test_a_conversation_of_bobs_is_not_there_for_alice_who_begins_one_of_her_own(
    web: Web, corpus: Corpus
) -> None:
    heard = []
    for things in (web.theirs, web.nobodys):
        async with web.page("alice", threadId=things.conversation) as page:
            await page.begin()
            opened = [event for event, *_ in page.heard]
            assert "resume_thread_error" in opened
            assert MARK not in str(page.heard)
            answer = str(await page.ask())
            assert "Commune" in answer
            assert MARK not in answer
            assert things.conversation not in answer
            heard.append(set(opened))
    assert heard[0] == heard[1]
    async with corpus.pool.connection() as connection:
        conversations = Conversations(PostgresLedger())
        assert len(await conversations.page(connection, ALICE, 9)) == 2
        assert [str(one.id) for one in await conversations.page(connection, BOB, 9)] == [web.theirs.conversation]


async def test_a_collection_of_bobs_is_offered_to_him_alone_and_is_not_found_by_alice(web: Web) -> None:
    said = []
    for things in (web.theirs, web.nobodys):
        async with web.page("alice") as page:
            await page.begin()
            assert MARK not in str(page.heard)
            await page.socket.emit("chat_settings_change", {"collections": [things.collection]})
            steps = [step for event, step in await page.ask() if event == "new_message"]
            said.append([things.hidden_in(step["output"]) for step in steps if step["output"]])
    assert said[0] == said[1]
    assert "…" in said[0][0]


async def test_a_right_that_was_withdrawn_is_gone_at_the_next_request_and_from_what_was_said_before(
    web: Web, http: httpx.AsyncClient
) -> None:
    async def told() -> list[bool]:
        """By each door, whether it lets Bob's collection be seen."""
        thread = await http.get(f"/project/thread/{web.theirs.conversation}", headers=web.headers("bob"))
        document = await http.get(web.theirs.passage, headers=web.headers("bob"))
        found = await http.post("/v1/search", json={"question": QUESTION}, headers=web.headers("bob"))
        texts = [str(thread.json()["steps"][1:]), document.text, found.text, str(await page.ask())]
        return [MARK in text for text in texts]

    async with web.page("bob") as page:
        await page.begin()
        assert await told() == [True] * 4
        web.known.now["bob"] = replace(BOB, groups=ALICE.groups)
        assert await told() == [False] * 4
    async with web.page("bob", threadId=web.theirs.conversation) as page:
        await page.begin()
        await page.until("resume_thread")
        [shown] = [thread["steps"][1:] for event, thread in page.heard if event == "resume_thread"]
        assert MARK not in str(shown)
        offered = [event for event in page.heard if event[0] == "chat_settings"]
        assert "Commune" in str(offered)
        assert MARK not in str(offered)
