"""A session is ended by its person, by Keycloak or by an administrator."""

import pytest

from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from tests.ui.sign_in.scripted_keycloak import AGENT, ScriptedKeycloak
from tests.ui.sign_in.sessions.seen import OTHER, assert_ended, records
from ui.database import Pool
from ui.sign_in.sessions import Sessions
from ui.sign_in.tokens import LogoutClaims


async def test_signing_out_gives_what_ends_the_session_at_keycloak(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak
) -> None:
    sign_in = keycloak.sign_in()
    cookie = await sessions.start(sign_in)
    ended = await sessions.end(cookie)
    assert ended
    assert (ended.refresh_token, ended.id_token) == (sign_in.refresh_token, sign_in.id_token)
    assert sign_in.refresh_token not in repr(ended)
    await assert_ended(sessions, cookie)
    assert await sessions.end(cookie) is None
    assert (await records(pool, ledger))[1:] == [("session.ended", "agent", "signed-out")]


@pytest.mark.parametrize(
    ("claims", "left"),
    [
        (LogoutClaims(subject="", provider_session="sid-1"), ["sid-2", "sid-3"]),
        (LogoutClaims(subject="s-agent", provider_session="sid-1"), ["sid-2", "sid-3"]),
        (LogoutClaims(subject="s-agent", provider_session=""), ["sid-3"]),
        (LogoutClaims(subject="s-autre", provider_session="sid-1"), ["sid-1", "sid-2", "sid-3"]),
        (LogoutClaims(subject="", provider_session="sid-unknown"), ["sid-1", "sid-2", "sid-3"]),
        (LogoutClaims(subject="", provider_session=""), ["sid-1", "sid-2", "sid-3"]),
    ],
)
async def test_keycloak_ends_the_sessions_that_it_names_and_no_others(
    sessions: Sessions, keycloak: ScriptedKeycloak, claims: LogoutClaims, left: list[str]
) -> None:
    for person in (AGENT, AGENT, OTHER):
        await sessions.start(keycloak.sign_in(person))
    assert await sessions.end_by_provider(claims) == 3 - len(left)
    assert sorted(session.provider_session for session in await sessions.held()) == left


async def test_an_administrator_who_ends_a_session_is_named_in_its_record(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, administrateur: Principal
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    [session] = await sessions.held()
    ended = await sessions.end_by_administrator(administrateur, session.id)
    assert ended
    assert ended.session == session
    await assert_ended(sessions, cookie)
    assert await sessions.end_by_administrator(administrateur, session.id) is None
    assert (await records(pool, ledger))[1:] == [("session.revoked", "administrateur", "")]
