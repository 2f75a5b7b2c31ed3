"""What is wrong with a realm: a check of its export, whoever made it.

What `assistant keycloak provision` writes has no finding; this tells what somebody changed by hand since, or
wrote into a realm's file.

Sources: RFC 9700 (best practice for OAuth security) ; RFC 8252 section 7.3 (loopback addresses)
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from policies.principal import Role
from ui.realm.representation import Representation
from ui.realm.shape import LIFESPAN

LOOPBACK = {"127.0.0.1", "localhost", "::1"}

# Flows that get tokens past the sign-in page, and where a client's representation has them.
_FLOWS = {
    "implicitFlowEnabled": "le flux implicite est ouvert",
    "directAccessGrantsEnabled": "le mot de passe peut être échangé directement contre un jeton",
}
_GRANTS = {
    "oauth2.device.authorization.grant.enabled": "le flux des appareils est ouvert",
    "oidc.ciba.grant.enabled": "le flux CIBA est ouvert",
    "standard.token.exchange.enabled": "l’échange de jetons est ouvert",
}


def findings(realm: Representation, client_id: str) -> list[str]:
    """One French line for each fault, from the realm's export with its clients and roles."""
    client = next((one for one in realm.get("clients", ()) if one["clientId"] == client_id), None)
    if client is None:
        return [f"Le royaume n’a pas de client « {client_id} »."]
    checks: tuple[Callable[[Representation, Representation], Iterator[str]], ...] = (
        _flows,
        _addresses,
        _scope,
        _lifespan,
        _sign_out,
        _claims,
        _roles,
    )
    return [f"{fault[0].upper()}{fault[1:]}." for check in checks for fault in check(realm, client)]


def _flows(realm: Representation, client: Representation) -> Iterator[str]:
    attributes = client.get("attributes", {})
    if client.get("publicClient"):
        yield "le client est public : il n’a pas de secret"
    if not client.get("standardFlowEnabled"):
        yield "le flux par code d’autorisation est fermé"
    if attributes.get("pkce.code.challenge.method") != "S256":
        yield "PKCE avec S256 n’est pas exigé"
    yield from (fault for name, fault in _FLOWS.items() if client.get(name))
    yield from (fault for name, fault in _GRANTS.items() if attributes.get(name) == "true")


def _addresses(realm: Representation, client: Representation) -> Iterator[str]:
    after_logout = client.get("attributes", {}).get("post.logout.redirect.uris", "")
    addresses = [*client.get("redirectUris", ()), *after_logout.split("##")]
    if not client.get("redirectUris"):
        yield "le client n’a pas d’adresse de retour"
    for address in filter(None, addresses):
        if "*" in address or address in "+-":
            yield f"l’adresse de retour « {address} » n’est pas exacte"
        elif not _guarded(address):
            yield f"l’adresse de retour « {address} » n’est pas en https"
    if client.get("webOrigins"):
        yield "des pages d’autres sites peuvent demander des jetons (webOrigins)"


def _guarded(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _scope(realm: Representation, client: Representation) -> Iterator[str]:
    if client.get("fullScopeAllowed", True):
        yield "les jetons portent tous les droits de la personne (fullScopeAllowed)"
    if "offline_access" in {*client.get("defaultClientScopes", ()), *client.get("optionalClientScopes", ())}:
        yield "le client peut demander des jetons sans fin (offline_access)"


def _lifespan(realm: Representation, client: Representation) -> Iterator[str]:
    own = client.get("attributes", {}).get("access.token.lifespan")
    seconds = int(own) if own else realm.get("accessTokenLifespan", 0)
    if not 0 < seconds <= LIFESPAN:
        yield f"un jeton d’accès vit {seconds} s, plus que {LIFESPAN} s"


def _sign_out(realm: Representation, client: Representation) -> Iterator[str]:
    attributes = client.get("attributes", {})
    if not attributes.get("backchannel.logout.url"):
        yield "Keycloak n’annonce pas la fin d’une session (backchannel.logout.url)"
    if attributes.get("backchannel.logout.session.required") != "true":
        yield "Keycloak ne dit pas quelle session finit (backchannel.logout.session.required)"


def _claims(realm: Representation, client: Representation) -> Iterator[str]:
    mappers = [(one["protocolMapper"], one.get("config", {})) for one in client.get("protocolMappers", ())]
    groups = [config for kind, config in mappers if kind == "oidc-group-membership-mapper"]
    if not any(config.get("full.path") == config.get("access.token.claim") == "true" for config in groups):
        yield "le jeton d’accès ne porte pas les groupes avec leur chemin"
    audiences = [config.get("included.client.audience") for kind, config in mappers if kind == "oidc-audience-mapper"]
    if client["clientId"] not in audiences:
        yield "le jeton d’accès n’est pas destiné au client (audience)"


def _roles(realm: Representation, client: Representation) -> Iterator[str]:
    """Everybody who registers has the default role, and those that it contains."""
    roles = realm.get("roles", {}).get("realm", ())
    default = realm.get("defaultRole", {}).get("name", "")
    contained: Representation = next((one.get("composites", {}) for one in roles if one["name"] == default), {})
    given = {*contained.get("realm", ()), *contained.get("client", {}).get(client["clientId"], ())}
    for role in sorted(given & {Role.GESTIONNAIRE, Role.ADMINISTRATEUR, Role.AUDITEUR}):
        yield f"toute personne du royaume a le rôle « {role} »"
