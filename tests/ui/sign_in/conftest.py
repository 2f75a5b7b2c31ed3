"""A realm of the real Keycloak, and our client there."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.keycloak import Keycloak, Realm, provisioned
from tests.ui.sign_in.visiting import SHAPE
from ui.sign_in.provider import Provider, ProviderSettings, open_provider


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def realm(keycloak: Keycloak) -> Realm:
    """One for all tests of signing in: making it takes seconds, and each has people of its own."""
    return await provisioned(keycloak, SHAPE)


@pytest.fixture
def settings(realm: Realm) -> ProviderSettings:
    """Our client in that realm."""
    return realm.provider(SHAPE)


@pytest.fixture
async def provider(settings: ProviderSettings) -> AsyncIterator[Provider]:
    """A provider that has not been asked anything yet."""
    async with open_provider(settings) as provider:
        yield provider


@pytest.fixture
def name() -> str:
    """A name that nobody has yet."""
    return f"agent-{uuid4().hex[:8]}"
