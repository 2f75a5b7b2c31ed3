"""Behind a proxy: paths, forwarded headers, and where a sign-in may lead back to."""

import string
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette._utils import get_route_path
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from ui.errors import SettingsInvalid
from ui.pages import STATIC
from ui.trusted_proxy import Mounted, behind, peer_of, safe_return

PROXY = "10.0.0.7"


async def _seen(request: Request) -> JSONResponse:
    """What the application sees of a request."""
    scope = request.scope
    return JSONResponse(
        {
            "path": scope["path"],
            "root": scope.get("root_path", ""),
            "scheme": scope["scheme"],
            "client": scope["client"][0],
        }
    )


async def _greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.scope["path"])
    await socket.close()


APPLICATION = Starlette(
    routes=[
        Route("/", _seen, name="home"),
        Route("/page", _seen, name="page"),
        WebSocketRoute("/ws", _greet),
        Mount("/static", StaticFiles(directory=STATIC)),
        Mount("/", Starlette(routes=[Route("/below", lambda request: JSONResponse({"path": "below"}))])),
    ]
)


async def _get(app: ASGIApp, path: str, peer: str = PROXY, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, client=(peer, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://intranet") as client:
        return await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("path", ["/page", "/assistant/page", "/%61ssistant/page"])
@pytest.mark.parametrize("mount", ["/assistant", "/assistant/"])
async def test_a_proxy_may_leave_the_path_or_take_it_off(path: str, mount: str) -> None:
    seen = (await _get(Mounted(APPLICATION, mount), path)).json()
    assert (seen["path"], seen["root"]) == ("/page", "")


@pytest.mark.parametrize("path", ["/", "/assistant", "/assistant/"])
async def test_the_path_alone_is_the_home_page(path: str) -> None:
    assert (await _get(Mounted(APPLICATION, "/assistant"), path)).json()["path"] == "/"


@pytest.mark.parametrize("path", ["/assistant-2/page", "/assistantpage", "/x/assistant/page"])
async def test_only_the_whole_path_is_taken_off_and_only_at_the_beginning(path: str) -> None:
    assert (await _get(Mounted(APPLICATION, "/assistant"), path)).status_code == 404


@given(st.lists(st.sampled_from(["/assistant", "/page", "/", "//", "assistant", "/below", "x"])).map("".join))
async def test_middleware_and_routes_see_the_same_path(path: str) -> None:
    seen: list[tuple[str, str]] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["path"], get_route_path(scope)))

    await _call(Mounted(inner, "/assistant"), f"/{path}")
    [(middleware, route)] = seen
    assert middleware == route
    assert not middleware.startswith("/assistant/")
    assert middleware.startswith("/")


async def _call(app: ASGIApp, path: str) -> None:
    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        pass

    await app({"type": "http", "path": path, "raw_path": path.encode(), "headers": []}, receive, send)


@pytest.mark.parametrize("path", ["/below", "/static/global.js"])
async def test_what_is_mounted_inside_is_found(path: str) -> None:
    mounted = Mounted(APPLICATION, "/assistant")
    assert (await _get(mounted, f"/assistant{path}")).status_code == 200
    assert (await _get(mounted, path)).status_code == 200


async def test_without_a_path_nothing_changes() -> None:
    seen = (await _get(Mounted(APPLICATION, ""), "/page")).json()
    assert (seen["path"], seen["root"]) == ("/page", "")


def test_a_websocket_is_found_below_the_path() -> None:
    with TestClient(Mounted(APPLICATION, "/assistant")).websocket_connect("/assistant/ws") as socket:
        assert socket.receive_text() == "/ws"


FORWARDED = {"X_Forwarded_For": "192.0.2.1", "X_Forwarded_Proto": "https"}


@pytest.mark.parametrize("peer", [PROXY, f"::ffff:{PROXY}"])
@pytest.mark.parametrize("trusted", ["10.0.0.7", "10.0.0.0/8", "10.0.0.1/8"])
async def test_a_trusted_proxy_says_who_calls_and_how(peer: str, trusted: str) -> None:
    seen = (await _get(behind([trusted], APPLICATION), "/page", peer, **FORWARDED)).json()
    assert (seen["client"], seen["scheme"]) == ("192.0.2.1", "https")


@pytest.mark.parametrize("trusted", [[], ["10.0.0.8"], ["2001:db8::/32"]])
async def test_anybody_else_is_who_they_are(trusted: list[str]) -> None:
    seen = (await _get(behind(trusted, APPLICATION), "/page", **FORWARDED)).json()
    assert (seen["client"], seen["scheme"]) == (PROXY, "http")


async def test_what_the_client_itself_claims_comes_before_what_the_proxy_adds() -> None:
    forged = FORWARDED | {"X_Forwarded_For": "127.0.0.1, 192.0.2.1"}
    seen = (await _get(behind([PROXY], APPLICATION), "/page", **forged)).json()
    assert seen["client"] == "192.0.2.1"


@pytest.mark.parametrize("proxy", ["*", "proxy.exemple.fr", "10.0.0.0/33", "10.0.0.7:80", ""])
def test_a_proxy_that_is_no_address_stops_the_start(proxy: str) -> None:
    with pytest.raises(SettingsInvalid, match="ASSISTANT_TRUSTED_PROXIES"):
        behind([proxy], APPLICATION)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/thread/4f0c1c0e-3a53-4a5e-9f5e-0f6f6f0a3c11",
        "/passage?collection=Sant%C3%A9&document=a%2Fb&start=0&key=x_y-z",
        "/?q=https://exemple.fr//a",
        "/.well-known/x",
        "/a/",
    ],
)
def test_a_page_of_ours_is_returned_to(path: str) -> None:
    assert safe_return(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "page", "?q", "#a", "/#a", "https://exemple.invalid", "javascript:alert(1)", "//exemple.invalid"),
        *("///exemple.invalid", "/\\exemple.invalid", "\\/exemple.invalid", "/\t/exemple.invalid", "/a//b"),
        *("/%2F/exemple.invalid", "/%2f%2fexemple.invalid", "/%5Cexemple.invalid", "/%09/exemple.invalid"),
        *("/a\r\nSet-Cookie: a=b", "/a?b=%0d%0aSet-Cookie:%20a=b", "/\u2028/a", "/a?b=%7F", "/a?b=%", "/a\n", "/?a\n"),
        *("/..//exemple.invalid", "/a/../b", "/.", "/..", "/../?a", "/./a", "/@exemple.invalid", "/é", "/a" * 1001),
        *("/\uff0fexemple.invalid", "\uff0f\uff0fexemple.invalid", "/a?b=\ud800"),
    ],
)
def test_anything_else_leads_home(path: str) -> None:
    assert safe_return(path) == "/"


def _unquoted(text: str) -> str:
    while (shorter := unquote(text)) != text:
        text = shorter
    return text


PIECES = st.sampled_from(["/", "\\", "//", "%2f", "%5c", "%252f", "%0a", "%09", "..", "?", "#", ":", "@", "\t", "\r\n"])
WORDS = st.sampled_from(["https", "exemple.invalid", "passage", "a", "é", "javascript", "\u202e", "\x00", "\ufeff"])


@given(st.one_of(st.text(), st.lists(st.one_of(PIECES, WORDS, st.text(string.printable))).map("".join)))
@example("/passage?q=%252f%252fexemple.invalid")
def test_a_return_always_stays_on_this_host(text: str) -> None:
    path = safe_return(text)
    for root in ("", "/assistant"):
        for read in (root + path, root + _unquoted(path.partition("?")[0])):
            reached = urlsplit(urljoin("https://intranet/connexion/retour", read))
            assert (reached.scheme, reached.netloc) == ("https", "intranet")
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isascii()
    assert path.isprintable()
    assert safe_return(path) == path


@given(st.lists(st.text("ab.-_~9", min_size=1), min_size=1))
def test_every_path_of_plain_segments_is_kept_unless_one_is_a_dot_segment(segments: list[str]) -> None:
    path = "/" + "/".join(segments)
    assert safe_return(path) == ("/" if {".", ".."} & set(segments) else path)


@pytest.mark.parametrize(
    ("host", "peer"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", ""),
        ("192.0.2.7, 192.0.2.8", ""),
        ("", ""),
    ],
)
def test_a_peer_is_an_address_or_all_those_that_one_machine_may_have(host: str, peer: str) -> None:
    assert peer_of((host, 5000)) == peer


def test_who_comes_through_a_unix_socket_has_no_address() -> None:
    assert peer_of(None) == ""
