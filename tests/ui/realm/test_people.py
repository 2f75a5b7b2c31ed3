"""People looked up in the real Keycloak: as their token would describe them, by an account that may only read."""

import pytest
import pytest_asyncio
from keycloak.exceptions import KeycloakGetError

from policies.principal import Role
from tests.keycloak import CLIENT, PASSWORD, Keycloak, Realm, fill_in, provisioned
from ui.commands.provisioning import shape_of
from ui.errors import PersonNotFound, ProviderUnreachable, RealmRefused, SignInEnded
from ui.realm.connection import open_realm
from ui.realm.people import People, directory_settings, end_sessions
from ui.realm.settings import RealmSettings
from ui.realm.shape import api_scope
from ui.sign_in.provider import Provider, SignIn, open_provider
from ui.sign_in.tokens import RoleSource, TokenSettings

SHAPE = shape_of("http://127.0.0.1:1", CLIENT)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def realm(keycloak: Keycloak) -> Realm:
    """A realm for this module."""
    realm = await provisioned(keycloak, SHAPE)
    async with realm.people() as people:
        await people.add("anne", groups=["/DGS/Bureau-A", "/DAJ"], roles=[Role.AGENT, Role.GESTIONNAIRE])
        await people.add("benoit", groups=["/DGS/Bureau-B"], roles=[])
    return realm


@pytest.fixture
def tokens(realm: Realm) -> TokenSettings:
    """How tokens of that realm are read."""
    return TokenSettings(realm.url, CLIENT, api_scope(CLIENT))


@pytest.fixture
def account(realm: Realm) -> RealmSettings:
    """The assistant's own account."""
    return directory_settings(realm.url, CLIENT, realm.secret)


@pytest.fixture
def people(account: RealmSettings, tokens: TokenSettings) -> People:
    """The people of that realm, as the assistant's own account sees them."""
    return People(account, tokens)


async def _sign_in(provider: Provider, username: str) -> SignIn:
    beginning = await provider.begin()
    back = await fill_in(beginning.url, username, PASSWORD)
    return await provider.finish(back["code"], beginning, back["iss"])


async def test_what_keycloak_does_not_let_the_account_read_is_said(people: People) -> None:
    with pytest.raises(RealmRefused, match="--role et --group"):
        await people.find("anne")


async def test_groups_have_their_full_path(people: People) -> None:
    assert await people.groups() == ["/DAJ", "/DGS", "/DGS/Bureau-A", "/DGS/Bureau-B"]


async def test_roles_may_be_read_off_groups(account: RealmSettings, realm: Realm) -> None:
    groups = {"/DAJ": Role.AUDITEUR, "/DGS": Role.AGENT}
    tokens = TokenSettings(realm.url, CLIENT, api_scope(CLIENT), RoleSource.GROUPS, groups)
    anne = await People(account, tokens).find("anne")
    assert anne.groups == {"/DGS/Bureau-A", "/DAJ"}
    assert anne.roles == {Role.AUDITEUR}


async def test_nobody_of_another_name_is_found(people: People) -> None:
    for name in ("ann", "personne", "*", ""):
        with pytest.raises(PersonNotFound, match="royaume"):
            await people.find(name)


async def test_a_closed_account_is_not_enabled(people: People, realm: Realm) -> None:
    async with realm.people() as others:
        subject = await others.add("emile")
        assert await people.enabled(subject)
        await others.disable(subject)
    assert not await people.enabled(subject)
    assert not await people.enabled("00000000-0000-0000-0000-000000000000")


async def test_the_assistants_account_changes_nothing_and_sees_no_secret(account: RealmSettings) -> None:
    with pytest.raises(RealmRefused, match="droits"):
        await end_sessions(account, "anne")
    async with open_realm(account) as admin:
        with pytest.raises(KeycloakGetError, match="403"):
            await admin.a_get_clients()


async def test_an_administrator_ends_all_sessions_of_a_person(realm: Realm, account: RealmSettings) -> None:
    administrator = RealmSettings(
        url=account.url,
        realm=realm.name,
        account_realm="master",
        client="admin-cli",
        user="admin",
        password="admin",
    )
    async with open_provider(realm.provider(SHAPE)) as provider:
        signed_in = await _sign_in(provider, "anne")
        await end_sessions(administrator, "anne")
        with pytest.raises(SignInEnded):
            await provider.refresh(signed_in.refresh_token)


async def test_a_silent_keycloak_is_said(tokens: TokenSettings) -> None:
    silent = People(directory_settings("http://127.0.0.1:1/realms/sante", CLIENT, "x"), tokens)
    with pytest.raises(ProviderUnreachable):
        await silent.find("anne")
