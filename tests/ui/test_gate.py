"""Other sites are not answered, and every response carries the security headers."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.gate import CONTENT_SECURITY_POLICY, SECURITY_HEADERS, Gate

ADDRESS = "127.0.0.1:8000"


async def _answer(request: object) -> PlainTextResponse:
    return PlainTextResponse("bonjour")


async def _accept(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


APPLICATION = Gate(
    Starlette(routes=[Route("/", _answer, methods=["GET", "POST"]), WebSocketRoute("/ws", _accept)]), [ADDRESS]
)


async def _request(method: str = "GET", path: str = "/", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=APPLICATION)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{ADDRESS}") as client:
        return await client.request(method, path, headers=headers)


@pytest.mark.parametrize("path", ["/", "/inconnu"])
async def test_every_response_carries_the_headers(path: str) -> None:
    response = await _request(path=path)
    assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    directives = dict(directive.split(" ", 1) for directive in CONTENT_SECURITY_POLICY.split("; "))
    assert directives["default-src"] == "'self'"
    assert directives["script-src"] == "'self'"
    assert directives["connect-src"] == "'self'"
    assert directives["object-src"] == directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("host", ["exemple.invalid", "127.0.0.1:9000", "127.0.0.1"])
async def test_another_address_is_not_answered(host: str) -> None:
    response = await _request(Host=host)
    assert response.status_code == 421
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize("origin", ["http://exemple.invalid", "null", "http://127.0.0.1:9000"])
async def test_a_request_of_another_site_is_refused(origin: str) -> None:
    assert (await _request("POST", Origin=origin)).status_code == 403
    assert (await _request("POST", Origin=f"http://{ADDRESS}")).status_code == 200


def test_a_socket_of_another_site_is_refused() -> None:
    client = TestClient(APPLICATION, base_url=f"http://{ADDRESS}")
    with client.websocket_connect("/ws", headers={"origin": f"http://{ADDRESS}", "host": ADDRESS}):
        pass
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/ws", headers={"origin": "http://exemple.invalid", "host": ADDRESS}),
    ):
        pass
