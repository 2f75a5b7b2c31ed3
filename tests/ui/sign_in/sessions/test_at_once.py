"""Many requests and several processes that use one session at once."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from policies.audit.postgres import PostgresLedger
from tests.ui.sign_in.scripted_keycloak import Clock, ScriptedKeycloak
from tests.ui.sign_in.sessions.seen import RECHECK, SETTINGS, records, rows
from ui.database import Pool
from ui.errors import SessionEnded
from ui.sign_in.session_table import SessionTable
from ui.sign_in.sessions import CLAIM_ABANDONED_AFTER, Sessions
from ui.sign_in.tokens import LogoutClaims


async def test_of_all_requests_in_two_processes_one_asks_keycloak_and_all_hear_the_answer(
    process: Callable[[], Sessions], keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    one, other = process(), process()
    cookie = await one.start(keycloak.sign_in())
    keycloak.change("sid-1", groups=frozenset({"/DGOS"}))
    clock.forward(seconds=RECHECK)
    used = await asyncio.gather(*(sessions.use(cookie) for sessions in (one, other) for _ in range(10)))
    assert {session.principal.groups for session in used} == {frozenset({"/DGOS"})}
    assert keycloak.asked == 1


async def test_all_requests_at_once_hear_that_the_session_ended_and_one_records_it(
    pool: Pool,
    ledger: PostgresLedger,
    process: Callable[[], Sessions],
    keycloak: ScriptedKeycloak,
    clock: Clock,
) -> None:
    one, other = process(), process()
    cookie = await one.start(keycloak.sign_in())
    keycloak.sign_out("sid-1")
    clock.forward(seconds=RECHECK)
    used = [sessions.use(cookie) for sessions in (one, other) for _ in range(5)]
    heard = await asyncio.gather(*used, return_exceptions=True)
    assert {type(error) for error in heard} == {SessionEnded}
    assert len(await records(pool, ledger)) == 2


async def test_a_request_that_is_given_up_does_not_lose_the_new_refresh_token(
    sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    clock.forward(seconds=RECHECK)
    keycloak.answers.clear()
    request = asyncio.create_task(sessions.use(cookie))
    await keycloak.at_work.wait()
    request.cancel()
    await asyncio.wait([request])
    keycloak.answers.set()
    async with asyncio.timeout(30):  # a check that was given up too would be waited for
        await sessions.use(cookie)
    clock.forward(seconds=RECHECK)
    await sessions.use(cookie)
    assert keycloak.asked == 2


async def test_who_signs_out_while_keycloak_is_asked_stays_signed_out(
    pool: Pool, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    clock.forward(seconds=RECHECK)
    keycloak.answers.clear()
    request = asyncio.create_task(sessions.use(cookie))
    await keycloak.at_work.wait()
    assert await sessions.end(cookie)
    keycloak.answers.set()
    with pytest.raises(SessionEnded):
        await request
    assert await rows(pool) == []


async def test_of_two_processes_one_may_ask_and_only_when_it_is_time(
    pool: Pool, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    await sessions.start(keycloak.sign_in())
    [row] = await rows(pool)
    table = SessionTable(SETTINGS.key)

    async def may_ask() -> bool:
        due, abandoned = clock.now - SETTINGS.recheck, clock.now - CLAIM_ABANDONED_AFTER
        async with pool.connection() as connection:
            return await table.claim(connection, row["id"], clock.now, due, abandoned) is not None

    assert not await may_ask()
    clock.forward(seconds=RECHECK)
    assert [await may_ask(), await may_ask()] == [True, False]
    clock.forward(seconds=CLAIM_ABANDONED_AFTER.total_seconds())
    assert [await may_ask(), await may_ask()] == [True, False]


async def test_another_request_takes_over_from_a_process_that_died_while_it_asked(
    pool: Pool, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    clock.forward(seconds=RECHECK)
    async with pool.connection() as connection:
        await connection.execute("update session set claimed_at = %s", [clock.now])
    clock.forward(seconds=CLAIM_ABANDONED_AFTER.total_seconds())
    await sessions.use(cookie)
    assert keycloak.asked == 1


@pytest.mark.parametrize("silent", [False, True])
async def test_a_check_that_has_ended_holds_up_no_other(
    pool: Pool, ledger: PostgresLedger, keycloak: ScriptedKeycloak, clock: Clock, silent: bool
) -> None:
    sessions = Sessions(pool, ledger, keycloak, replace(SETTINGS, recheck=dt.timedelta(seconds=1)), clock)
    cookie = await sessions.start(keycloak.sign_in())
    if silent:
        keycloak.goes_down()
    async with asyncio.timeout(30):  # who finds a check under way waits for it
        for _ in range(3):
            clock.forward(seconds=1)
            await sessions.use(cookie)
    assert keycloak.asked == 3


async def test_a_race_of_two_that_end_a_session_has_one_record(
    pool: Pool, ledger: PostgresLedger, process: Callable[[], Sessions], keycloak: ScriptedKeycloak
) -> None:
    one, other = process(), process()
    cookie = await one.start(keycloak.sign_in())
    ended = await asyncio.gather(one.end(cookie), other.end(cookie), other.end_by_provider(LogoutClaims("", "sid-1")))
    assert sum(bool(end) for end in ended) == 1
    assert len(await records(pool, ledger)) == 2
