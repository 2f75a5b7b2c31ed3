"""The realm as a file that Keycloak imports, in the shape that `assistant keycloak provision` gives, without a secret.

What only Keycloak can make (the client's secret, and the permission by which its account sees its client) is
written afterwards by `assistant keycloak provision … --apply`, which finds the rest as it should be.
"""

import json

from ui.realm import shape as desired
from ui.realm.representation import Representation
from ui.realm.shape import Grant, Holder, Shape, api_scope, directory_scope

NAME = "sante"


def realm_file(shape: Shape) -> str:
    """The file."""
    return json.dumps(realm(shape), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def realm(shape: Shape) -> Representation:
    """Its content."""
    client_id = shape.client_id
    client = desired.client(shape) | {
        "protocolMappers": desired.client_mappers(shape),
        "defaultClientScopes": [],
        "optionalClientScopes": [directory_scope(client_id)],
    }
    account = {
        "username": f"service-account-{client_id}",
        "enabled": True,
        "serviceAccountClientId": client_id,
        "clientRoles": {desired.REALM_MANAGEMENT: desired.reading(realm_roles=False)},
    }
    roles = [
        {"name": name, "description": said, "clientRole": True} for name, said in desired.client_roles(shape).items()
    ]
    return desired.realm(NAME) | {
        "clients": [client],
        "clientScopes": desired.scopes(shape),
        "clientScopeMappings": _mappings(desired.grants(shape), client_id),
        "roles": {"client": {client_id: roles}},
        "users": [account],
        "clientProfiles": {"profiles": [desired.profile(shape)]},
        "clientPolicies": {"policies": [desired.policy(shape)]},
    }


def _mappings(grants: list[Grant], client_id: str) -> dict[str, list[Representation]]:
    """Which roles of which client the scopes let into tokens."""
    scopes = {Holder.API: api_scope(client_id), Holder.DIRECTORY: directory_scope(client_id)}
    mapped: dict[str, dict[str, list[str]]] = {}
    for grant in grants:
        if grant.holder in scopes:
            mapped.setdefault(grant.client, {}).setdefault(scopes[grant.holder], []).append(grant.role)
    return {
        client: [{"clientScope": scope, "roles": roles} for scope, roles in of_client.items()]
        for client, of_client in mapped.items()
    }
