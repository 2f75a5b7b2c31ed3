"""A session follows what Keycloak says of its person."""

from dataclasses import replace

from policies.audit.postgres import PostgresLedger
from policies.principal import Role
from tests.ui.sign_in.scripted_keycloak import AGENT, Clock, ScriptedKeycloak
from tests.ui.sign_in.sessions.seen import OTHER, RECHECK, SETTINGS, assert_ended, records
from ui.database import Pool
from ui.errors import TokenRefused
from ui.sign_in.sessions import Sessions


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
    await assert_ended(sessions, cookie)
    await assert_ended(sessions, cookie)
    assert (await records(pool, ledger))[1:] == [("session.ended", "agent", "ended-by-provider")]


async def test_who_lost_their_last_role_is_told_so(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.change("sid-1", roles=frozenset())
    clock.forward(seconds=RECHECK)
    assert "plus de rôle" in await assert_ended(sessions, cookie)
    assert (await records(pool, ledger))[1:] == [("session.ended", "agent", "no-role")]


async def test_tokens_that_do_not_hold_end_the_session(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.failure = TokenRefused("aud", "Ce jeton n’est pas pour l’assistant.")
    clock.forward(seconds=RECHECK)
    await assert_ended(sessions, cookie)
    assert (await records(pool, ledger))[1:] == [("session.ended", "agent", "token-refused")]


async def test_another_persons_tokens_end_the_session(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    keycloak.people["sid-1"] = OTHER
    clock.forward(seconds=RECHECK)
    await assert_ended(sessions, cookie)
    assert (await records(pool, ledger))[1:] == [("session.ended", "agent", "token-refused")]


async def test_tokens_sealed_with_another_key_end_the_session(
    pool: Pool, ledger: PostgresLedger, sessions: Sessions, keycloak: ScriptedKeycloak, clock: Clock
) -> None:
    cookie = await sessions.start(keycloak.sign_in())
    other = Sessions(pool, ledger, keycloak, replace(SETTINGS, key=bytes(range(32))), clock)
    assert (await other.use(cookie)).principal == AGENT
    clock.forward(seconds=RECHECK)
    await assert_ended(other, cookie)
    assert (await records(pool, ledger))[1:] == [("session.ended", "agent", "unreadable")]
