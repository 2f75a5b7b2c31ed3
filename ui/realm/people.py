"""Who is in the realm, for those who decide about others: the explanation of the rules, and their editor.

A person found here has the groups and roles that their token would have: what they inherit from groups and
composite roles counts. The roles of our client are read by what `ui.realm.permission` gives.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakGetError, raise_error_from_response

from policies.principal import Principal, Role
from ui.errors import GroupNotFound, PersonNotFound, RealmRefused
from ui.realm.connection import FORBIDDEN, open_realm
from ui.realm.directory import Group, ListedPerson, PeopleWanted, Person
from ui.realm.representation import Representation
from ui.realm.settings import RealmSettings, split_realm
from ui.realm.shape import directory_scope
from ui.sign_in.tokens import RoleSource, TokenSettings

NOT_FOUND = 404


class People:
    """The people of a realm. All methods raise `RealmRefused`, `ProviderUnreachable`.

    They connect anew each time: they serve a question of an administrator, not each request.
    """

    def __init__(self, realm: RealmSettings, tokens: TokenSettings) -> None:
        self._realm = realm
        self._tokens = tokens

    async def find(self, username: str, /) -> Person:
        """The person of that name with their groups and roles of now. Raises `PersonNotFound`."""
        async with open_realm(self._realm) as admin:
            return await self._person(admin, await _user(admin, username))

    async def by_subject(self, subject: str, /) -> tuple[ListedPerson, Person]:
        """That one, with the groups and roles of now. Raises `PersonNotFound`."""
        async with open_realm(self._realm) as admin:
            try:
                user = await admin.a_get_user(str(UUID(subject)))
            except (KeycloakGetError, ValueError) as error:
                if isinstance(error, KeycloakGetError) and error.response_code != NOT_FOUND:
                    raise
                raise PersonNotFound("Keycloak ne connaît pas, ou plus, cette personne.") from error
            return _listed(user), await self._person(admin, user)

    async def listed(self, wanted: PeopleWanted, /, *, first: int, most: int) -> list[ListedPerson]:
        """Some of them, in Keycloak's order; `first` counts from 0. Raises `GroupNotFound`."""
        page = {"first": first, "max": most}
        async with open_realm(self._realm) as admin:
            if wanted.group:
                users = await admin.a_get_group_members(await _group(admin, wanted.group), page)
            elif wanted.role:
                users = await self._members(admin, wanted.role, page)
            else:
                users = await admin.a_get_users(page | ({"search": wanted.words} if wanted.words else {}))
        return [_listed(user) for user in users]

    async def tree(self) -> tuple[Group, ...]:
        """All groups."""
        async with open_realm(self._realm) as admin:
            return _tree(await admin.a_get_groups(full_hierarchy=True))

    async def groups(self) -> list[str]:
        """The full paths of all groups, in their order."""
        async with open_realm(self._realm) as admin:
            return sorted(_paths(await admin.a_get_groups(full_hierarchy=True)))

    async def _person(self, admin: KeycloakAdmin, user: Representation) -> Person:
        groups = frozenset(group["path"] for group in await admin.a_get_user_groups(user["id"]))
        roles = await self._roles(admin, user["id"], groups)
        return Person(Principal(user["id"], user["username"], groups, roles), enabled=bool(user["enabled"]))

    async def _members(self, admin: KeycloakAdmin, role: Role, page: dict[str, int]) -> list[Representation]:
        """Whoever has the role of their own; the library's own methods fetch all of them."""
        match self._tokens.role_source:
            case RoleSource.GROUPS:
                groups = sorted(group for group, given in self._tokens.role_groups.items() if given is role)
                members = [await admin.a_get_group_members(await _group(admin, group)) for group in groups]
                people = {user["id"]: user for some in members for user in some}
                return [*people.values()][page["first"] : page["first"] + page["max"]]
            case RoleSource.REALM:
                of = "roles"
            case RoleSource.CLIENT:
                of = f"clients/{await self._client(admin)}/roles"
        address = f"admin/realms/{admin.connection.realm_name}/{of}/{role}/users"
        found: Any = raise_error_from_response(await admin.connection.a_raw_get(address, **page), KeycloakGetError)
        return [*found]

    async def _roles(self, admin: KeycloakAdmin, subject: str, groups: frozenset[str]) -> frozenset[Role]:
        match self._tokens.role_source:
            case RoleSource.GROUPS:
                return self._tokens.roles_by(groups)
            case RoleSource.REALM:
                held = await admin.a_get_composite_realm_roles_of_user(subject)
            case RoleSource.CLIENT:
                held = await admin.a_get_composite_client_roles_of_user(subject, await self._client(admin))
        names = {role["name"] for role in held}
        return frozenset(role for role in Role if role in names)

    async def _client(self, admin: KeycloakAdmin) -> str:
        """Keycloak's key of our client. Raises `RealmRefused` where it is not shown to whoever asks."""
        unseen = RealmRefused(
            f"Keycloak ne laisse pas le client « {self._tokens.client_id} » lire les rôles des personnes. Lancez "
            "« assistant keycloak provision » ; en attendant, décrivez la personne par --role et --group."
        )
        try:
            identifier = await admin.a_get_client_id(self._tokens.client_id)
        except KeycloakGetError as error:
            raise (unseen if error.response_code == FORBIDDEN else error) from error
        if identifier is None:
            raise unseen
        return str(identifier)


async def end_sessions(realm: RealmSettings, username: str) -> None:
    """End all sessions of the person at Keycloak, which tells every application of theirs.

    It takes an administrator: the assistant's own account may only read. Raises as `People` does.
    """
    async with open_realm(realm) as admin:
        await admin.a_user_logout((await _user(admin, username))["id"])


def directory_settings(address: str, client_id: str, secret: str, ca_file: Path | None = None) -> RealmSettings:
    """The realm of that address as our client's own account reads it. Raises `SettingsInvalid`."""
    server, realm = split_realm(address)
    return RealmSettings(
        url=server,
        realm=realm,
        account_realm=realm,
        client=client_id,
        secret=secret,
        scope=f"openid {directory_scope(client_id)}",
        ca_file=ca_file,
    )


async def _user(admin: KeycloakAdmin, username: str) -> Representation:
    found: list[Representation] = await admin.a_get_users({"username": username, "exact": True}) if username else []
    if not found:  # an empty name would find everybody
        realm = admin.connection.realm_name
        raise PersonNotFound(f"Personne ne s’appelle « {username} » dans le royaume « {realm} ».")
    return found[0]


async def _group(admin: KeycloakAdmin, path: str) -> str:
    """Keycloak's key of that group. Raises `GroupNotFound`."""
    try:
        return str((await admin.a_get_group_by_path(path))["id"])
    except KeycloakGetError as error:
        if error.response_code != NOT_FOUND:
            raise
        raise GroupNotFound(path) from error


def _listed(user: Representation) -> ListedPerson:
    name = " ".join(user.get(part) or "" for part in ("firstName", "lastName")).strip()
    return ListedPerson(user["id"], user["username"], name, enabled=bool(user["enabled"]))


def _tree(groups: list[Representation]) -> tuple[Group, ...]:
    held = [Group(group["name"], group["path"], _tree(group.get("subGroups", []))) for group in groups]
    return tuple(sorted(held, key=lambda group: group.path))


def _paths(groups: list[Representation]) -> list[str]:
    return [path for group in groups for path in (group["path"], *_paths(group.get("subGroups", [])))]
