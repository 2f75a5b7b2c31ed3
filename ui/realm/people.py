"""Who is in the realm, for those who decide about others: the explanation of the rules, and their editor.

A person found here has the groups and roles that their token would have: what they inherit from groups and
composite roles counts.
"""

from pathlib import Path
from typing import Any

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakGetError

from policies.principal import Principal, Role
from ui.errors import PersonNotFound, RealmRefused
from ui.realm.connection import open_realm
from ui.realm.held import get
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

    async def find(self, username: str, /) -> Principal:
        """The person of that name with their groups and roles of now. Raises `PersonNotFound`."""
        async with open_realm(self._realm) as admin:
            user = await _user(admin, username)
            groups = frozenset(group["path"] for group in await admin.a_get_user_groups(user["id"]))
            roles = await self._roles(admin, user["id"], groups)
        return Principal(user["id"], user["username"], groups, roles)

    async def enabled(self, subject: str) -> bool:
        """Whether the account is there and open."""
        async with open_realm(self._realm) as admin:
            try:
                return bool((await admin.a_get_user(subject))["enabled"])
            except KeycloakGetError as error:
                if error.response_code == NOT_FOUND:
                    return False
                raise

    async def groups(self) -> list[str]:
        """The full paths of all groups, in their order."""
        async with open_realm(self._realm) as admin:
            return sorted(_paths(await admin.a_get_groups(full_hierarchy=True)))

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
        """Keycloak's key of our client: our own account has a role of it (see `ui.realm.shape.MARK`)."""
        if self._realm.user:
            identifier = await admin.a_get_client_id(self._tokens.client_id)
        else:
            mapped = await get(admin, f"users/{await _own_subject(admin)}/role-mappings")
            identifier = mapped.get("clientMappings", {}).get(self._tokens.client_id, {}).get("id")
        if identifier is None:
            raise RealmRefused(
                f"Keycloak ne laisse pas le client « {self._tokens.client_id} » lire les rôles des personnes. Lancez "
                "« assistant keycloak provision » ; si cela ne suffit pas, décrivez la personne par --role et --group."
            )
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


async def _own_subject(admin: KeycloakAdmin) -> str:
    token: Representation = admin.connection.token or {}
    account: Any = await admin.connection.keycloak_openid.a_userinfo(token["access_token"])
    return str(account["sub"])


def _paths(groups: list[Representation]) -> list[str]:
    return [path for group in groups for path in (group["path"], *_paths(group.get("subGroups", [])))]
