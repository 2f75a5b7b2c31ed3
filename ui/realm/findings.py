"""What is wrong with a realm: a check of its export, whoever made it.

What `assistant keycloak provision` writes has no finding; this tells what somebody changed by hand since, or
wrote into a realm's file. Whether tokens say what they must is for `ui.realm.token_findings`.

Sources: RFC 9700 (best practice for OAuth security) ; RFC 8252 section 7.3 (loopback addresses)
"""

import json
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from policies.principal import Role
from ui.realm.permission import sees_itself
from ui.realm.representation import Representation
from ui.realm.shape import LIFESPAN, LOCALE, POLICY_ATTRIBUTE, REALM_MANAGEMENT, ROLES, reading
from ui.realm.token_findings import missing_claims

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


def findings(realm: Representation, client_id: str, *, realm_roles: bool = False) -> list[str]:
    """One French line for each fault, from the realm's export with its clients, their accounts, and roles.

    `realm_roles`: whether the roles are the realm's own; else those of the client count, and no others.
    """
    client = next((one for one in realm.get("clients", ()) if one["clientId"] == client_id), None)
    if client is None:
        return [f"Le royaume n’a pas de client « {client_id} »."]
    checks: tuple[Callable[[Representation, Representation], Iterator[str]], ...] = (
        _flows,
        _addresses,
        _scope,
        _lifespan,
        _sign_out,
        _policy,
        _default_roles,
    )
    faults = [fault for check in checks for fault in check(realm, client)]
    faults += missing_claims(realm, client, realm_roles=realm_roles)
    faults += _roles(realm, client_id, realm_roles)
    faults += _account(realm, client_id, realm_roles)
    return [f"{fault[0].upper()}{fault[1:]}." for fault in faults]


def remarks(realm: Representation) -> list[str]:
    """What is no fault, but might be better."""
    french = realm.get("internationalizationEnabled") and LOCALE in realm.get("supportedLocales", ())
    return [] if french else ["Les pages de connexion de Keycloak ne sont pas proposées en français."]


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


def _policy(realm: Representation, client: Representation) -> Iterator[str]:
    """The client's own setting can be changed by hand; a policy of the realm forbids that, too."""
    profiles = {
        profile["name"]
        for profile in realm.get("clientProfiles", {}).get("profiles", ())
        if any(executor["executor"] == "pkce-enforcer" for executor in profile.get("executors", ()))
    }
    mark = {"key": POLICY_ATTRIBUTE, "value": client.get("attributes", {}).get(POLICY_ATTRIBUTE)}
    for policy in realm.get("clientPolicies", {}).get("policies", ()):
        if policy.get("enabled") and profiles & {*policy.get("profiles", ())} and _concerns(policy, mark):
            return
    yield "aucune règle de clients du royaume n’impose PKCE au client"


def _concerns(policy: Representation, mark: Representation) -> bool:
    """Whether the policy holds for every client, or for those of this attribute; without a condition, for none."""
    conditions = policy.get("conditions", ())
    return bool(conditions) and all(
        condition["condition"] == "any-client"
        or mark in json.loads(condition.get("configuration", {}).get("attributes", "[]"))
        for condition in conditions
    )


def _default_roles(realm: Representation, client: Representation) -> Iterator[str]:
    """Everybody who registers has the default role, and those that it contains."""
    roles = realm.get("roles", {}).get("realm", ())
    default = realm.get("defaultRole", {}).get("name", "")
    contained: Representation = next((one.get("composites", {}) for one in roles if one["name"] == default), {})
    given = {*contained.get("realm", ()), *contained.get("client", {}).get(client["clientId"], ())}
    for role in sorted(given & {Role.GESTIONNAIRE, Role.ADMINISTRATEUR, Role.AUDITEUR}):
        yield f"toute personne du royaume a le rôle « {role} »"


def _roles(realm: Representation, client_id: str, realm_roles: bool) -> Iterator[str]:
    """Where the client's roles count, a role of the realm that has the same name does not."""
    roles = realm.get("roles", {})
    held = roles.get("realm", ()) if realm_roles else roles.get("client", {}).get(client_id, ())
    owner = "le royaume" if realm_roles else "le client"
    names = {role["name"] for role in held}
    yield from (f"{owner} n’a pas le rôle « {role} »" for role in ROLES if role not in names)


def _account(realm: Representation, client_id: str, realm_roles: bool) -> Iterator[str]:
    """The client's own account reads who is in the realm, and does nothing else there."""
    accounts = [user for user in realm.get("users", ()) if user.get("serviceAccountClientId") == client_id]
    given = {right for account in accounts for right in account.get("clientRoles", {}).get(REALM_MANAGEMENT, ())}
    wanted = {*reading(realm_roles=realm_roles)}
    yield from (f"le compte technique du client n’a pas le droit « {right} »" for right in sorted(wanted - given))
    yield from (f"le compte technique du client a le droit « {right} », de trop" for right in sorted(given - wanted))
    if not (realm_roles or sees_itself(realm, client_id)):
        yield "la permission par laquelle le compte technique voit ce client, et lui seul, manque ou a été changée"
