"""Bringing a realm into its shape: what there is to change, and how each change is made.

Planning compares and decides nothing else, so a second run after a first finds nothing to do. What others
added to the realm stays; of our client, only what would open it (an address, the offline scope) is taken away.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakPostError, KeycloakPutError, raise_error_from_response

from ui import realm_shape
from ui.errors import RealmRefused
from ui.realm_held import Held, get, path_of, read
from ui.realm_shape import Grant, Representation, Shape

OFFLINE = "offline_access"

# Of a client's or a scope's representation, what has requests of its own.
APART = ("protocolMappers", "defaultClientScopes", "optionalClientScopes", "secret", "access")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its name for the record, a French sentence, and how it is made."""

    name: str
    says: str
    make: Callable[[KeycloakAdmin], Awaitable[object]] = field(repr=False, compare=False)


async def plan(admin: KeycloakAdmin, shape: Shape, *, create_realm: bool = False) -> list[Change]:
    """What there is to change, in the order in which it can be done.

    Raises `RealmRefused` where there is no such realm and none is to be made, too.
    """
    held = await read(admin, shape)
    if held.realm is None and not create_realm:
        raise RealmRefused(
            f"Le royaume « {admin.connection.realm_name} » n’existe pas, ou ce compte ne le voit pas. "
            "Pour le créer, ajoutez --create-realm."
        )
    return [*changes(held, shape, str(admin.connection.realm_name))]


async def client_secret(admin: KeycloakAdmin, client_id: str) -> str:
    """The client's secret, made where it has none."""
    identifier = await _identifier(admin, client_id)
    held = await admin.a_get_client_secrets(identifier)
    if not held.get("value"):
        held = await admin.a_generate_client_secrets(identifier)
    return str(held["value"])


def changes(held: Held, shape: Shape, realm_name: str) -> Iterator[Change]:
    """What turns what is held into the shape."""
    if held.realm is None:
        make = _create_realm(realm_shape.realm(realm_name))
        yield Change("realm.created", f"Créer le royaume « {realm_name} ».", make)
    for scope in realm_shape.scopes(shape):
        yield from _scope_changes(held.scopes.get(scope["name"]), scope)
    yield from _client_changes(held.client, shape)
    yield from _role_changes(held, shape)
    for grant in realm_shape.grants(shape):
        if grant not in held.grants:
            of = f"de « {grant.client} »" if grant.client else "du royaume"
            says = f"Donner le rôle « {grant.role} » {of} : {grant.holder.value}."
            yield Change("grant.added", says, partial(_add_grant, shape=shape, grant=grant))
    yield from _policy_changes(held, shape)


def _scope_changes(held: Representation | None, wanted: Representation) -> Iterator[Change]:
    name = wanted["name"]
    if held is None:
        yield Change("scope.created", f"Créer le scope « {name} ».", lambda admin: admin.a_create_client_scope(wanted))
        return
    if differing := differences(held, _alone(wanted)):
        merged = _merged(held, _alone(wanted))
        says = f"Corriger le scope « {name} » : {', '.join(differing)}."
        yield Change("scope.updated", says, lambda admin: admin.a_update_client_scope(held["id"], merged))
    for mapper, before in _mappers_to_write(held, wanted["protocolMappers"]):
        says = f"Écrire la correspondance « {mapper['name']} » du scope « {name} »."
        yield Change("mapper.written", says, partial(_write_scope_mapper, scope=held["id"], mapper=mapper, held=before))


def _client_changes(held: Representation | None, shape: Shape) -> Iterator[Change]:
    wanted, mappers = realm_shape.client(shape), realm_shape.client_mappers(shape)
    directory = realm_shape.directory_scope(shape.client_id)
    if held is None:
        whole = wanted | {
            "protocolMappers": mappers,
            "defaultClientScopes": [],
            "optionalClientScopes": [directory],
        }
        says = f"Créer le client « {shape.client_id} »."
        yield Change("client.created", says, lambda admin: admin.a_create_client(whole))
        return
    if differing := differences(held, wanted):
        merged = _merged(held, wanted)
        says = f"Corriger le client « {shape.client_id} » : {', '.join(differing)}."
        yield Change("client.updated", says, lambda admin: admin.a_update_client(held["id"], merged))
    for mapper, before in _mappers_to_write(held, mappers):
        says = f"Écrire la correspondance « {mapper['name']} » du client « {shape.client_id} »."
        make = partial(_write_client_mapper, client=held["id"], mapper=mapper, held=before)
        yield Change("mapper.written", says, make)
    if directory not in held.get("optionalClientScopes", ()):
        says = f"Proposer le scope « {directory} » au client « {shape.client_id} »."
        yield Change("client-scope.added", says, partial(_offer_scope, client=held["id"], scope=directory))
    if OFFLINE in {*held.get("defaultClientScopes", ()), *held.get("optionalClientScopes", ())}:
        says = f"Retirer le scope « {OFFLINE} » du client « {shape.client_id} »."
        yield Change("client-scope.removed", says, partial(_withdraw_scope, client=held["id"], scope=OFFLINE))


def _role_changes(held: Held, shape: Shape) -> Iterator[Change]:
    for name, description in realm_shape.client_roles(shape).items():
        if name not in held.client_roles:
            role = {"name": name, "description": description, "clientRole": True}
            says = f"Créer le rôle « {name} » du client « {shape.client_id} »."
            yield Change("role.created", says, partial(_create_client_role, client_id=shape.client_id, role=role))
    for name, description in realm_shape.realm_roles(shape).items():
        if name not in held.realm_roles:
            role = {"name": name, "description": description}
            says = f"Créer le rôle « {name} » du royaume."
            yield Change("role.created", says, partial(KeycloakAdmin.a_create_realm_role, payload=role))


def _policy_changes(held: Held, shape: Shape) -> Iterator[Change]:
    for kind, present, wanted in (
        ("profiles", held.profiles, realm_shape.profile(shape)),
        ("policies", held.policies, realm_shape.policy(shape)),
    ):
        same = next((one for one in present if one["name"] == wanted["name"]), {})
        if differences(same, wanted):
            named = {"profiles": "le profil", "policies": "la règle"}[kind]
            says = f"Imposer par {named} de clients « {wanted['name']} » : PKCE, ni flux implicite ni mot de passe."
            yield Change(f"client-{kind}.written", says, partial(_write_policies, kind=kind, wanted=wanted))


def differences(held: Representation, wanted: Representation) -> list[str]:
    """The names of what is wanted and is not so; the order of a list does not matter."""
    found = []
    for name, value in wanted.items():
        present = held.get(name)
        if isinstance(value, dict):
            found += [f"{name}.{one}" for one in differences(present or {}, value)]
        elif isinstance(value, list):
            found += [name] if _unordered(present or []) != _unordered(value) else []
        elif present != value:
            found.append(name)
    return found


def _merged(held: Representation, wanted: Representation) -> Representation:
    """What is held, with what is wanted."""
    inner = {name: {**(held.get(name) or {}), **value} for name, value in wanted.items() if isinstance(value, dict)}
    return _alone({**held, **wanted, **inner})


def _alone(representation: Representation) -> Representation:
    return {name: value for name, value in representation.items() if name not in APART}


def _unordered(values: Sequence[Any]) -> list[str]:
    return sorted(json.dumps(value, sort_keys=True) for value in values)


def _mappers_to_write(
    held: Representation, wanted: Sequence[Representation]
) -> Iterator[tuple[Representation, Representation | None]]:
    """The mappers that are missing or differ, each with what is there under its name."""
    present = {mapper["name"]: mapper for mapper in held.get("protocolMappers", ())}
    for mapper in wanted:
        before = present.get(mapper["name"])
        if before is None or differences(before, mapper):
            yield mapper, before


def _create_realm(payload: Representation) -> Callable[[KeycloakAdmin], Awaitable[object]]:
    async def make(admin: KeycloakAdmin) -> None:
        await admin.a_create_realm(payload)
        await admin.connection.a_get_token()  # the one at hand does not cover a realm that was not there

    return make


async def _write_client_mapper(
    admin: KeycloakAdmin, *, client: str, mapper: Representation, held: Representation | None
) -> None:
    if held is None:
        await admin.a_add_mapper_to_client(client, mapper)
    else:
        await admin.a_update_client_mapper(client, held["id"], _merged(held, mapper))


async def _write_scope_mapper(
    admin: KeycloakAdmin, *, scope: str, mapper: Representation, held: Representation | None
) -> None:
    if held is None:
        await admin.a_add_mapper_to_client_scope(scope, mapper)
    else:
        await admin.a_update_mapper_in_client_scope(scope, held["id"], _merged(held, mapper))


async def _offer_scope(admin: KeycloakAdmin, *, client: str, scope: str) -> None:
    held = await admin.a_get_client_scope_by_name(scope)
    assert held is not None  # noqa: S101 - made before
    await admin.a_add_client_optional_client_scope(client, held["id"], {})


async def _withdraw_scope(admin: KeycloakAdmin, *, client: str, scope: str) -> None:
    held = await admin.a_get_client_scope_by_name(scope)
    assert held is not None  # noqa: S101 - the client has it
    await admin.a_delete_client_default_client_scope(client, held["id"])
    await admin.a_delete_client_optional_client_scope(client, held["id"])


async def _create_client_role(admin: KeycloakAdmin, *, client_id: str, role: Representation) -> None:
    await admin.a_create_client_role(await _identifier(admin, client_id), role)


async def _add_grant(admin: KeycloakAdmin, *, shape: Shape, grant: Grant) -> None:
    path = await path_of(admin, shape, grant.holder)
    if grant.client:
        client = await _identifier(admin, grant.client)
        role, within = await admin.a_get_client_role(client, grant.role), f"clients/{client}"
    else:
        role, within = await admin.a_get_realm_role(grant.role), "realm"
    address = f"admin/realms/{admin.connection.realm_name}/{path}/{within}"
    raise_error_from_response(await admin.connection.a_raw_post(address, json.dumps([role])), KeycloakPostError)


async def _write_policies(admin: KeycloakAdmin, *, kind: str, wanted: Representation) -> None:
    """Keycloak takes the whole list."""
    held = (await get(admin, f"client-policies/{kind}"))[kind]
    others = [one for one in held if one["name"] != wanted["name"]]
    address = f"admin/realms/{admin.connection.realm_name}/client-policies/{kind}"
    answer = await admin.connection.a_raw_put(address, json.dumps({kind: [*others, wanted]}))
    raise_error_from_response(answer, KeycloakPutError)


async def _identifier(admin: KeycloakAdmin, client_id: str) -> str:
    identifier = await admin.a_get_client_id(client_id)
    if identifier is None:
        raise RealmRefused(f"Le royaume « {admin.connection.realm_name} » n’a pas de client « {client_id} ».")
    return identifier
