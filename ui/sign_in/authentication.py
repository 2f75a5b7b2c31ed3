"""Nobody passes without a session: ASGI middleware before the chat and its pages.

1. A request without a valid session gets no further: a page leads to the sign-in, anything else is 401.
2. A request that changes something must come from our own pages (its `Origin` says so; the gate has
   compared it with our addresses already).
3. A websocket is closed when its session ends, within `recheck` seconds, even in the middle of an answer.
4. Who acts is looked up again at each message of a websocket (`Caller`), because it lives for hours.

The cookie is `__Host-…` (RFC 6265bis, section 4.1.3.2): sent to this host alone, over TLS alone, and no
other host of the domain can set it.
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policies.principal import Principal
from ui.errors import SessionEnded
from ui.failures import EXPECTED, Failure, failure_of
from ui.gate import refuse
from ui.identity import Caller, Identity
from ui.pages import Notice, error_page
from ui.trusted_proxy import peer_of

COOKIE = "__Host-assistant"
SIGN_IN = "/connexion"

# Answered without a session: signing in and out, what every page looks like, and what is announced to everybody.
OPEN = re.compile(
    rf"{SIGN_IN}(/retour)?|/log(in|out)|/deconnexion|/deconnecte|/static/[\w.-]+|/favicon|/accessibilite|/annonce"
)

# For programs, which have no session and no page: the token that they bring says who they are.
PROGRAMS = re.compile(r"/deconnexion/keycloak|/v1/.*")

SAFE = {"GET", "HEAD", "OPTIONS"}
UNAUTHORISED = 4401  # as WebSocket codes go: 4000 and more are the application's own


@dataclass(frozen=True, slots=True)
class AuthenticationSettings:
    """`notice` is for the pages that say why somebody is kept out; `recheck` is in seconds."""

    notice: Notice
    recheck: float = 20.0


class Authentication:
    """ASGI middleware; what it lets through has `scope["state"]["principal"]` and a `caller`."""

    def __init__(self, app: ASGIApp, identity: Identity, caller: Caller, settings: AuthenticationSettings) -> None:
        self._app = app
        self._identity = identity
        self._caller = caller
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or PROGRAMS.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._identity.local and _changes(scope) and "origin" not in headers:
            await refuse(scope, send, 403, "Cette demande ne vient pas d’une page de l’assistant.")
            return
        if OPEN.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        cookie = session_cookie(headers)
        try:
            person = await self._identity.of_session(cookie)
        except SessionEnded as error:
            await self._ask_to_sign_in(scope, receive, send, str(error))
        except EXPECTED as error:
            await self._refuse(scope, receive, send, failure_of(error))
        else:
            await self._let_through(scope, receive, send, cookie, person)

    async def _let_through(self, scope: Scope, receive: Receive, send: Send, cookie: str, person: Principal) -> None:
        origin = peer_of(scope.get("client"))
        person = replace(person, origin=origin)
        scope.setdefault("state", {})["principal"] = person
        self._caller.enter(cookie, origin, person if scope["type"] == "http" else None)
        if scope["type"] == "http":
            await self._app(scope, receive, send)
            return
        socket = _WatchedSocket(receive, send)
        watching = asyncio.create_task(self._watch(cookie, socket))
        try:
            await self._app(scope, socket.receive, socket.send)
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def _watch(self, cookie: str, socket: "_WatchedSocket") -> None:
        while True:
            await asyncio.sleep(self._settings.recheck)
            try:
                await self._identity.of_watch(cookie)
            except EXPECTED:  # whatever keeps the session from being checked
                await socket.close()
                return

    async def _ask_to_sign_in(self, scope: Scope, receive: Receive, send: Send, sentence: str) -> None:
        if _is_navigation(scope):
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            target = f"{self._settings.notice.root}{SIGN_IN}?{urlencode({'retour': scope['path'] + query})}"
            await RedirectResponse(target, 303, {"Cache-Control": "no-store"})(scope, receive, send)
        else:
            await refuse(scope, send, 401, sentence)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, failure: Failure) -> None:
        if _is_navigation(scope):
            page = error_page(self._settings.notice, failure.status, "Connexion impossible", failure.message)
            await page(scope, receive, send)
        else:
            await refuse(scope, send, failure.status, failure.message)


class _WatchedSocket:
    """A websocket that can be closed from outside: the application hears of it as of a reader who left."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._closed = asyncio.Event()

    async def receive(self) -> Message:
        incoming = asyncio.ensure_future(self._receive())
        closed = asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait({incoming, closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            closed.cancel()
            if not incoming.done():
                incoming.cancel()
        if self._closed.is_set():
            return {"type": "websocket.disconnect", "code": UNAUTHORISED}
        return incoming.result()

    async def send(self, message: Message) -> None:
        if not self._closed.is_set():
            await self._send(message)

    async def close(self) -> None:
        """Close it on both sides."""
        if not self._closed.is_set():
            self._closed.set()
            await self._send({"type": "websocket.close", "code": UNAUTHORISED})


def session_cookie(headers: Headers) -> str:
    """The session's cookie; empty where there is none."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def _changes(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in SAFE


def _is_navigation(scope: Scope) -> bool:
    """A page that a person opens, or a form that they send, not what a page fetches."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "POST"):
        return False
    headers = Headers(scope=scope)
    mode = headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else scope["method"] == "GET" and "text/html" in headers.get("accept", "")
