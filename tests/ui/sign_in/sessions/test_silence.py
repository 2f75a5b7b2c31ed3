"""While Keycloak does not answer, a session goes on to the limit of its token, and no further."""

import pytest

from policies.audit.postgres import PostgresLedger
from tests.ui.sign_in.scripted_keycloak import ACCESS_TOKEN_LIFE, AGENT, Clock, ScriptedKeycloak
from tests.ui.sign_in.sessions.seen import RECHECK, SETTINGS
from ui.database import Pool
from ui.errors import ProviderUnreachable, UnknownKey
from ui.sign_in.sessions import Sessions


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
