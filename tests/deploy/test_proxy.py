"""The proxy's own configuration in front of two small web servers and a Keycloak that is none, by the real Caddy."""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from tests.certificate import Certificate, certificate_of_this_machine
from tests.deploy.compose import DEPLOY
from tests.ports import free_port
from ui.server import GuestServer, port_bound
from ui.trusted_proxy import behind

CADDY = Path(sys.executable).with_name("caddy")
CADDYFILE = DEPLOY / "proxy" / "Caddyfile"
PATIENCE_S = 20.0


@dataclass
class Upstream:
    """A web process: it says its name and what it was told of who calls."""

    name: str
    port: int
    ready: bool = True
    asked: asyncio.Queue[bool] = field(default_factory=asyncio.Queue)  # whether it was ready, each time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            websocket = WebSocket(scope, receive, send)
            await websocket.accept()
            await websocket.send_text(f"{self.name} {await websocket.receive_text()}")
            return
        if scope["path"] == "/readyz":
            self.asked.put_nowait(self.ready)
            await JSONResponse(None, 200 if self.ready else 503)(scope, receive, send)
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        said = {"name": self.name, "client": scope["client"][0], "scheme": scope["scheme"], "host": headers["host"]}
        await JSONResponse(said | {"forwarded": headers.get("x-forwarded-for")})(scope, receive, send)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """At work; afterwards nobody answers there."""
        self._server = GuestServer(behind(["127.0.0.1"], self))
        with port_bound("127.0.0.1", self.port) as listener:
            self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
            try:
                yield
            finally:
                await self.end()

    async def end(self) -> None:
        """Answer what is asked, and no more."""
        self._server.should_exit = True
        await self._task


@dataclass
class Proxied:
    """The proxy, and what is behind it."""

    port: int
    web: tuple[Upstream, Upstream]
    certificate: Certificate
    home: Path

    def client(self, host: str = "localhost") -> httpx.AsyncClient:
        """A browser of its own."""
        trust = ssl.create_default_context(cafile=self.certificate.public)
        return httpx.AsyncClient(base_url=f"https://{host}:{self.port}", verify=trust, timeout=PATIENCE_S)


@pytest.fixture
async def proxied(tmp_path: Path) -> AsyncIterator[Proxied]:
    web = (Upstream("web-1", free_port()), Upstream("web-2", free_port()))
    keycloak = Upstream("keycloak", free_port())
    certificate, port, health = certificate_of_this_machine(tmp_path), free_port(), free_port()
    environment = {
        "PUBLIC_HOST": "localhost",
        "SIGN_IN_HOST": "127.0.0.1",
        "PORT": str(port),
        "HEALTH_PORT": str(health),
        "WEB": " ".join(f"127.0.0.1:{one.port}" for one in web),
        "KEYCLOAK": f"127.0.0.1:{keycloak.port}",
        "TLS_CERTIFICATE": str(certificate.public),
        "TLS_KEY": str(certificate.private),
        "ADMIN_NETWORKS": "10.0.0.0/8",
        "INSIDE": "172.30.33.0/24",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    command = (str(CADDY), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile")
    async with AsyncExitStack() as stack:
        for one in (*web, keycloak):
            await stack.enter_async_context(one.serving())
        with (tmp_path / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
        try:
            # Who finds both ready is at work.
            async with asyncio.timeout(PATIENCE_S):
                for one in web:
                    assert await one.asked.get(), (tmp_path / "log").read_text()
            yield Proxied(port, web, certificate, tmp_path)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def test_a_browser_stays_with_the_process_that_it_began_with(proxied: Proxied) -> None:
    async with proxied.client() as one:
        names = {(await one.get("/")).json()["name"] for _ in range(10)}
        cookie = next(iter(one.cookies.jar))
        assert len(names) == 1
        assert (cookie.name, cookie.secure, cookie.path, cookie.domain_specified) == ("__Host-web", True, "/", False)
        assert "127.0.0.1" not in str(cookie.value)
    found = set()
    for _ in range(40):
        async with proxied.client() as other:
            found.add((await other.get("/")).json()["name"])
    assert found == {"web-1", "web-2"}


async def test_who_calls_is_told_by_the_proxy_alone(proxied: Proxied) -> None:
    feigned = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "ailleurs.fr"}
    async with proxied.client() as client:
        said = (await client.get("/", headers=feigned)).json()
    assert said["client"] == "127.0.0.1"
    assert said["scheme"] == "https"
    assert said["host"] == f"localhost:{proxied.port}"
    assert said["forwarded"] == "127.0.0.1"


async def test_websockets_pass_to_the_process_of_their_page(proxied: Proxied) -> None:
    trust = ssl.create_default_context(cafile=proxied.certificate.public)
    async with proxied.client() as client:
        name = (await client.get("/")).json()["name"]
        cookies = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    address = f"wss://localhost:{proxied.port}/ws"
    async with connect(address, ssl=trust, additional_headers={"Cookie": cookies}, proxy=None) as websocket:
        await websocket.send("bonjour")
        assert await websocket.recv() == f"{name} bonjour"


async def test_no_request_is_lost_where_one_process_goes_and_nobody_new_comes_to_one_that_leaves(
    proxied: Proxied,
) -> None:
    async with proxied.client() as client:
        name = (await client.get("/")).json()["name"]
        leaving, other = sorted(proxied.web, key=lambda one: one.name != name)
        leaving.ready = False
        async with asyncio.timeout(PATIENCE_S):
            while await leaving.asked.get():
                pass
            await leaving.asked.get()  # whoever asks again has heard what was said before
        assert {(await client.get("/")).json()["name"] for _ in range(5)} == {other.name}


async def test_a_process_that_is_gone_is_replaced_within_the_request(proxied: Proxied) -> None:
    async with proxied.client() as client:
        name = (await client.get("/")).json()["name"]
        gone = next(one for one in proxied.web if one.name == name)
        await gone.end()
        assert (await client.get("/")).json()["name"] != name


async def test_headers_say_nothing_of_what_is_behind_and_hold_to_tls(proxied: Proxied) -> None:
    async with proxied.client() as client:
        answer = await client.get("/")
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert not {"via", "x-powered-by"} & set(answer.headers)
    assert "caddy" not in str(answer.headers).lower()


async def test_only_administrators_reach_keycloaks_administration(proxied: Proxied) -> None:
    async with proxied.client("127.0.0.1") as client:
        assert (await client.get("/realms/sante/account")).json()["name"] == "keycloak"
        for path in ("/admin/master/console/", "/metrics", "/health", "/realms/../admin/", "/"):
            assert (await client.get(path)).status_code == 404, path


async def test_there_is_no_administration_of_the_proxy_and_it_keeps_nothing(proxied: Proxied) -> None:
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", 2019)
    assert not list(proxied.home.glob("config/**/autosave.json"))
    assert not list(proxied.home.glob("data/**/*.key"))


async def test_another_name_than_ours_is_not_served(proxied: Proxied) -> None:
    async with proxied.client() as client:
        answer = await client.get("/", headers={"Host": "ailleurs.fr"})
        assert answer.content == b""


async def test_the_file_is_written_as_caddy_writes_it() -> None:
    process = await asyncio.create_subprocess_exec(str(CADDY), "fmt", str(CADDYFILE), stdout=asyncio.subprocess.PIPE)
    written, _ = await process.communicate()
    assert written.decode() == CADDYFILE.read_text()
