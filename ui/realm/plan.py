"""Bringing a realm into its shape: what there is to change, and how each change is made.

Planning compares and decides nothing else, so a second run after a first finds nothing to do. What others
added to the realm stays; of our client, only what would open it (an address, the offline scope) is taken away.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from keycloak import KeycloakAdmin

from ui.errors import RealmRefused
from ui.realm import shape as desired
from ui.realm.held import Held, read
from ui.realm.representation import Representation, alone, differences, merged
from ui.realm.shape import Shape
from ui.realm.writing import (
    add_grant,
    create_client_role,
    create_realm,
    identifier_of,
    offer_scope,
    open_permissions,
    withdraw_scope,
    write_client_mapper,
    write_permission,
    write_policies,
    write_scope_mapper,
)

OFFLINE = "offline_access"


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
    identifier = await identifier_of(admin, client_id)
    held = await admin.a_get_client_secrets(identifier)
    if not held.get("value"):
        held = await admin.a_generate_client_secrets(identifier)
    return str(held["value"])


def changes(held: Held, shape: Shape, realm_name: str) -> Iterator[Change]:
    """What turns what is held into the shape."""
    if held.realm is None:
        make = partial(create_realm, realm=desired.realm(realm_name))
        yield Change("realm.created", f"Créer le royaume « {realm_name} ».", make)
    for scope in desired.scopes(shape):
        yield from _scope_changes(held.scopes.get(scope["name"]), scope)
    yield from _client_changes(held.client, shape)
    yield from _role_changes(held, shape)
    for grant in desired.grants(shape):
        if grant not in held.grants:
            of = f"de « {grant.client} »" if grant.client else "du royaume"
            says = f"Donner le rôle « {grant.role} » {of} : {grant.holder.value}."
            yield Change("grant.added", says, partial(add_grant, shape=shape, grant=grant))
    if not shape.realm_roles:
        yield from _permission_changes(held, shape)
    yield from _policy_changes(held, shape)


def _scope_changes(held: Representation | None, wanted: Representation) -> Iterator[Change]:
    name = wanted["name"]
    if held is None:
        yield Change("scope.created", f"Créer le scope « {name} ».", lambda admin: admin.a_create_client_scope(wanted))
        return
    if differing := differences(held, alone(wanted)):
        corrected = merged(held, alone(wanted))
        says = f"Corriger le scope « {name} » : {', '.join(differing)}."
        yield Change("scope.updated", says, lambda admin: admin.a_update_client_scope(held["id"], corrected))
    for mapper, before in _mappers_to_write(held, wanted["protocolMappers"]):
        says = f"Écrire la correspondance « {mapper['name']} » du scope « {name} »."
        yield Change("mapper.written", says, partial(write_scope_mapper, scope=held["id"], mapper=mapper, held=before))


def _client_changes(held: Representation | None, shape: Shape) -> Iterator[Change]:
    wanted, mappers = desired.client(shape), desired.client_mappers(shape)
    directory = desired.directory_scope(shape.client_id)
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
        corrected = merged(held, wanted)
        says = f"Corriger le client « {shape.client_id} » : {', '.join(differing)}."
        yield Change("client.updated", says, lambda admin: admin.a_update_client(held["id"], corrected))
    for mapper, before in _mappers_to_write(held, mappers):
        says = f"Écrire la correspondance « {mapper['name']} » du client « {shape.client_id} »."
        make = partial(write_client_mapper, client=held["id"], mapper=mapper, held=before)
        yield Change("mapper.written", says, make)
    if directory not in held.get("optionalClientScopes", ()):
        says = f"Proposer le scope « {directory} » au client « {shape.client_id} »."
        yield Change("client-scope.added", says, partial(offer_scope, client=held["id"], scope=directory))
    if OFFLINE in {*held.get("defaultClientScopes", ()), *held.get("optionalClientScopes", ())}:
        says = f"Retirer le scope « {OFFLINE} » du client « {shape.client_id} »."
        yield Change("client-scope.removed", says, partial(withdraw_scope, client=held["id"], scope=OFFLINE))


def _role_changes(held: Held, shape: Shape) -> Iterator[Change]:
    for name, description in desired.client_roles(shape).items():
        if name not in held.client_roles:
            role = {"name": name, "description": description, "clientRole": True}
            says = f"Créer le rôle « {name} » du client « {shape.client_id} »."
            yield Change("role.created", says, partial(create_client_role, client_id=shape.client_id, role=role))
    for name, description in desired.realm_roles(shape).items():
        if name not in held.realm_roles:
            role = {"name": name, "description": description}
            says = f"Créer le rôle « {name} » du royaume."
            yield Change("role.created", says, partial(KeycloakAdmin.a_create_realm_role, payload=role))


def _permission_changes(held: Held, shape: Shape) -> Iterator[Change]:
    """By what the roles of people, which are the client's, can be read."""
    if not (held.realm or {}).get("adminPermissionsEnabled"):
        yield Change("realm.updated", "Ouvrir les permissions d’administration dans le royaume.", open_permissions)
    if not held.sees_itself:
        says = f"Permettre au compte technique du client « {shape.client_id} » de voir ce client, et lui seul."
        yield Change("permission.written", says, partial(write_permission, client_id=shape.client_id))


def _policy_changes(held: Held, shape: Shape) -> Iterator[Change]:
    for kind, present, wanted in (
        ("profiles", held.profiles, desired.profile(shape)),
        ("policies", held.policies, desired.policy(shape)),
    ):
        same = next((one for one in present if one["name"] == wanted["name"]), {})
        if differences(same, wanted):
            named = {"profiles": "le profil", "policies": "la règle"}[kind]
            says = f"Imposer par {named} de clients « {wanted['name']} » : PKCE, ni flux implicite ni mot de passe."
            yield Change(f"client-{kind}.written", says, partial(write_policies, kind=kind, wanted=wanted))


def _mappers_to_write(
    held: Representation, wanted: Sequence[Representation]
) -> Iterator[tuple[Representation, Representation | None]]:
    """The mappers that are missing or differ, each with what is there under its name."""
    present = {mapper["name"]: mapper for mapper in held.get("protocolMappers", ())}
    for mapper in wanted:
        before = present.get(mapper["name"])
        if before is None or differences(before, mapper):
            yield mapper, before
