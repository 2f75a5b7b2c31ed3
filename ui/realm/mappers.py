"""The mappers by which Keycloak writes into access tokens what decides about a person, and the client as audience."""

from ui.realm.representation import Representation


def person_mappers(client_id: str, *, realm_roles: bool) -> list[Representation]:
    """Subject, name, groups by their full path, and roles: the realm's own or the client's."""
    return [
        _mapper("sujet", "oidc-sub-mapper", {}),
        _mapper(
            "nom",
            "oidc-usermodel-attribute-mapper",
            {"user.attribute": "username", "claim.name": "preferred_username", "jsonType.label": "String"},
        ),
        _mapper("groupes", "oidc-group-membership-mapper", {"claim.name": "groups", "full.path": "true"}),
        _realm_roles_mapper() if realm_roles else client_roles_mapper("rôles", client_id),
    ]


def audience_mapper(kind: str, audience: str) -> Representation:
    """For whom the token is; `kind` is `client` or, for what is no client, `custom`."""
    return _mapper("audience", "oidc-audience-mapper", {f"included.{kind}.audience": audience})


def client_roles_mapper(name: str, client_id: str) -> Representation:
    """The roles of that client."""
    return _mapper(
        name,
        "oidc-usermodel-client-role-mapper",
        {
            "usermodel.clientRoleMapping.clientId": client_id,
            "claim.name": f"resource_access.{escaped(client_id)}.roles",
            "jsonType.label": "String",
            "multivalued": "true",
        },
    )


def _realm_roles_mapper() -> Representation:
    return _mapper(
        "rôles",
        "oidc-usermodel-realm-role-mapper",
        {"claim.name": "realm_access.roles", "jsonType.label": "String", "multivalued": "true"},
    )


def _mapper(name: str, kind: str, config: dict[str, str]) -> Representation:
    """A protocol mapper that writes into the access token alone."""
    written = {"access.token.claim": "true", "id.token.claim": "false", "userinfo.token.claim": "false"}
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": written | config}


def escaped(client_id: str) -> str:
    """A dot in a claim's name makes a level of its own."""
    return client_id.replace(".", r"\.")
