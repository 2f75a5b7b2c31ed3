"""People looked up in the real Keycloak: as their token would describe them, by an account that may only read."""

from collections.abc import Set
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio
from keycloak.exceptions import KeycloakGetError, KeycloakPostError, KeycloakPutError

import tests.keycloak
from policies.principal import Role
from tests.keycloak import CLIENT, PASSWORD, Keycloak, Realm, fill_in, provisioned
from tests.ui.realm.shaped import SHAPE, administrator_of
from ui.errors import GroupNotFound, PersonNotFound, ProviderUnreachable, RealmRefused, SignInEnded
from ui.realm.connection import open_realm
from ui.realm.directory import PeopleWanted
from ui.realm.people import People, directory_settings, end_sessions
from ui.realm.plan import plan
from ui.realm.settings import RealmSettings
from ui.realm.shape import api_scope
from ui.sign_in.provider import Provider, SignIn, open_provider
from ui.sign_in.tokens import RoleSource, TokenSettings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def realm(keycloak: Keycloak) -> Realm:
    """A realm for this module."""
    realm = await provisioned(keycloak, SHAPE)
    async with realm.people() as people:
        await people.add("anne", groups=["/DGS/Bureau-A", "/DAJ"], roles=[Role.AGENT, Role.GESTIONNAIRE])
        await people.add("benoit", groups=["/DGS/Bureau-B"], roles=[])
        await people.add("chloe", groups=["/DSS"], roles=[])
        await people.add("david", roles=[])
        await _give_to_members(people, "DGS", Role.AGENT)
        await _give_by_another_role(people, "chloe", "fonctionnaire", Role.AGENT)
        await people.admin.a_create_client({"clientId": "paie", "serviceAccountsEnabled": True})
    return realm


async def _give_to_members(people: tests.keycloak.People, group: str, role: Role) -> None:
    client = str(await people.admin.a_get_client_id(CLIENT))
    [held] = [one for one in await people.admin.a_get_groups() if one["name"] == group]
    role_of_client = await people.admin.a_get_client_role(client, role)
    await people.admin.a_assign_group_client_roles(held["id"], client, [role_of_client])


async def _give_by_another_role(people: tests.keycloak.People, username: str, name: str, role: Role) -> None:
    """Through a role of the realm that contains it."""
    client = str(await people.admin.a_get_client_id(CLIENT))
    subject = str(await people.admin.a_get_user_id(username))
    await people.admin.a_create_realm_role({"name": name})
    role_of_client = await people.admin.a_get_client_role(client, role)
    await people.admin.a_add_composite_realm_roles_to_role(name, [role_of_client])
    await people.admin.a_assign_realm_roles(subject, [await people.admin.a_get_realm_role(name)])


@pytest.fixture
def tokens(realm: Realm) -> TokenSettings:
    """How tokens of that realm are read."""
    return TokenSettings(realm.url, CLIENT, api_scope(CLIENT))


@pytest.fixture
def account(realm: Realm) -> RealmSettings:
    """The assistant's own account."""
    return directory_settings(realm.url, CLIENT, realm.secret)


@pytest.fixture
def administrator(realm: Realm) -> RealmSettings:
    """An administrator of Keycloak."""
    return administrator_of(realm)


@pytest.fixture
def people(account: RealmSettings, tokens: TokenSettings) -> People:
    """The people of that realm, as the assistant's own account sees them."""
    return People(account, tokens)


async def _sign_in(provider: Provider, username: str) -> SignIn:
    beginning = await provider.begin()
    back = await fill_in(beginning.url, username, PASSWORD)
    return await provider.finish(back["code"], beginning, back["iss"])


@pytest.mark.parametrize(
    ("username", "groups", "roles"),
    [
        ("anne", {"/DGS/Bureau-A", "/DAJ"}, {Role.AGENT, Role.GESTIONNAIRE}),
        ("benoit", {"/DGS/Bureau-B"}, {Role.AGENT}),
        ("chloe", {"/DSS"}, {Role.AGENT}),
        ("david", set(), set()),
    ],
    ids=["by themselves", "by a group above theirs", "by another role", "not at all"],
)
async def test_a_person_is_found_as_their_token_describes_them(
    people: People, realm: Realm, username: str, groups: Set[str], roles: Set[Role]
) -> None:
    found = (await people.find(username)).principal
    assert (found.groups, found.roles) == (groups, roles)
    async with open_provider(realm.provider(SHAPE)) as provider:
        assert (await _sign_in(provider, username)).claims.principal == found


async def test_an_administrator_of_keycloak_finds_the_same(
    administrator: RealmSettings, people: People, tokens: TokenSettings
) -> None:
    assert await People(administrator, tokens).find("benoit") == await people.find("benoit")


async def test_a_role_of_the_realm_is_not_the_clients_of_that_name(people: People, realm: Realm) -> None:
    async with realm.people() as others:
        subject = await others.add("fabien", roles=[])
        await others.admin.a_create_realm_role({"name": Role.AUDITEUR})
        await others.admin.a_assign_realm_roles(subject, [await others.admin.a_get_realm_role(Role.AUDITEUR)])
    assert not (await people.find("fabien")).principal.roles


async def test_roles_of_the_realm_are_read_with_less(keycloak: Keycloak) -> None:
    realm = await provisioned(keycloak, replace(SHAPE, realm_roles=True))
    async with realm.people() as others:
        subject = await others.add("anne", roles=[])
        await others.admin.a_assign_realm_roles(subject, [await others.admin.a_get_realm_role(Role.AUDITEUR)])
    account = directory_settings(realm.url, CLIENT, realm.secret)
    tokens = TokenSettings(realm.url, CLIENT, api_scope(CLIENT), RoleSource.REALM)
    assert (await People(account, tokens).find("anne")).principal.roles == {Role.AUDITEUR}
    with pytest.raises(RealmRefused, match=r"provision.*--role et --group"):
        await People(account, replace(tokens, role_source=RoleSource.CLIENT)).find("anne")


async def test_who_lost_the_permission_reads_what_to_do_and_has_it_again(
    people: People, realm: Realm, account: RealmSettings
) -> None:
    async with realm.keycloak.administered(realm.name) as admin:
        await admin.a_update_realm(realm.name, {"adminPermissionsEnabled": False})
        with pytest.raises(RealmRefused, match=r"provision.*--role et --group"):
            await people.find("anne")
        for change in await plan(admin, SHAPE):
            await change.make(admin)
    assert (await people.find("anne")).principal.roles == {Role.AGENT, Role.GESTIONNAIRE}


async def test_people_sign_in_as_before_the_permission(realm: Realm) -> None:
    async with realm.keycloak.administered(realm.name) as admin, open_provider(realm.provider(SHAPE)) as provider:
        await admin.a_update_realm(realm.name, {"adminPermissionsEnabled": False})
        before = await _sign_in(provider, "anne")
        for change in await plan(admin, SHAPE):
            await change.make(admin)
        after = await _sign_in(provider, "anne")
        assert after.claims.principal == before.claims.principal
        assert (await provider.refresh(before.refresh_token)).claims.principal == before.claims.principal


async def test_groups_have_their_full_path(people: People) -> None:
    assert await people.groups() == ["/DAJ", "/DGS", "/DGS/Bureau-A", "/DGS/Bureau-B", "/DSS"]


async def test_people_are_listed_by_words_group_and_role_a_page_at_a_time(people: People) -> None:
    everybody = [one.username for one in await people.listed(PeopleWanted(), first=0, most=50)]
    assert {"anne", "benoit", "chloe", "david"} <= {*everybody}
    assert [one.username for one in await people.listed(PeopleWanted(), first=1, most=2)] == everybody[1:3]
    found = await people.listed(PeopleWanted(words="ann"), first=0, most=50)
    assert [(one.username, one.name, one.enabled) for one in found] == [("anne", "Anne Martin", True)]
    below = await people.listed(PeopleWanted(group="/DGS/Bureau-A"), first=0, most=50)
    assert [one.username for one in below] == ["anne"]
    keepers = await people.listed(PeopleWanted(role=Role.GESTIONNAIRE), first=0, most=50)
    assert [one.username for one in keepers] == ["anne"]
    assert await people.listed(PeopleWanted(role=Role.GESTIONNAIRE), first=1, most=50) == []
    with pytest.raises(GroupNotFound):
        await people.listed(PeopleWanted(group="/Rien/Du/Tout"), first=0, most=50)


async def test_one_is_found_by_what_they_are_called_in_tokens_and_groups_are_a_tree(people: People) -> None:
    anne = await people.find("anne")
    listed, again = await people.by_subject(anne.principal.subject)
    assert (listed.name, again) == ("Anne Martin", anne)
    for nobody in ("", "anne", str(uuid4())):
        with pytest.raises(PersonNotFound):
            await people.by_subject(nobody)
    tree = await people.tree()
    assert [(one.path, [below.name for below in one.below]) for one in tree][:2] == [
        ("/DAJ", []),
        ("/DGS", ["Bureau-A", "Bureau-B"]),
    ]


async def test_roles_may_be_read_off_groups(account: RealmSettings, realm: Realm) -> None:
    groups = {"/DAJ": Role.AUDITEUR, "/DGS": Role.AGENT}
    tokens = TokenSettings(realm.url, CLIENT, api_scope(CLIENT), RoleSource.GROUPS, groups)
    anne = (await People(account, tokens).find("anne")).principal
    assert anne.groups == {"/DGS/Bureau-A", "/DAJ"}
    assert anne.roles == {Role.AUDITEUR}


async def test_nobody_of_another_name_is_found(people: People) -> None:
    for name in ("ann", "personne", "*", ""):
        with pytest.raises(PersonNotFound, match="royaume"):
            await people.find(name)


async def test_a_closed_account_is_not_enabled(people: People, realm: Realm) -> None:
    async with realm.people() as others:
        subject = await others.add("emile")
        assert (await people.find("emile")).enabled
        await others.disable(subject)
    assert not (await people.find("emile")).enabled


async def test_the_assistants_account_changes_nothing(account: RealmSettings) -> None:
    with pytest.raises(RealmRefused, match="droits"):
        await end_sessions(account, "anne")
    async with open_realm(account) as admin:
        own = await admin.a_get_client(str(await admin.a_get_client_id(CLIENT)))
        with pytest.raises(KeycloakPutError, match="403"):
            await admin.a_update_client(own["id"], own | {"redirectUris": ["https://ailleurs.example/"]})
        with pytest.raises(KeycloakPostError, match="403"):
            await admin.a_create_client_role(own["id"], {"name": "de plus"})


async def test_the_assistants_account_sees_no_other_client(account: RealmSettings, realm: Realm) -> None:
    async with realm.keycloak.administered(realm.name) as admin:
        others = [client["id"] for client in await admin.a_get_clients() if client["clientId"] != CLIENT]
    assert len(others) > 5
    async with open_realm(account) as admin:
        assert [client["clientId"] for client in await admin.a_get_clients()] == [CLIENT]
        for other in others:
            with pytest.raises(KeycloakGetError, match="403"):
                await admin.a_get_client(other)
            with pytest.raises(KeycloakGetError, match="403"):
                await admin.a_get_client_secrets(other)


async def test_an_administrator_ends_all_sessions_of_a_person(realm: Realm, administrator: RealmSettings) -> None:
    async with open_provider(realm.provider(SHAPE)) as provider:
        signed_in = await _sign_in(provider, "anne")
        await end_sessions(administrator, "anne")
        with pytest.raises(SignInEnded):
            await provider.refresh(signed_in.refresh_token)


async def test_a_silent_keycloak_is_said(tokens: TokenSettings) -> None:
    silent = People(directory_settings("http://127.0.0.1:1/realms/sante", CLIENT, "x"), tokens)
    with pytest.raises(ProviderUnreachable):
        await silent.find("anne")
