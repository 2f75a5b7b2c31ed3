"""Nobody passes without a session, and a websocket ends with its own."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from policies.principal import Principal
from ui.errors import ProviderUnreachable, SessionEnded
from ui.identity import Caller
from ui.pages import Notice
from ui.sign_in.authentication import COOKIE, UNAUTHORISED, Authentication, AuthenticationSettings

NOTICE = Notice(model="essai", demonstration=False, local=False, root="/assistant")


class Known:
    """People by the value of their cookie; `silent` is a Keycloak that does not answer."""

    local = False

    def __init__(self, **people: Principal) -> None:
        self.people = people
        self.silent = False

    async def of_session(self, cookie: str, /) -> Principal:
        if self.silent:
            raise ProviderUnreachable("Keycloak ne répond pas.")
        if cookie not in self.people:
            raise SessionEnded("Votre session est terminée.")
        return self.people[cookie]

    of_watch = of_session

    async def of_service(self, authorization: str, /) -> Principal:
        raise NotImplementedError


@pytest.fixture
def known(agent: Principal) -> Known:
    return Known(camille=agent)


def _behind(known: Known, app: Any = None) -> Authentication:
    caller = Caller(known)

    async def says_who(scope: Scope, receive: Receive, send: Send) -> None:
        who = (await caller()).username if COOKIE in Request(scope).cookies else "personne"
        await PlainTextResponse(who)(scope, receive, send)

    return Authentication(app or says_who, known, caller, AuthenticationSettings(NOTICE, recheck=0.01))


async def _call(known: Known, method: str, path: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(_behind(known)), base_url="http://essai") as client:
        return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})


async def test_who_has_a_session_passes_and_is_who_they_are(known: Known) -> None:
    response = await _call(known, "GET", "/", Cookie=f"{COOKIE}=camille")
    assert response.text == "agent"


async def test_a_form_that_is_sent_after_the_session_leads_to_the_sign_in_and_its_words_stay_out_of_the_address(
    known: Known,
) -> None:
    sent = {"origin": "http://essai", "sec_fetch_mode": "navigate"}
    answer = await _call(known, "POST", "/recherche", **sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/assistant/connexion?retour=%2Frecherche")


@pytest.mark.parametrize(
    "cookie", ["", f"{COOKIE}=", f"{COOKIE}=inconnue", "assistant=camille", "access_token=camille"]
)
async def test_a_page_without_a_session_leads_to_the_sign_in_and_back(known: Known, cookie: str) -> None:
    response = await _call(known, "GET", "/thread/1?a=b&c=é", Accept="text/html", Cookie=cookie)
    assert response.status_code == 303
    assert response.headers["location"] == "/assistant/connexion?retour=%2Fthread%2F1%3Fa%3Db%26c%3D%25C3%25A9"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/user"), ("POST", "/project/threads"), ("DELETE", "/project/thread"), ("PUT", "/feedback")],
)
async def test_anything_else_without_a_session_is_refused(known: Known, method: str, path: str) -> None:
    response = await _call(known, method, path, Origin="http://essai")
    assert response.status_code == 401
    assert response.json() == {"message": "Votre session est terminée."}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_what_changes_something_must_come_from_a_page_of_ours(known: Known, method: str) -> None:
    """The gate before has compared the origin with our addresses; one that is left out is not ours."""
    response = await _call(known, method, "/feedback", Cookie=f"{COOKIE}=camille")
    assert response.status_code == 403
    assert (await _call(known, method, "/feedback", Cookie=f"{COOKIE}=camille", Origin="http://essai")).is_success


@pytest.mark.parametrize(
    "path", ["/connexion", "/connexion/retour", "/login", "/logout", "/deconnexion", "/deconnecte", "/static/a.css"]
)
async def test_the_way_in_and_out_is_open_to_our_pages(known: Known, path: str) -> None:
    assert (await _call(known, "GET", path)).text == "personne"
    assert (await _call(known, "POST", path, Origin="http://essai")).text == "personne"
    assert (await _call(known, "POST", path)).status_code == 403


@pytest.mark.parametrize("path", ["/deconnexion/keycloak", "/v1/search"])
async def test_programs_are_let_through_to_where_their_token_is_read(known: Known, path: str) -> None:
    assert (await _call(known, "POST", path)).text == "personne"


@pytest.mark.parametrize(
    "path", ["/connexions", "/static/../user", "/v1", "/deconnexion/keycloak/x", "/static/a/../../user", "/logout/"]
)
async def test_what_only_looks_like_the_way_in_is_shut(known: Known, path: str) -> None:
    scope: Scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await _behind(known)(scope, _nothing, send)
    assert sent[0]["status"] == 401


async def test_a_silent_keycloak_is_said_on_a_page(known: Known) -> None:
    known.silent = True
    page = await _call(known, "GET", "/", Accept="text/html", Cookie=f"{COOKIE}=camille")
    assert page.status_code == 503
    assert "Keycloak ne répond pas." in page.text
    assert (await _call(known, "GET", "/user", Cookie=f"{COOKIE}=camille")).status_code == 503


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://essai"}, {"cookie": f"{COOKIE}=camille"}, {"origin": "x", "cookie": "a=b"}]
)
async def test_a_websocket_without_session_or_origin_does_not_open(known: Known, headers: dict[str, str]) -> None:
    assert await _socket(known, headers, _never) == [{"type": "websocket.close", "code": 1008}]


async def test_a_websocket_is_closed_on_both_sides_when_its_session_ends(known: Known) -> None:
    heard: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        known.people.clear()
        heard.append(await receive())
        await send({"type": "websocket.send", "text": "trop tard"})

    sent = await _socket(known, {"origin": "http://essai", "cookie": f"{COOKIE}=camille"}, app)
    assert heard == [{"type": "websocket.disconnect", "code": UNAUTHORISED}]
    assert sent == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": UNAUTHORISED}]


async def test_a_websocket_goes_on_as_whoever_its_session_is_now(known: Known, administrateur: Principal) -> None:
    caller = Caller(known)
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((await caller()).username)
        known.people["camille"] = administrateur
        seen.append((await caller()).username)

    middleware = Authentication(app, known, caller, AuthenticationSettings(NOTICE))
    await _through(middleware, {"origin": "http://essai", "cookie": f"{COOKIE}=camille"})
    assert seen == ["agent", "administrateur"]


async def _socket(known: Known, headers: dict[str, str], app: Any) -> list[Message]:
    return await _through(_behind(known, app), headers)


async def _through(middleware: Authentication, headers: dict[str, str]) -> list[Message]:
    scope: Scope = {
        "type": "websocket",
        "path": "/ws/socket.io/",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await middleware(scope, _nothing, send)
    return sent


async def _nothing() -> Message:
    """A client that says nothing."""
    await asyncio.Event().wait()
    raise AssertionError


async def _never(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError
