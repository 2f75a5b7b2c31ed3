"""A session ends when it is unused or too old."""

import pytest

from policies.audit.postgres import PostgresLedger
from tests.ui.sign_in.scripted_keycloak import Clock, ScriptedKeycloak
from tests.ui.sign_in.sessions.seen import OTHER, assert_ended, records, rows
from ui.database import Pool
from ui.errors import SessionEnded
from ui.sign_in.sessions import Sessions


async def test_an_unused_session_ends(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    clock.forward(minutes=30)
    assert "faute d’activité" in await assert_ended(sessions, cookie)
    assert (await records(pool, ledger))[1:] == [("session.ended", "agent", "idle")]


async def test_use_keeps_a_session_and_an_open_page_does_not(
    sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    used, watched = await sessions.start(keycloak.sign_in()), await sessions.start(keycloak.sign_in())
    for _ in range(2):
        clock.forward(minutes=14)
        await sessions.use(used)
        await sessions.watch(watched)
    clock.forward(minutes=2)
    await sessions.watch(used)
    with pytest.raises(SessionEnded):
        await sessions.watch(watched)


async def test_even_a_session_in_use_ends_at_last(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    for _ in range(39):
        clock.forward(minutes=15)
        await sessions.use(cookie)
    clock.forward(minutes=15)
    assert "durée maximale" in await assert_ended(sessions, cookie)
    assert (await records(pool, ledger))[1:] == [("session.ended", "agent", "too-old")]


async def test_use_is_written_once_a_minute_at_most(
    pool: Pool, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie, start = await sessions.start(keycloak.sign_in()), clock.now
    clock.forward(seconds=59)
    await sessions.use(cookie)
    assert [row["used_at"] for row in await rows(pool)] == [start]
    clock.forward(seconds=1)
    await sessions.use(cookie)
    assert [row["used_at"] for row in await rows(pool)] == [clock.now]


async def test_a_sign_in_clears_away_sessions_that_nobody_came_back_to(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    await sessions.start(keycloak.sign_in())
    clock.forward(minutes=29)
    await sessions.start(keycloak.sign_in(OTHER))
    clock.forward(minutes=1)
    assert [session.principal for session in await sessions.held()] == [OTHER]
    await sessions.start(keycloak.sign_in())
    assert [row["subject"] for row in await rows(pool)] == ["s-autre", "s-agent"]
    assert (await records(pool, ledger))[-1] == ("session.ended", "agent", "expired")
