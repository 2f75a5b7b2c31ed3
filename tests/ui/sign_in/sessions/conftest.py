"""Sessions over a clock and a Keycloak that do what a test wants."""

from collections.abc import Callable

import pytest

from policies.audit.postgres import PostgresLedger
from tests.ui.sign_in.scripted_keycloak import Clock, ScriptedKeycloak
from tests.ui.sign_in.sessions.seen import SETTINGS
from ui.database import Pool
from ui.sign_in.sessions import Sessions


@pytest.fixture
def clock() -> Clock:
    """The time of the sessions and of Keycloak."""
    return Clock()


@pytest.fixture
def keycloak(clock: Clock) -> ScriptedKeycloak:
    """In place of the real one."""
    return ScriptedKeycloak(clock)


@pytest.fixture
def process(pool: Pool, ledger: PostgresLedger, keycloak: ScriptedKeycloak, clock: Clock) -> Callable[[], Sessions]:
    """Makes the sessions of one process; what several share is the database and Keycloak."""
    return lambda: Sessions(pool, ledger, keycloak, SETTINGS, clock)


@pytest.fixture
def sessions(process: Callable[[], Sessions]) -> Sessions:
    """The sessions of the only process."""
    return process()
