"""Sessions begin with a sign-in, follow what Keycloak says, and end when they must."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from psycopg.rows import dict_row

from policies.audit.event import Event
from policies.audit.ledger import Transaction
from policies.audit.postgres import PostgresLedger
from policies.errors import LedgerUnavailable
from policies.principal import Principal, Role
from tests.ui.sign_in.scripted_keycloak import ACCESS_TOKEN_LIFE, AGENT, Clock, ScriptedKeycloak
from ui.database import Pool
from ui.errors import ProviderUnreachable, SessionEnded, TokenRefused, UnknownKey
from ui.sign_in.session_table import SessionTable
from ui.sign_in.sessions import CLAIM_ABANDONED_AFTER, Sessions, SessionSettings
from ui.sign_in.tokens import LogoutClaims

SETTINGS = SessionSettings(idle=dt.timedelta(minutes=30), absolute=dt.timedelta(hours=10), key=bytes(32))
RECHECK = SETTINGS.recheck.total_seconds()
OTHER = Principal("s-autre", "autre", frozenset(), frozenset({Role.AGENT}))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keycloak(clock: Clock) -> ScriptedKeycloak:
    return ScriptedKeycloak(clock)


@pytest.fixture
def process(pool: Pool, ledger: PostgresLedger, keycloak: ScriptedKeycloak, clock: Clock) -> Callable[[], Sessions]:
    """Makes the sessions of one process; what several share is the database and Keycloak."""
    return lambda: Sessions(pool, ledger, keycloak, SETTINGS, clock)


@pytest.fixture
def sessions(process: Callable[[], Sessions]) -> Sessions:
    return process()


async def _rows(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute("select * from session")).fetchall()


async def _records(pool: Pool, ledger: PostgresLedger) -> list[tuple[str, str, str]]:
    """Act, person and reason of each record."""
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in ledger.records(connection)]
    return [(body["act"], body["principal"]["username"], body["details"].get("reason", "")) for body in bodies]


async def _assert_ended(sessions: Sessions, cookie: str) -> str:
    with pytest.raises(SessionEnded) as ended:
        await sessions.use(cookie)
    return str(ended.value)


# Beginning


async def test_a_session_is_the_person_who_signed_in(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    session = await sessions.use(await sessions.start(keycloak.sign_in()))
    assert session.principal == AGENT
    assert (session.provider_session, session.created_at, session.used_at) == ("sid-1", clock.now, clock.now)
    assert await _records(pool, ledger) == [("session.started", "agent", "")]


async def test_each_sign_in_gets_a_cookie_and_a_session_of_its_own(
    sessions: Sessions, keycloak: ScriptedKeycloak
) -> None:
    first, second = await sessions.start(keycloak.sign_in()), await sessions.start(keycloak.sign_in())
    assert len({first, second}) == 2
    assert (await sessions.use(first)).id != (await sessions.use(second)).id


async def test_neither_the_table_nor_the_ledger_tells_the_cookie_or_a_token(
    pool: Pool, sessions: Sessions, keycloak: ScriptedKeycloak
) -> None:
    sign_in = keycloak.sign_in()
    cookie = await sessions.start(sign_in)
    async with pool.connection() as connection:
        ledger = await (await connection.execute("select body from ledger_record")).fetchall()
    stored = b"".join(value for row in await _rows(pool) for value in row.values() if isinstance(value, bytes))
    stored += b"".join(body for (body,) in ledger)
    for secret in (cookie, sign_in.refresh_token, sign_in.id_token):
        assert secret.encode() not in stored


@pytest.mark.parametrize("cookie", ["", "x", "é\udcff\x00", "A" * 43, "'; drop table session; --"])
async def test_a_cookie_that_nobody_was_given_is_no_session(sessions: Sessions, cookie: str) -> None:
    await _assert_ended(sessions, cookie)
    assert await sessions.end(cookie) is None


class _Refusing(PostgresLedger):
    async def append(self, transaction: Transaction, event: Event) -> int:
        raise LedgerUnavailable("Le registre n’accepte pas l’inscription.")


async def test_without_a_record_no_session_begins_or_ends(
    pool: Pool, sessions: Sessions, keycloak: ScriptedKeycloak
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    unrecorded = Sessions(pool, _Refusing(), keycloak, SETTINGS)
    with pytest.raises(LedgerUnavailable):
        await unrecorded.start(keycloak.sign_in())
    with pytest.raises(LedgerUnavailable):
        await unrecorded.end(cookie)
    assert [row["provider_session"] for row in await _rows(pool)] == ["sid-1"]


# What Keycloak says


async def test_keycloak_is_not_asked_again_before_the_time(
    sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    clock.forward(seconds=RECHECK - 1)
    await sessions.use(cookie)
    assert keycloak.asked == 0
    clock.forward(seconds=1)
    await sessions.use(cookie)
    await sessions.use(cookie)
    assert keycloak.asked == 1


async def test_new_groups_and_roles_hold_at_the_next_check(
    sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.change("sid-1", groups=frozenset({"/DGOS"}), roles=frozenset({Role.GESTIONNAIRE}))
    clock.forward(seconds=RECHECK)
    person = (await sessions.watch(cookie)).principal
    assert (person.groups, person.roles) == (frozenset({"/DGOS"}), frozenset({Role.GESTIONNAIRE}))


async def test_a_session_goes_on_over_many_checks(sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    for _ in range(20):
        clock.forward(minutes=1)
        await sessions.use(cookie)
    assert keycloak.asked == 20


async def test_who_signed_out_at_keycloak_is_signed_out_here(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.sign_out("sid-1")
    clock.forward(seconds=RECHECK)
    await _assert_ended(sessions, cookie)
    await _assert_ended(sessions, cookie)
    assert (await _records(pool, ledger))[1:] == [("session.ended", "agent", "ended-by-provider")]


async def test_who_lost_their_last_role_is_told_so(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.change("sid-1", roles=frozenset())
    clock.forward(seconds=RECHECK)
    assert "plus de rôle" in await _assert_ended(sessions, cookie)
    assert (await _records(pool, ledger))[1:] == [("session.ended", "agent", "no-role")]


async def test_tokens_that_do_not_hold_end_the_session(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.failure = TokenRefused("aud", "Ce jeton n’est pas pour l’assistant.")
    clock.forward(seconds=RECHECK)
    await _assert_ended(sessions, cookie)
    assert (await _records(pool, ledger))[1:] == [("session.ended", "agent", "token-refused")]


async def test_another_persons_tokens_end_the_session(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.people["sid-1"] = OTHER
    clock.forward(seconds=RECHECK)
    await _assert_ended(sessions, cookie)
    assert (await _records(pool, ledger))[1:] == [("session.ended", "agent", "token-refused")]


async def test_tokens_sealed_with_another_key_end_the_session(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    other = Sessions(pool, ledger, keycloak, replace(SETTINGS, key=bytes(range(32))), clock)
    assert (await other.use(cookie)).principal == AGENT
    clock.forward(seconds=RECHECK)
    await _assert_ended(other, cookie)
    assert (await _records(pool, ledger))[1:] == [("session.ended", "agent", "unreadable")]


# Keycloak does not answer


@pytest.mark.parametrize("failure", [ProviderUnreachable("Silence."), UnknownKey("kid", "Clé inconnue.")])
async def test_while_keycloak_is_silent_a_session_goes_on_to_the_limit_of_its_token(
    sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock, failure: Exception
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.failure = failure
    clock.forward(seconds=ACCESS_TOKEN_LIFE.total_seconds() - 1)
    assert (await sessions.use(cookie)).principal == AGENT
    clock.forward(seconds=1)
    with pytest.raises(ProviderUnreachable, match="Keycloak ne répond pas"):
        await sessions.use(cookie)


async def test_a_session_resumes_when_keycloak_answers_again(
    sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.goes_down()
    clock.forward(minutes=6)
    with pytest.raises(ProviderUnreachable):
        await sessions.use(cookie)
    keycloak.comes_back()
    clock.forward(seconds=RECHECK)
    assert (await sessions.use(cookie)).principal == AGENT


async def test_a_silent_keycloak_is_asked_no_more_often_than_one_that_answers(
    sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.goes_down()
    clock.forward(minutes=6)
    for _ in range(3):
        with pytest.raises(ProviderUnreachable):
            await sessions.use(cookie)
    assert keycloak.asked == 1


async def test_a_token_that_is_over_by_our_clock_holds_to_the_next_check(
    pool: Pool, ledger: PostgresLedger, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    ahead = Clock()
    ahead.forward(minutes=10)
    sessions = Sessions(pool, ledger, keycloak, SETTINGS, ahead)
    cookie = await sessions.start(keycloak.sign_in())
    await sessions.use(cookie)
    ahead.forward(seconds=RECHECK)
    await sessions.use(cookie)
    assert keycloak.asked == 1


# At once


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
    assert len(await _records(pool, ledger)) == 2


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
    assert await _rows(pool) == []


async def test_of_two_processes_one_may_ask_and_only_when_it_is_time(
    pool: Pool, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    await sessions.start(keycloak.sign_in())
    [row] = await _rows(pool)
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
    assert len(await _records(pool, ledger)) == 2


# Limits


async def test_an_unused_session_ends(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    clock.forward(minutes=30)
    assert "faute d’activité" in await _assert_ended(sessions, cookie)
    assert (await _records(pool, ledger))[1:] == [("session.ended", "agent", "idle")]


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
    assert "durée maximale" in await _assert_ended(sessions, cookie)
    assert (await _records(pool, ledger))[1:] == [("session.ended", "agent", "too-old")]


async def test_use_is_written_once_a_minute_at_most(
    pool: Pool, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie, start = await sessions.start(keycloak.sign_in()), clock.now
    clock.forward(seconds=59)
    await sessions.use(cookie)
    assert [row["used_at"] for row in await _rows(pool)] == [start]
    clock.forward(seconds=1)
    await sessions.use(cookie)
    assert [row["used_at"] for row in await _rows(pool)] == [clock.now]


async def test_a_sign_in_clears_away_sessions_that_nobody_came_back_to(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    await sessions.start(keycloak.sign_in())
    clock.forward(minutes=29)
    await sessions.start(keycloak.sign_in(OTHER))
    clock.forward(minutes=1)
    assert [session.principal for session in await sessions.held()] == [OTHER]
    await sessions.start(keycloak.sign_in())
    assert [row["subject"] for row in await _rows(pool)] == ["s-autre", "s-agent"]
    assert (await _records(pool, ledger))[-1] == ("session.ended", "agent", "expired")


# Endings


async def test_signing_out_gives_what_ends_the_session_at_keycloak(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak
) -> None:
    sign_in = keycloak.sign_in()
    cookie = await sessions.start(sign_in)
    ended = await sessions.end(cookie)
    assert ended
    assert (ended.refresh_token, ended.id_token) == (sign_in.refresh_token, sign_in.id_token)
    assert sign_in.refresh_token not in repr(ended)
    await _assert_ended(sessions, cookie)
    assert await sessions.end(cookie) is None
    assert (await _records(pool, ledger))[1:] == [("session.ended", "agent", "signed-out")]


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
    await _assert_ended(sessions, cookie)
    assert await sessions.end_by_administrator(administrateur, session.id) is None
    assert (await _records(pool, ledger))[1:] == [("session.revoked", "administrateur", "")]
