"""Of Chainlit's routes and socket events, only those in the table are answered."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from policies.principal import Principal
from ui.access import Access
from ui.application import pages
from ui.chat.routes import ALLOWED, ALLOWED_EVENTS, ChatRoutes, allowed
from ui.health import Health
from ui.identity import Caller, LocalIdentity
from ui.probes import PATHS as PROBES
from ui.settings import OWN_PATHS, Settings

SHUT = [
    ("POST", "/mcp"),
    ("DELETE", "/mcp"),
    ("PUT", "/project/element"),
    ("DELETE", "/project/element"),
    ("GET", "/project/file/x"),
    ("GET", "/project/share/x"),
    ("PUT", "/project/thread/share"),
    ("GET", "/project/thread/x/element/y"),
    ("GET", "/public/x"),
    ("GET", "/copilot/index.js"),
    ("POST", "/login"),
    ("POST", "/auth/jwt"),
    ("POST", "/auth/header"),
    ("GET", "/auth/oauth/github"),
    ("GET", "/auth/oauth/github/callback"),
    ("POST", "/auth/oauth/azure-ad-hybrid/callback"),
    ("POST", "/set-session-cookie"),
    ("PUT", "/feedback"),
    ("GET", "/health"),
    ("GET", "/n-importe-quoi"),
    ("GET", "/assets/../secret"),
    ("WEBSOCKET", "/user"),
]


@pytest.mark.parametrize(("method", "path"), SHUT)
async def test_what_is_not_in_the_table_is_not_there(method: str, path: str, chat: ModuleType) -> None:
    assert not allowed(method, path)
    if method != "WEBSOCKET":
        transport = httpx.ASGITransport(app=ChatRoutes(chat.chainlit_app, lambda _: ""))
        async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
            response = await client.request(method, path)
        assert response.status_code == 404
        assert response.json() == {"message": "Cette page n’existe pas."}


def test_every_row_of_the_table_is_a_route_of_chainlit(chat: ModuleType) -> None:
    """A row that a new version of Chainlit no longer has must go."""
    from chainlit.server import router

    routes = [route for route in router.routes if isinstance(route, Route)]
    known = {re.sub(r"\{[^}]*\}", "*", route.path) for route in routes} | {"/ws/socket.io"}
    rows = {re.sub(r"\[.*\]\S*?(?=/|$)", "*", row).replace("\\", "").removesuffix("/?") for row in ALLOWED}
    assert rows <= known


def test_the_socket_answers_only_the_events_of_the_table(chat: ModuleType, mounted: object) -> None:
    assert set(chat.sio.handlers["/"]) <= ALLOWED_EVENTS
    assert chat.sio.handlers["/"]["stop"] is chat.stop


class Anything:
    """What pages are put together with, and nobody opens."""

    def __getattr__(self, name: str) -> "Anything":
        return Anything()

    def __call__(self, *_: object) -> "Anything":
        return Anything()


def test_no_public_path_can_begin_as_a_page_of_ours(front: Path, chat: ModuleType, agent: Principal) -> None:
    anything: Any = Anything()
    services: Any = Anything()
    services.announcements = SimpleNamespace(current=lambda: None)
    services.health = Health(anything, front, checks={}, folders={})
    keycloak: Any = SimpleNamespace(provider=None, sessions=None, people=None)
    access = Access(LocalIdentity(agent), anything, anything, keycloak)
    application = pages(Settings(home=front.parent), services, access, Caller(access.identity), anything)
    paths = set(_paths(application.routes)) | set(ALLOWED) | set(PROBES)
    assert {path.split("/")[1] for path in paths if path.strip("/")} == OWN_PATHS


def _paths(routes: Iterable[Any]) -> Iterator[str]:
    """Those of included routers, too."""
    for route in routes:
        if router := getattr(route, "original_router", None):
            yield from _paths(router.routes)
        else:
            yield route.path
