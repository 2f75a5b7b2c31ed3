"""What a realm holds for the assistant, in the representations of Keycloak's administration.

The client signs people in by the authorization code flow with PKCE and by nothing else, at exact addresses.
Its tokens hold what decides and nothing more: subject, name, groups by their full path, roles, and the client
as their audience. Full scope is off: a token never carries what a person may do elsewhere, but for one
optional scope, which the client alone asks for in its own name to read who is in the realm.

Sources: https://www.keycloak.org/docs-api/latest/rest-api/ ; RFC 9700 (best practice for OAuth security)
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from policies.principal import Role
from ui.realm.mappers import audience_mapper, client_roles_mapper, person_mappers
from ui.realm.representation import Representation

# The client whose roles govern the realm, and those that let people be looked up and nothing be changed;
# clients are listed as far as they may be seen (`ui.realm.permission`).
REALM_MANAGEMENT = "realm-management"
VIEW_USERS = "view-users"
QUERY_CLIENTS = "query-clients"

POLICY_ATTRIBUTE = "assistant.policy"

LIFESPAN = 300  # seconds, of an access token

LOCALE = "fr"  # of Keycloak's pages

ROLES: dict[str, str] = {
    Role.AGENT: "Pose des questions et lit les collections ouvertes à ses groupes.",
    Role.GESTIONNAIRE: "Tient les collections de son groupe.",
    Role.ADMINISTRATEUR: "Administre les collections et les accès des personnes.",
    Role.AUDITEUR: "Relit le registre d’audit ; n’administre rien.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The assistant as the realm is to know it; the addresses are exact."""

    client_id: str
    address: str
    redirect_uri: str
    after_logout: str
    back_channel: str
    realm_roles: bool = False
    """Whether the roles are the realm's own instead of the client's."""


class Holder(Enum):
    """What roles are given to: a person would be one, but it is not for us to give people roles."""

    ACCOUNT = "le compte technique du client"
    CLIENT = "le client"
    API = "le scope de l’API"
    DIRECTORY = "le scope de l’annuaire"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role of a client, or of the realm itself where `client` is empty, and what it is given to.

    An account has the roles that it is given; a scope or a client lets them into tokens.
    """

    holder: Holder
    client: str
    role: str


def api_scope(client_id: str) -> str:
    """For programs: their client is given this scope, and their tokens then have this audience."""
    return f"{client_id}-api"


def directory_scope(client_id: str) -> str:
    """For the assistant itself, when it looks somebody up."""
    return f"{client_id}-annuaire"


def realm(name: str) -> Representation:
    """A realm to start from."""
    return {
        "realm": name,
        "enabled": True,
        "sslRequired": "external",
        "bruteForceProtected": True,
        "accessTokenLifespan": LIFESPAN,
        "internationalizationEnabled": True,
        "supportedLocales": [LOCALE],
        "defaultLocale": LOCALE,
    }


def client(shape: Shape) -> Representation:
    """The client, without its mappers and scopes."""
    return {
        "clientId": shape.client_id,
        "name": "Assistant",
        "protocol": "openid-connect",
        "enabled": True,
        "publicClient": False,
        "bearerOnly": False,
        "clientAuthenticatorType": "client-secret",
        "standardFlowEnabled": True,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": True,
        "fullScopeAllowed": False,
        "frontchannelLogout": False,
        "baseUrl": shape.address,
        "redirectUris": [shape.redirect_uri],
        "webOrigins": [],
        "attributes": {
            POLICY_ATTRIBUTE: shape.client_id,
            "pkce.code.challenge.method": "S256",
            "access.token.lifespan": str(LIFESPAN),
            "post.logout.redirect.uris": shape.after_logout,
            "backchannel.logout.url": shape.back_channel,
            "backchannel.logout.session.required": "true",
            "oauth2.device.authorization.grant.enabled": "false",
            "oidc.ciba.grant.enabled": "false",
            "standard.token.exchange.enabled": "false",
            "client_credentials.use_refresh_token": "false",
        },
    }


def client_roles(shape: Shape) -> dict[str, str]:
    """The client's roles, each with its description."""
    return {} if shape.realm_roles else ROLES


def realm_roles(shape: Shape) -> dict[str, str]:
    """The roles of the realm itself."""
    return ROLES if shape.realm_roles else {}


def client_mappers(shape: Shape) -> list[Representation]:
    """What the tokens of people hold."""
    return [
        *person_mappers(shape.client_id, realm_roles=shape.realm_roles),
        audience_mapper("client", shape.client_id),
    ]


def scopes(shape: Shape) -> list[Representation]:
    """The client scopes, with their mappers."""
    return [
        _scope(
            api_scope(shape.client_id),
            "Les programmes qui appellent l’assistant par /v1.",
            [
                *person_mappers(shape.client_id, realm_roles=shape.realm_roles),
                audience_mapper("custom", api_scope(shape.client_id)),
            ],
        ),
        _scope(
            directory_scope(shape.client_id),
            "La lecture de l’annuaire par l’assistant lui-même.",
            [client_roles_mapper("annuaire", REALM_MANAGEMENT)],
        ),
    ]


def grants(shape: Shape) -> list[Grant]:
    """Who holds which role."""
    in_tokens = [Grant(Holder.API, "" if shape.realm_roles else shape.client_id, role) for role in ROLES]
    if shape.realm_roles:  # the client's own roles are always in the scope of the client
        in_tokens += [Grant(Holder.CLIENT, "", role) for role in ROLES]
    return [
        *in_tokens,
        *(
            Grant(holder, REALM_MANAGEMENT, role)
            for role in reading(realm_roles=shape.realm_roles)
            for holder in (Holder.DIRECTORY, Holder.ACCOUNT)
        ),
    ]


def reading(*, realm_roles: bool) -> list[str]:
    """The rights of the client's own account: to find people, and its client where the roles are the client's."""
    return [VIEW_USERS] if realm_roles else [VIEW_USERS, QUERY_CLIENTS]


def profile(shape: Shape) -> Representation:
    """What Keycloak refuses to our client, in requests and in changes by hand."""
    configured = {"auto-configure": "true"}
    return {
        "name": shape.client_id,
        "description": "Ce que l’assistant exige de son client.",
        "executors": [
            {"executor": name, "configuration": configured}
            for name in ("pkce-enforcer", "reject-implicit-grant", "reject-ropc-grant", "full-scope-disabled")
        ],
    }


def policy(shape: Shape) -> Representation:
    """That this profile holds for our client, known by an attribute, and for no other."""
    attributes = json.dumps([{"key": POLICY_ATTRIBUTE, "value": shape.client_id}])
    return {
        "name": shape.client_id,
        "description": "Le client de l’assistant.",
        "enabled": True,
        "conditions": [{"condition": "client-attributes", "configuration": {"attributes": attributes}}],
        "profiles": [shape.client_id],
    }


def _scope(name: str, description: str, mappers: Iterable[Representation]) -> Representation:
    return {
        "name": name,
        "description": description,
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "true", "display.on.consent.screen": "false"},
        "protocolMappers": list(mappers),
    }
