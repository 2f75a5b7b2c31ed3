"""Sign-ins of many people: the real `assistant serve` and the real Keycloak, over HTTP within this machine.

A closed loop: each of `PEOPLE` signs in once a round, `AT_ONCE` at a time, in a browser of their own: a page →
/connexion → Keycloak's page → name and password → /connexion/retour → the page. Bare: the same at Keycloak,
with the code exchanged by authlib alone: no page of ours, nothing checked, nothing kept. Rounds of both take
turns. Load, Keycloak, PostgreSQL and the server share the machine's cores.
"""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client

from retrieval.metrics import percentile
from tests.browser.servers import Server, environment
from tests.keycloak import CLIENT, Keycloak, Realm, give_password, new_browser, provisioned
from ui.commands.provisioning import shape_of
from ui.sign_in.authentication import COOKIE
from ui.sign_in.routes import RETURN

PEOPLE = 50
AT_ONCE = 4
ROUNDS = 4

NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of a sign-in, and of it our server's part, or the bare exchange."""

    whole: float
    part: float


SignIn = Callable[[str], Awaitable[Timing]]


@dataclass(slots=True)
class Side:
    """What was measured of one side."""

    sign_in: SignIn
    timings: list[Timing] = field(default_factory=list)
    errors: int = 0
    seconds: float = 0.0

    async def warm_up(self, people: Sequence[str]) -> None:
        """Everybody signs in once, uncounted; whatever goes wrong is raised."""
        await asyncio.gather(*self._attempts(people))

    async def round(self, people: Sequence[str]) -> None:
        """Everybody signs in once."""
        started = time.perf_counter()
        outcomes = await asyncio.gather(*self._attempts(people), return_exceptions=True)
        self.seconds += time.perf_counter() - started
        timings = [outcome for outcome in outcomes if isinstance(outcome, Timing)]
        self.timings += timings
        self.errors += len(outcomes) - len(timings)

    def _attempts(self, people: Sequence[str]) -> list[Awaitable[Timing]]:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(username: str) -> Timing:
            async with places:
                return await self.sign_in(username)

        return [one(username) for username in people]


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Milliseconds; `own` is the time in our /connexion and /connexion/retour, the exchange with Keycloak included.

    `ratio_p50` and `ratio_p95` are whole sign-ins, ours over bare; `own_ratio_p50` is `own` over the bare exchange.
    """
    place = home / "sign_ins"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with _keycloak(place) as keycloak:
        server = _server(place)
        realm = await provisioned(keycloak, shape_of(server.url, CLIENT))
        people = await _people(realm)
        with _serving(server, realm):
            async with _by_hand(realm, server.url + RETURN) as bare:
                figures = await _figures(people, Side(_through(server.url)), Side(bare))
    shutil.rmtree(place)
    return figures


async def _figures(people: Sequence[str], ours: Side, bare: Side) -> dict[str, Any]:
    for side in (ours, bare):
        await side.warm_up(people)
    for side in (ours, bare) * ROUNDS:
        await side.round(people)
    series = {
        "whole": [timing.whole for timing in ours.timings],
        "own": [timing.part for timing in ours.timings],
        "bare": [timing.whole for timing in bare.timings],
        "exchange": [timing.part for timing in bare.timings],
    }
    figures = {
        f"{name}_ms_p{share}": percentile(values, share / 100) for name, values in series.items() for share in (50, 95)
    }
    return {
        "people": len(people),
        "at_once": AT_ONCE,
        "sign_ins": len(ours.timings),
        "errors": ours.errors,
        "errors_bare": bare.errors,
        "per_minute": len(ours.timings) / ours.seconds * 60,
        "per_minute_bare": len(bare.timings) / bare.seconds * 60,
        **figures,
        "ratio_p50": figures["whole_ms_p50"] / figures["bare_ms_p50"],
        "ratio_p95": figures["whole_ms_p95"] / figures["bare_ms_p95"],
        "own_ratio_p50": figures["own_ms_p50"] / figures["exchange_ms_p50"],
    }


def _through(url: str) -> SignIn:
    """A whole sign-in at our server."""

    async def sign_in(username: str) -> Timing:
        started = time.perf_counter()
        async with new_browser() as browser:
            page = await browser.get(url, headers=NAVIGATION)
            asked = time.perf_counter()
            away = await browser.get(urljoin(url, page.headers["location"]))
            left = time.perf_counter()
            back = await give_password(browser, away.headers["location"], username)
            returned = time.perf_counter()
            opened = await browser.get(back)
            signed_in = time.perf_counter()
            assert opened.status_code == 303, opened.text
            assert COOKIE in browser.cookies
            page = await browser.get(urljoin(url, opened.headers["location"]))
            assert page.status_code == 200, page.headers.get("location")
        own = (left - asked) + (signed_in - returned)
        return Timing((time.perf_counter() - started) * 1000, own * 1000)

    return sign_in


@asynccontextmanager
async def _by_hand(realm: Realm, redirect_uri: str) -> AsyncIterator[SignIn]:
    """The same exchange as one writes it with authlib."""
    endpoint = f"{realm.url}/protocol/openid-connect"
    async with AsyncOAuth2Client(
        client_id=CLIENT,
        client_secret=realm.secret,
        token_endpoint_auth_method="client_secret_post",
        redirect_uri=redirect_uri,
        scope="openid",
        code_challenge_method="S256",
        timeout=60,
    ) as client:

        async def sign_in(username: str) -> Timing:
            started = time.perf_counter()
            verifier = generate_token(48)
            url, _ = client.create_authorization_url(f"{endpoint}/auth", code_verifier=verifier)
            async with new_browser() as browser:
                back = await give_password(browser, url, username)
            returned = time.perf_counter()
            await client.fetch_token(f"{endpoint}/token", authorization_response=back, code_verifier=verifier)
            ended = time.perf_counter()
            return Timing((ended - started) * 1000, (ended - returned) * 1000)

        yield sign_in


async def _people(realm: Realm) -> list[str]:
    names = [f"agent-{number}" for number in range(PEOPLE)]
    async with realm.people() as people:
        for name in names:
            await people.add(name, groups=["/DGS/Bureau-A"])
    return names


@contextmanager
def _keycloak(place: Path) -> Iterator[Keycloak]:
    folder = place / "keycloak"
    folder.mkdir()
    keycloak = Keycloak(folder, java="")
    keycloak.start()
    try:
        yield keycloak
    finally:
        keycloak.stop()


def _server(place: Path) -> Server:
    home = place / "assistant"
    home.mkdir()
    return Server([str(Path(sys.executable).parent / "assistant"), "serve", "--port"], home, "est prêt")


@contextmanager
def _serving(server: Server, realm: Realm) -> Iterator[None]:
    """With the product's own limits, but for what must be set."""
    server.environment = environment(realm, server.home) | {"ASSISTANT_SESSION_RECHECK_SECONDS": "20"}
    server.start()
    try:
        yield
    finally:
        server.stop()
