"""The real Keycloak, for tests: the distribution that `deploy/keycloak.sh` prepares, on a loopback port."""

import html
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
from keycloak import KeycloakAdmin

from policies.principal import Role
from tests.certificate import certificate_of_this_machine
from ui.realm import plan as realm
from ui.realm.shape import Shape, api_scope
from ui.sign_in.provider import ProviderSettings
from ui.sign_in.tokens import TokenSettings

DISTRIBUTION = Path(__file__).parent.parent / ".cache" / "keycloak"
STARTS_WITHIN = 240.0  # seconds, on a busy machine
CLIENT = "assistant"
PASSWORD = "mot de passe"

# For H2 as Keycloak itself sets it, in a file of our own.
DATABASE = "jdbc:h2:file:{};NON_KEYWORDS=VALUE;DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=0"
# A test server starts once and serves few: quick to start is what counts.
JAVA = "-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC"

FORM = re.compile(r'<form[^>]*action="([^"]+)"')
TRUST = ssl.create_default_context()  # made once: that takes longer than a request


class Keycloak:
    """A server of its own; what it holds in `folder` outlives a stop. It trusts whoever shows `certificate`.

    `java` is for Java's virtual machine; as an administrator starts Keycloak, it is empty.
    """

    def __init__(self, folder: Path, java: str = JAVA) -> None:
        found = sorted(DISTRIBUTION.glob("[0-9]*"))
        assert found, "Keycloak is not there: run deploy/keycloak.sh"
        self._home = found[-1]
        self._folder = folder
        self._java = java
        self.certificate = certificate_of_this_machine(folder)
        shutil.copy(self._home / "data" / "h2" / "keycloakdb.mv.db", folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        """The server's root; its realms are under `/realms/`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._folder / "log"

    def admin(self, realm: str = "master") -> KeycloakAdmin:
        """The administrator of all realms, at work in one of them; for the client's blocking methods."""
        return KeycloakAdmin(self.url, username="admin", password="admin", realm_name=realm, user_realm_name="master")

    @asynccontextmanager
    async def administered(self, realm: str = "master") -> AsyncIterator[KeycloakAdmin]:
        """The same for its asynchronous methods, whose connections it closes."""
        admin = self.admin(realm)
        try:
            yield admin
        finally:
            await admin.connection.keycloak_openid.connection.aclose()
            await admin.connection.aclose()

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            *(str(self._home / "bin" / "kc.sh"), "start", "--optimized", "--cache=local", "--http-enabled=true"),
            *("--http-host=127.0.0.1", f"--http-port={self._port}", f"--hostname={self.url}"),
            f"--truststore-paths={self.certificate.public}",
            f"--db-url={DATABASE.format(self._folder / 'keycloakdb')}",
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                command, env=os.environ | {"JAVA_OPTS_APPEND": self._java}, stdout=log, stderr=log
            )
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            assert not self._ends_within(0.2), f"Keycloak ended: {self.log.read_text()[-4000:]}"
            assert time.monotonic() < deadline, f"Keycloak is not ready: {self.log.read_text()[-4000:]}"

    def stop(self) -> None:
        """End it as the system does."""
        self._process.terminate()
        self._process.wait(60)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/realms/master", timeout=10).is_success
        except httpx.TransportError:
            return False

    def _ends_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Realm:
    """A realm in the shape that the assistant needs, and the secret of its client there."""

    keycloak: Keycloak
    name: str
    secret: str

    @property
    def url(self) -> str:
        """The realm as issuer."""
        return f"{self.keycloak.url}/realms/{self.name}"

    def provider(self, shape: Shape) -> ProviderSettings:
        """Our client in the realm; a busy machine is slow to answer."""
        return ProviderSettings(
            url=self.url,
            client_id=shape.client_id,
            client_secret=self.secret,
            redirect_uri=shape.redirect_uri,
            after_logout=shape.after_logout,
            ca_file=None,
            tokens=TokenSettings(self.url, shape.client_id, api_scope(shape.client_id)),
            timeout=60.0,
        )

    @asynccontextmanager
    async def people(self) -> AsyncIterator["People"]:
        """The people of the realm."""
        async with self.keycloak.administered(self.name) as admin:
            yield People(admin)


async def provisioned(keycloak: Keycloak, shape: Shape) -> Realm:
    """A new realm, provisioned as `assistant keycloak provision` does it."""
    name = f"sante-{uuid4().hex[:8]}"
    async with keycloak.administered(name) as admin:
        for change in await realm.plan(admin, shape, create_realm=True):
            await change.make(admin)
        return Realm(keycloak, name, await realm.client_secret(admin, shape.client_id))


async def fill_in(url: str, username: str, password: str = PASSWORD) -> dict[str, str]:
    """Sign in on Keycloak's page in a new browser; gives the query with which it sends the browser back."""
    async with new_browser() as browser:
        return dict(parse_qsl(urlsplit(await give_password(browser, url, username, password)).query))


async def give_password(browser: httpx.AsyncClient, url: str, username: str, password: str = PASSWORD) -> str:
    """Sign in on Keycloak's page as a person does; gives the address to which it sends the browser back."""
    page = await browser.get(url)
    found = FORM.search(page.text)
    assert found, page.text
    answer = await browser.post(html.unescape(found[1]), data={"username": username, "password": password})
    assert answer.is_redirect, f"the page refuses {username}: {answer.text}"
    return answer.headers["location"]


def new_browser() -> httpx.AsyncClient:
    """A browser without cookies. It takes this machine for a secure context: it sends secure cookies without TLS."""

    async def send_all(request: httpx.Request) -> None:
        request.headers["Cookie"] = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)

    browser = httpx.AsyncClient(timeout=60, verify=TRUST, event_hooks={"request": [send_all]})
    return browser


class People:
    """People, groups and roles of one realm, made as tests need them; see `Keycloak.administered`."""

    def __init__(self, admin: KeycloakAdmin) -> None:
        self.admin = admin

    async def add(self, username: str, groups: Iterable[str] = (), roles: Collection[Role] = (Role.AGENT,)) -> str:
        """Make a person with the password `PASSWORD`; gives their subject. The client's roles must be there."""
        subject = await self.admin.a_create_user(
            {
                "username": username,
                "email": f"{username}@sante.example",
                "emailVerified": True,
                "firstName": username.capitalize(),
                "lastName": "Martin",
                "enabled": True,
                "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
            }
        )
        for path in groups:
            await self.join(subject, path)
        for role in roles:
            await self.give(subject, role)
        return subject

    async def join(self, subject: str, path: str) -> None:
        """Put the person into a group, `/DGS/Bureau-A`, that is made where it is missing."""
        await self.admin.a_group_user_add(subject, await self._group(path))

    async def leave(self, subject: str, path: str) -> None:
        """Take the person out of a group."""
        await self.admin.a_group_user_remove(subject, await self._group(path))

    async def give(self, subject: str, role: Role) -> None:
        """Give the person a role of the client."""
        client = await self._client()
        await self.admin.a_assign_client_role(subject, client, [await self.admin.a_get_client_role(client, role)])

    async def take(self, subject: str, role: Role) -> None:
        """Take a role of the client from the person."""
        client = await self._client()
        roles = [await self.admin.a_get_client_role(client, role)]
        await self.admin.a_delete_client_roles_of_user(subject, client, roles)

    async def disable(self, subject: str) -> None:
        """Close the person's account."""
        await self.admin.a_update_user(subject, {"enabled": False})

    async def _client(self) -> str:
        client = await self.admin.a_get_client_id(CLIENT)
        assert client, f"the realm has no client {CLIENT}"
        return client

    async def _group(self, path: str) -> str:
        parent, identifier = None, ""
        for name in path.strip("/").split("/"):
            siblings = await (self.admin.a_get_group_children(parent) if parent else self.admin.a_get_groups())
            known = {group["name"]: group["id"] for group in siblings}
            identifier = known.get(name) or str(await self.admin.a_create_group({"name": name}, parent=parent))
            parent = identifier
        return identifier
