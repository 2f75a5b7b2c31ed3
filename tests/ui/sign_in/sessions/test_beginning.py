"""A session begins with a sign-in, for one person, under a cookie that nobody else has."""

import pytest

from policies.audit.event import Event
from policies.audit.ledger import Transaction
from policies.audit.postgres import PostgresLedger
from policies.errors import LedgerUnavailable
from tests.ui.sign_in.scripted_keycloak import AGENT, Clock, ScriptedKeycloak
from tests.ui.sign_in.sessions.seen import SETTINGS, assert_ended, records, rows
from ui.database import Pool
from ui.sign_in.sessions import Sessions


async def test_a_session_is_the_person_who_signed_in(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    session = await sessions.use(await sessions.start(keycloak.sign_in()))
    assert session.principal == AGENT
    assert (session.provider_session, session.created_at, session.used_at) == ("sid-1", clock.now, clock.now)
    assert await records(pool, ledger) == [("session.started", "agent", "")]


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
    stored = b"".join(value for row in await rows(pool) for value in row.values() if isinstance(value, bytes))
    stored += b"".join(body for (body,) in ledger)
    for secret in (cookie, sign_in.refresh_token, sign_in.id_token):
        assert secret.encode() not in stored


@pytest.mark.parametrize("cookie", ["", "x", "é\udcff\x00", "A" * 43, "'; drop table session; --"])
async def test_a_cookie_that_nobody_was_given_is_no_session(sessions: Sessions, cookie: str) -> None:
    await assert_ended(sessions, cookie)
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
    assert [row["provider_session"] for row in await rows(pool)] == ["sid-1"]
