"""A realm of the real Keycloak in its shape with its administrator, and the export of one that no Keycloak has."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from keycloak import KeycloakAdmin

from tests.keycloak import Keycloak, Realm, provisioned
from tests.ui.realm.exported import exported
from tests.ui.realm.shaped import SHAPE, administrator_of
from ui.realm.representation import Representation
from ui.realm.settings import RealmSettings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def realm(keycloak: Keycloak) -> Realm:
    """One realm for all who do not make their own; a test that changes it repairs it."""
    return await provisioned(keycloak, SHAPE)


@pytest.fixture
async def admin(realm: Realm) -> AsyncIterator[KeycloakAdmin]:
    """Its administrator."""
    async with realm.keycloak.administered(realm.name) as admin:
        yield admin


@pytest.fixture
def access(realm: Realm) -> RealmSettings:
    """The same, as the command line reaches it."""
    return administrator_of(realm)


@pytest.fixture
def export() -> Representation:
    """The export of a realm in its shape, for a test to break."""
    return exported()
