"""How a realm is changed: one function a kind of change, each of which looks up the keys that it needs.

What is made early in a plan has its key only then.
"""

import json

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakPostError, KeycloakPutError, raise_error_from_response

from ui.errors import RealmRefused
from ui.realm import permission
from ui.realm.held import get, path_of
from ui.realm.representation import Representation, merged
from ui.realm.shape import Grant, Shape


async def create_realm(admin: KeycloakAdmin, *, realm: Representation) -> None:
    """Make the realm, and go on with a token that covers it."""
    await admin.a_create_realm(realm)
    await admin.connection.a_get_token()


async def write_client_mapper(
    admin: KeycloakAdmin, *, client: str, mapper: Representation, held: Representation | None
) -> None:
    """Add the mapper to the client, or correct the one that is there."""
    if held is None:
        await admin.a_add_mapper_to_client(client, mapper)
    else:
        await admin.a_update_client_mapper(client, held["id"], merged(held, mapper))


async def write_scope_mapper(
    admin: KeycloakAdmin, *, scope: str, mapper: Representation, held: Representation | None
) -> None:
    """Add the mapper to the scope, or correct the one that is there."""
    if held is None:
        await admin.a_add_mapper_to_client_scope(scope, mapper)
    else:
        await admin.a_update_mapper_in_client_scope(scope, held["id"], merged(held, mapper))


async def offer_scope(admin: KeycloakAdmin, *, client: str, scope: str) -> None:
    """Let the client ask for the scope."""
    held = await _scope(admin, scope)
    await admin.a_add_client_optional_client_scope(client, held["id"], {})


async def withdraw_scope(admin: KeycloakAdmin, *, client: str, scope: str) -> None:
    """Take the scope from the client, whether it is asked for or given unasked."""
    held = await _scope(admin, scope)
    await admin.a_delete_client_default_client_scope(client, held["id"])
    await admin.a_delete_client_optional_client_scope(client, held["id"])


async def create_client_role(admin: KeycloakAdmin, *, client_id: str, role: Representation) -> None:
    """Make a role of the client."""
    await admin.a_create_client_role(await identifier_of(admin, client_id), role)


async def add_grant(admin: KeycloakAdmin, *, shape: Shape, grant: Grant) -> None:
    """Give the role to its holder."""
    path = await path_of(admin, shape, grant.holder)
    if grant.client:
        client = await identifier_of(admin, grant.client)
        role, within = await admin.a_get_client_role(client, grant.role), f"clients/{client}"
    else:
        role, within = await admin.a_get_realm_role(grant.role), "realm"
    address = f"admin/realms/{admin.connection.realm_name}/{path}/{within}"
    raise_error_from_response(await admin.connection.a_raw_post(address, json.dumps([role])), KeycloakPostError)


async def open_permissions(admin: KeycloakAdmin) -> None:
    """Let the realm have permissions of administration; until it has one, nothing changes."""
    await admin.a_update_realm(str(admin.connection.realm_name), {"adminPermissionsEnabled": True})


async def write_permission(admin: KeycloakAdmin, *, client_id: str) -> None:
    """Make or correct the permission by which the client's own account sees the client (`ui.realm.permission`)."""
    whom, what = permission.names(client_id)
    client = await identifier_of(admin, client_id)
    account = await admin.a_get_client_service_account_user(client)
    kept = f"clients/{await identifier_of(admin, permission.KEPT_IN)}/authz/resource-server"
    seen = {"resourceType": "Clients", "resources": [client], "scopes": ["view"], "policies": [whom]}
    await _write_named(admin, f"{kept}/policy/user", {"name": whom, "logic": "POSITIVE", "users": [account["id"]]})
    await _write_named(admin, f"{kept}/permission/scope", {"name": what, "logic": "POSITIVE"} | seen)


async def write_policies(admin: KeycloakAdmin, *, kind: str, wanted: Representation) -> None:
    """Write one profile or one policy; Keycloak takes the whole list of them."""
    held = (await get(admin, f"client-policies/{kind}"))[kind]
    others = [one for one in held if one["name"] != wanted["name"]]
    address = f"admin/realms/{admin.connection.realm_name}/client-policies/{kind}"
    answer = await admin.connection.a_raw_put(address, json.dumps({kind: [*others, wanted]}))
    raise_error_from_response(answer, KeycloakPutError)


async def _write_named(admin: KeycloakAdmin, path: str, wanted: Representation) -> None:
    """Add what has that name to a list of the realm, or correct it; a name is searched for within names."""
    address = f"admin/realms/{admin.connection.realm_name}/{path}"
    found: list[Representation] = await get(admin, path, name=wanted["name"], max=-1)
    held = next((one for one in found if one["name"] == wanted["name"]), None)
    if held is None:
        answer = await admin.connection.a_raw_post(address, json.dumps(wanted))
        raise_error_from_response(answer, KeycloakPostError)
    else:
        answer = await admin.connection.a_raw_put(f"{address}/{held['id']}", json.dumps(held | wanted))
        raise_error_from_response(answer, KeycloakPutError)


async def _scope(admin: KeycloakAdmin, name: str) -> Representation:
    scope = await admin.a_get_client_scope_by_name(name)
    if scope is None:
        raise RealmRefused(f"Le royaume « {admin.connection.realm_name} » n’a pas de scope « {name} ».")
    return dict(scope)


async def identifier_of(admin: KeycloakAdmin, client_id: str) -> str:
    """Keycloak's key of the client. Raises `RealmRefused`."""
    identifier = await admin.a_get_client_id(client_id)
    if identifier is None:
        raise RealmRefused(f"Le royaume « {admin.connection.realm_name} » n’a pas de client « {client_id} ».")
    return identifier
