"""Signing in and out over HTTP, at the real Keycloak: what a browser may bring that is not its own."""

import datetime as dt
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from policies import Act, PostgresLedger, Role
from tests.keycloak import Realm, fill_in
from tests.ui.sign_in.visiting import ADDRESS, SHAPE
from ui.database import Pool
from ui.pages import Notice
from ui.sign_in.authentication import COOKIE
from ui.sign_in.provider import open_provider
from ui.sign_in.refusals import RefusalLimits, Refusals
from ui.sign_in.routes import SignInServices, sign_in_router
from ui.sign_in.sessions import Sessions, SessionSettings

NOTICE = Notice(model="essai", demonstration=False, local=False)
LIMITS = SessionSettings(idle=dt.timedelta(hours=1), absolute=dt.timedelta(hours=12), key=b"k" * 32)


@pytest.fixture
async def app(realm: Realm, pool: Pool) -> AsyncIterator[FastAPI]:
    """The pages of the sign-in."""
    ledger = PostgresLedger()
    async with open_provider(realm.provider(SHAPE)) as provider:
        sessions = Sessions(pool, ledger, provider, LIMITS)
        refusals = Refusals(pool, ledger, RefusalLimits())
        app = FastAPI()
        app.include_router(sign_in_router(SignInServices(provider, sessions, refusals, NOTICE, Fernet.generate_key())))
        yield app


@pytest.fixture
async def camille(realm: Realm) -> str:
    """An agent's name that is in no other test."""
    name = f"camille-{uuid4().hex[:8]}"
    async with realm.people() as people:
        await people.add(name, roles=[Role.AGENT])
    return name


def _browser(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://essai")


async def _acts(pool: Pool) -> list[tuple[str, dict[str, str]]]:
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    return [(body["act"], body["details"]) for body in bodies]


async def _to_keycloak(browser: httpx.AsyncClient, retour: str = "/") -> str:
    response = await browser.get("/connexion", params={"retour": retour})
    assert response.status_code == 303
    return response.headers["location"]


async def test_a_sign_in_asks_for_a_code_with_state_nonce_and_challenge(app: FastAPI) -> None:
    async with _browser(app) as browser:
        asked = parse_qs(urlsplit(await _to_keycloak(browser)).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 32 for name in ("state", "nonce", "code_challenge"))


async def test_who_comes_back_has_a_session_of_their_own_and_what_they_wanted(
    app: FastAPI, pool: Pool, camille: str
) -> None:
    async with _browser(app) as browser:
        browser.cookies.set(COOKIE, "posée avant", domain="essai")
        back = await browser.get(
            "/connexion/retour", params=await fill_in(await _to_keycloak(browser, "/thread/1"), camille)
        )
        assert (back.status_code, back.headers["location"]) == (303, "/thread/1")
        [cookie] = [one for one in back.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")]
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {"httponly", "path=/", "samesite=lax", "secure"}
    assert "posée avant" not in cookie
    assert [act for act, _ in await _acts(pool)] == [Act.SIGNED_IN]


@pytest.mark.parametrize(
    "elsewhere", ["https://exemple.invalid", "//exemple.invalid", "/\\exemple.invalid", "/a\r\nb: c"]
)
async def test_nobody_is_sent_elsewhere_afterwards(app: FastAPI, camille: str, elsewhere: str) -> None:
    async with _browser(app) as browser:
        back = await browser.get(
            "/connexion/retour", params=await fill_in(await _to_keycloak(browser, elsewhere), camille)
        )
    assert back.headers["location"] == "/"


async def test_a_code_opens_nothing_a_second_time(app: FastAPI, pool: Pool, camille: str) -> None:
    async with _browser(app) as browser:
        query = await fill_in(await _to_keycloak(browser), camille)
        kept = dict(browser.cookies)
        assert (await browser.get("/connexion/retour", params=query)).status_code == 303
        again = await browser.get("/connexion/retour", params=query)
        replayed = await browser.get("/connexion/retour", params=query, headers={"Cookie": _header(kept)})
    for refused in (again, replayed):
        assert refused.status_code == 401
        assert COOKIE not in refused.headers.get("set-cookie", "")
    assert [act for act, _ in await _acts(pool)] == [Act.SIGNED_IN, Act.SIGN_IN_REFUSED, Act.SIGN_IN_REFUSED]


async def test_a_browser_that_did_not_set_out_gets_no_session(app: FastAPI, pool: Pool, camille: str) -> None:
    """Somebody who leads another's browser to the end of a sign-in of their own."""
    async with _browser(app) as attacker, _browser(app) as victim:
        query = await fill_in(await _to_keycloak(attacker), camille)
        await _to_keycloak(victim)
        refused = await victim.get("/connexion/retour", params=query)
    assert refused.status_code == 401
    assert COOKIE not in refused.headers.get("set-cookie", "")
    assert await _acts(pool) == [(Act.SIGN_IN_REFUSED, {"reason": "state"})]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code": "x"},
        {"code": "x", "state": "x" * 43},
        {"code": "x", "state": "a\r\nSet-Cookie: b=c"},
        {"error": "access_denied", "state": "é"},
    ],
)
async def test_what_comes_back_from_nowhere_is_a_page_in_french(app: FastAPI, query: dict[str, str]) -> None:
    async with _browser(app) as browser:
        refused = await browser.get("/connexion/retour", params=query)
    assert refused.status_code == 401
    assert "Recommencez" in refused.text


async def test_a_changed_attempt_is_nobodys(app: FastAPI, camille: str) -> None:
    async with _browser(app) as browser:
        query = await fill_in(await _to_keycloak(browser), camille)
        [(name, sealed)] = dict(browser.cookies).items()
        forged = sealed.strip('"')[:-6] + "AAAAA="
        refused = await browser.get("/connexion/retour", params=query, headers={"Cookie": f"{name}={forged}"})
    assert refused.status_code == 401


async def test_who_signs_in_anew_leaves_the_session_that_their_browser_had(
    app: FastAPI, pool: Pool, camille: str
) -> None:
    async with _browser(app) as browser:
        for _ in range(2):
            await browser.get("/connexion/retour", params=await fill_in(await _to_keycloak(browser), camille))
    assert [act for act, _ in await _acts(pool)] == [Act.SIGNED_IN, Act.SIGNED_IN, Act.SIGNED_OUT]


async def test_who_has_no_role_gets_no_session(app: FastAPI, realm: Realm, pool: Pool) -> None:
    name = f"dominique-{uuid4().hex[:8]}"
    async with realm.people() as people:
        await people.add(name, roles=[])
    async with _browser(app) as browser:
        refused = await browser.get("/connexion/retour", params=await fill_in(await _to_keycloak(browser), name))
    assert refused.status_code == 401
    assert "aucun rôle" in refused.text
    assert await _acts(pool) == [(Act.SIGN_IN_REFUSED, {"reason": "no-role"})]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_a_forged_word_from_keycloak_ends_nothing(app: FastAPI, pool: Pool, camille: str, token: str) -> None:
    async with _browser(app) as browser:
        await browser.get("/connexion/retour", params=await fill_in(await _to_keycloak(browser), camille))
        refused = await browser.post("/deconnexion/keycloak", data={"logout_token": token})
    assert refused.status_code in (400, 422)
    assert Act.SIGNED_OUT not in [act for act, _ in await _acts(pool)]


async def test_who_is_refused_too_often_is_told_when_to_come_again(app: FastAPI, pool: Pool, camille: str) -> None:
    async with _browser(app) as browser:
        for _ in range(RefusalLimits().budget):
            assert (await browser.get("/connexion/retour")).status_code == 401
        turned_away = await browser.get("/connexion/retour")
        assert (turned_away.status_code, turned_away.headers["retry-after"]) == (429, "60")
        assert "Attendez une minute" in turned_away.text
        forged = await browser.post("/deconnexion/keycloak", data={"logout_token": "a.b.c"})
        assert (forged.status_code, forged.headers["retry-after"]) == (429, "60")
        back = await browser.get("/connexion/retour", params=await fill_in(await _to_keycloak(browser), camille))
        assert back.status_code == 303
    acts = [act for act, _ in await _acts(pool)]
    assert acts == [Act.SIGN_IN_REFUSED] * RefusalLimits().budget + [Act.SIGNED_IN]


async def test_leaving_ends_the_session_and_leads_out_of_keycloak(app: FastAPI, pool: Pool, camille: str) -> None:
    async with _browser(app) as browser:
        await browser.get("/connexion/retour", params=await fill_in(await _to_keycloak(browser), camille))
        assert (await browser.post("/logout")).json() == {"success": True}
        assert (await browser.get("/connexion")).headers["location"] == "/deconnexion"
        out = urlsplit((await browser.get("/deconnexion")).headers["location"])
        assert parse_qs(out.query)["post_logout_redirect_uri"] == [f"{ADDRESS}/deconnecte"]
        assert "déconnecté" in (await browser.get("/deconnecte")).text
        for _ in range(2):  # the chat's page may ask once more
            assert (await browser.get("/connexion")).headers["location"] == "/deconnexion"
            assert (await browser.get("/deconnexion")).headers["location"] == "/deconnecte"
            assert "déconnecté" in (await browser.get("/deconnecte")).text
        again = await browser.get("/connexion", params={"encore": "true"})
        assert urlsplit(again.headers["location"]).path.endswith("/auth")
        assert (await browser.get("/deconnexion")).headers["location"] == "/"
    assert [act for act, _ in await _acts(pool)] == [Act.SIGNED_IN, Act.SIGNED_OUT]


def _header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
