"""What a realm holds now, of all that the assistant needs there."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakGetError, raise_error_from_response

from ui.realm.permission import sees_itself
from ui.realm.representation import Representation
from ui.realm.shape import Grant, Holder, Shape, api_scope, directory_scope


@dataclass(frozen=True, slots=True)
class Held:
    """Representations as Keycloak gives them; where there is no such realm, none."""

    realm: Representation | None = None
    client: Representation | None = None
    client_roles: frozenset[str] = frozenset()
    realm_roles: frozenset[str] = frozenset()
    scopes: Mapping[str, Representation] = field(default_factory=dict)
    grants: frozenset[Grant] = frozenset()
    sees_itself: bool = False
    profiles: tuple[Representation, ...] = ()
    policies: tuple[Representation, ...] = ()


async def read(admin: KeycloakAdmin, shape: Shape) -> Held:
    """Read the realm that `admin` administers."""
    name = admin.connection.realm_name
    realm = next((one for one in await admin.a_get_realms() if one["realm"] == name), None)
    if realm is None:
        return Held()
    identifier = await admin.a_get_client_id(shape.client_id)
    return Held(
        realm=realm,
        client=await admin.a_get_client(identifier) if identifier else None,
        client_roles=_names(await admin.a_get_client_roles(identifier)) if identifier else frozenset(),
        realm_roles=_names(await admin.a_get_realm_roles()),
        scopes={scope["name"]: scope for scope in await admin.a_get_client_scopes()},
        grants=frozenset([grant async for grant in _grants(admin, shape)]),
        sees_itself=sees_itself(await export(admin, roles=False), shape.client_id),
        profiles=tuple((await get(admin, "client-policies/profiles"))["profiles"]),
        policies=tuple((await get(admin, "client-policies/policies"))["policies"]),
    )


async def export(admin: KeycloakAdmin, *, roles: bool) -> Representation:
    """The realm with its clients and their accounts and, if asked, with groups and roles."""
    return dict(await admin.a_export_realm(export_clients=True, export_groups_and_role=roles))


async def path_of(admin: KeycloakAdmin, shape: Shape, holder: Holder) -> str | None:
    """Where the realm keeps what the holder is given; None if there is no such holder."""
    match holder:
        case Holder.API | Holder.DIRECTORY:
            name = (api_scope if holder is Holder.API else directory_scope)(shape.client_id)
            scope = await admin.a_get_client_scope_by_name(name)
            return f"client-scopes/{scope['id']}/scope-mappings" if scope else None
        case Holder.CLIENT:
            identifier = await admin.a_get_client_id(shape.client_id)
            return f"clients/{identifier}/scope-mappings" if identifier else None
        case Holder.ACCOUNT:
            identifier = await admin.a_get_client_id(shape.client_id)
            if not identifier or not (await admin.a_get_client(identifier))["serviceAccountsEnabled"]:
                return None
            account = await admin.a_get_client_service_account_user(identifier)
            return f"users/{account['id']}/role-mappings"


async def get(admin: KeycloakAdmin, path: str, **query: str | int) -> Any:
    """What the realm has at that path, for which the library has no method."""
    address = f"admin/realms/{admin.connection.realm_name}/{path}"
    return raise_error_from_response(await admin.connection.a_raw_get(address, **query), KeycloakGetError)


async def _grants(admin: KeycloakAdmin, shape: Shape) -> AsyncIterator[Grant]:
    for holder in Holder:
        path = await path_of(admin, shape, holder)
        mapped = await get(admin, path) if path else {}
        for role in mapped.get("realmMappings", ()):
            yield Grant(holder, "", role["name"])
        for client, of_client in mapped.get("clientMappings", {}).items():
            for role in of_client["mappings"]:
                yield Grant(holder, client, role["name"])


def _names(roles: list[Representation]) -> frozenset[str]:
    return frozenset(role["name"] for role in roles)
