"""Which claims a realm's tokens lack: a check of the mappers in its export.

A claim counts whether the client's own mapper writes it or that of a scope that its tokens always have.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ui.realm.mappers import escaped
from ui.realm.representation import Representation, differences
from ui.realm.shape import REALM_MANAGEMENT, api_scope, directory_scope


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a token must carry, and the mappers of which any one writes it: their kind and configuration."""

    name: str
    kind: str
    any_of: tuple[dict[str, str], ...] = field(default=({},))

    def written_by(self, mappers: list[Representation]) -> bool:
        """Whether one of these mappers writes the claim into access tokens."""
        return any(
            mapper["protocolMapper"] == self.kind
            and not differences(mapper.get("config", {}), config | {"access.token.claim": "true"})
            for mapper in mappers
            for config in self.any_of
        )


def missing_claims(realm: Representation, client: Representation, *, realm_roles: bool) -> Iterator[str]:
    """One French line for each claim that the tokens of people, of programs or of the client's account lack."""
    client_id, scopes = client["clientId"], {scope["name"]: scope for scope in realm.get("clientScopes", ())}
    always = [client, *(scopes.get(name, {}) for name in client.get("defaultClientScopes", ()))]
    api, directory = api_scope(client_id), directory_scope(client_id)
    person = _person(client_id, realm_roles)
    tokens = (
        ("d’une personne", always, [*person, _audience("included.client.audience", client_id)]),
        ("d’un programme", [scopes.get(api, {})], [*person, _audience("included.custom.audience", api)]),
        ("du compte technique", [scopes.get(directory, {})], [_client_roles("ses droits", REALM_MANAGEMENT)]),
    )
    for whose, holders, claims in tokens:
        mappers = [mapper for holder in holders for mapper in holder.get("protocolMappers", ())]
        for claim in claims:
            if not claim.written_by(mappers):
                yield f"le jeton d’accès {whose} ne porte pas {claim.name}"


def _person(client_id: str, realm_roles: bool) -> list[_Claim]:
    roles = {"claim.name": "realm_access.roles", "multivalued": "true"}
    return [
        _Claim("le sujet", "oidc-sub-mapper"),
        _Claim(
            "le nom",
            "oidc-usermodel-attribute-mapper",
            ({"user.attribute": "username", "claim.name": "preferred_username"},),
        ),
        _Claim(
            "les groupes avec leur chemin",
            "oidc-group-membership-mapper",
            ({"claim.name": "groups", "full.path": "true"},),
        ),
        _Claim("les rôles", "oidc-usermodel-realm-role-mapper", (roles,))
        if realm_roles
        else _client_roles("les rôles", client_id),
    ]


def _client_roles(name: str, client_id: str) -> _Claim:
    """By a mapper for that client, or by Keycloak's own for all clients."""
    own = {
        "claim.name": f"resource_access.{escaped(client_id)}.roles",
        "usermodel.clientRoleMapping.clientId": client_id,
    }
    every = {"claim.name": "resource_access.${client_id}.roles"}
    return _Claim(
        name, "oidc-usermodel-client-role-mapper", tuple(one | {"multivalued": "true"} for one in (own, every))
    )


def _audience(kind: str, audience: str) -> _Claim:
    return _Claim(f"l’audience « {audience} »", "oidc-audience-mapper", ({kind: audience},))
