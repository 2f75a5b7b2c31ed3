"""From where, and in which session, somebody acts: the peer, the proxy's word where trusted, what has no address."""

import datetime as dt
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from policies import Principal
from ui.identity import Caller, LocalIdentity, local_principal, service_principal
from ui.keycloak import KeycloakIdentity
from ui.pages import Notice
from ui.sign_in.authentication import Authentication, AuthenticationSettings
from ui.sign_in.session import Session
from ui.trusted_proxy import behind

NOTICE = Notice(model="essai", demonstration=False, local=True)


def _authenticated(person: Principal, told: list[str] | None = None) -> Authentication:
    identity = LocalIdentity(person)
    caller = Caller(identity)

    async def says_from_where(scope: Scope, receive: Receive, send: Send) -> None:
        origin = (await caller()).origin
        if told is not None:
            told.append(origin)
        if scope["type"] == "http":
            await JSONResponse([origin, scope["state"]["principal"].origin])(scope, receive, send)

    return Authentication(says_from_where, identity, caller, AuthenticationSettings(NOTICE))


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "origin"),
    [
        ((), "192.0.2.9", "198.51.100.1", "192.0.2.9"),
        (("192.0.2.9",), "192.0.2.9", "198.51.100.1", "198.51.100.1"),
        (("192.0.2.9",), "192.0.2.8", "198.51.100.1", "192.0.2.8"),
        ((), "2001:db8::7", "", "2001:db8::/64"),
    ],
)
async def test_a_page_is_asked_for_from_an_address(
    agent: Principal, proxies: Sequence[str], peer: str, forwarded: str, origin: str
) -> None:
    transport = httpx.ASGITransport(behind(proxies, _authenticated(agent)), client=(peer, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
        answer = await client.get("/", headers={"x-forwarded-for": forwarded} if forwarded else {})
    assert answer.json() == [origin, origin]


async def test_so_is_each_message_of_a_websocket(agent: Principal) -> None:
    told: list[str] = []
    scope: dict[str, Any] = {"type": "websocket", "path": "/ws", "headers": [], "client": ("192.0.2.9", 5000)}

    async def receive() -> Message:
        return {"type": "websocket.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError

    await _authenticated(agent, told)(scope, receive, send)
    assert told == ["192.0.2.9"]


async def test_who_has_signed_in_acts_in_a_session(agent: Principal) -> None:
    now = dt.datetime.now(dt.UTC)
    session = Session(uuid4(), agent, "", created_at=now, used_at=now)

    async def known(_: str) -> Session:
        return session

    sessions: Any = SimpleNamespace(use=known, watch=known)
    provider: Any = None
    identity = KeycloakIdentity(sessions, provider)
    assert (await identity.of_session("cookie")).session == str(session.id)
    caller = Caller(identity)
    caller.enter("cookie", "192.0.2.9", None)
    assert ((await caller()).session, (await caller()).origin) == (str(session.id), "192.0.2.9")


def test_the_command_line_and_the_service_itself_have_names_of_their_own() -> None:
    assert (local_principal().origin, service_principal().origin) == ("commande", "service")
    assert local_principal() == service_principal()
    assert (local_principal().session, service_principal().session) == ("", "")
