"""What the provider's tokens must say before anything in them counts. Pure: keys and settings in, claims out.

Four kinds are read, and none passes for another (RFC 8725, section 3.12):

    browser   access token of our own client       typ Bearer, azp and aud our client
    service   access token of any client           typ Bearer, aud our API
    ID        who signed in (OpenID Connect Core)  typ ID, azp and aud our client, nonce, at_hash
    logout    who signed out (Back-Channel Logout) aud our client, the event, no nonce

For all: signed with a published key (`ui.sign_in.published_keys`), `iss` ours, `exp`, `nbf`, `iat` within the
clocks' leeway. `typ` in the claims is Keycloak's own.
"""

import datetime as dt
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, assert_never

from policies.principal import Principal, Role
from ui.errors import TokenRefused
from ui.sign_in.published_keys import PublishedKeys

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_FRESH = 120  # seconds; longer, and the event is another one's replay

# The `typ` of the header (RFC 9068 for access tokens, Back-Channel Logout 1.0 for those).
ACCESS_TYPES = frozenset({"jwt", "at+jwt"})
ID_TYPES = frozenset({"jwt"})
LOGOUT_TYPES = frozenset({"jwt", "logout+jwt"})

PROVISION = "«\u202fassistant keycloak provision\u202f»"
SENTENCES = {
    "iss": "il vient d’un autre émetteur que le Keycloak réglé",
    "aud": f"il n’est pas destiné à l’assistant\u202f; si tous sont refusés ainsi, lancez {PROVISION}",
    "azp": "il a été remis à une autre application",
    "typ": "il n’est pas du type attendu",
    "exp": "il a expiré",
    "nbf": "il n’est pas encore valable",
    "iat": "sa date d’émission n’est pas valable\u202f: vérifiez l’heure des deux machines",
    "sub": "il ne nomme personne",
    "sid": "il ne nomme pas de session",
    "nonce": "il ne répond pas à cette tentative de connexion",
    "at_hash": "il ne va pas avec le jeton d’accès",
    "events": "il n’annonce pas de déconnexion",
    "groups": f"les groupes n’y sont pas par leur chemin\u202f; lancez {PROVISION}",
}


class RoleSource(StrEnum):
    """Where in Keycloak people's roles are."""

    CLIENT = "client"
    REALM = "realm"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Whose tokens count. `role_groups` is for `RoleSource.GROUPS`: a group's full path, and the role of its members.

    `leeway` is in seconds.
    """

    issuer: str
    client_id: str
    api_audience: str
    role_source: RoleSource = RoleSource.CLIENT
    role_groups: Mapping[str, Role] = field(default_factory=dict)
    leeway: int = 30

    def roles_by(self, groups: frozenset[str]) -> frozenset[Role]:
        """The roles that these groups bring."""
        return frozenset(role for group, role in self.role_groups.items() if group in groups)


@dataclass(frozen=True, slots=True)
class Claims:
    """Who an access token vouches for. `provider_session` may be empty for a service."""

    principal: Principal
    provider_session: str
    issued_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LogoutClaims:
    """Who has signed out: a person everywhere, or one of their sessions; one of the two may be empty."""

    subject: str
    provider_session: str


def read_browser_token(token: str, keys: PublishedKeys, settings: TokenSettings) -> Claims:
    """Read the access token of a person who signed in here. Raises `TokenRefused`.

    A person without any of our roles is read all the same.
    """
    claims = _verified(token, keys, settings, ACCESS_TYPES)
    _require(claims.get("typ") == "Bearer", "typ")
    _require(claims.get("azp") == settings.client_id, "azp")
    _require(settings.client_id in _audience(claims), "aud")
    return _vouched(claims, settings, _text(claims, "sid"))


def read_service_token(token: str, keys: PublishedKeys, settings: TokenSettings) -> Claims:
    """Read the access token with which a program calls our API. Raises `TokenRefused`."""
    claims = _verified(token, keys, settings, ACCESS_TYPES)
    _require(claims.get("typ") == "Bearer", "typ")
    _require(settings.api_audience in _audience(claims), "aud")
    return _vouched(claims, settings, _text(claims, "sid") if "sid" in claims else "")


def check_id_token(
    token: str, keys: PublishedKeys, settings: TokenSettings, nonce: str | None, access_token: str
) -> str:
    """Check the token that came with an access token, and return its subject. Raises `TokenRefused`.

    `nonce` is None where a sign-in goes on: a refreshed ID token has none (OpenID Connect Core 1.0, section 12.2).
    """
    claims = _verified(token, keys, settings, ID_TYPES)
    _require(claims.get("typ") == "ID", "typ")
    _require(claims.get("azp") == settings.client_id, "azp")
    _require(settings.client_id in _audience(claims), "aud")
    _require(nonce is None or claims.get("nonce") == nonce, "nonce")
    _require(claims.get("at_hash") == _half_hash(access_token), "at_hash")
    return _text(claims, "sub")


def read_logout_token(token: str, keys: PublishedKeys, settings: TokenSettings) -> LogoutClaims:
    """Read the provider's word that somebody has signed out (Back-Channel Logout 1.0, section 2.6).

    Raises `TokenRefused`. A token that is used twice within its minutes does no harm: it ends sessions.
    """
    claims = _verified(token, keys, settings, LOGOUT_TYPES)
    _require(claims.get("typ", "Logout") == "Logout", "typ")
    _require(settings.client_id in _audience(claims), "aud")
    _require("nonce" not in claims, "nonce")
    _require(time.time() - _seconds(claims, "iat") <= LOGOUT_FRESH + settings.leeway, "iat")
    events = claims.get("events")
    _require(isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict), "events")
    subject, provider_session = (_text(claims, name) if name in claims else "" for name in ("sub", "sid"))
    _require(bool(subject or provider_session), "sub")
    return LogoutClaims(subject, provider_session)


def _verified(token: str, keys: PublishedKeys, settings: TokenSettings, types: frozenset[str]) -> dict[str, Any]:
    """The claims, signed by our provider and of now."""
    claims = keys.verified(token, types)
    now = time.time()
    _require(claims.get("iss") == settings.issuer, "iss")
    _require(now < _seconds(claims, "exp") + settings.leeway, "exp")
    _require(_seconds(claims, "iat") <= now + settings.leeway, "iat")
    _require("nbf" not in claims or _seconds(claims, "nbf") <= now + settings.leeway, "nbf")
    return claims


def _vouched(claims: Mapping[str, Any], settings: TokenSettings, provider_session: str) -> Claims:
    groups = _groups(claims)
    subject = _text(claims, "sub")
    return Claims(
        Principal(subject, _username(claims) or subject, groups, _roles(claims, groups, settings)),
        provider_session,
        issued_at=dt.datetime.fromtimestamp(_seconds(claims, "iat"), dt.UTC),
        expires_at=dt.datetime.fromtimestamp(_seconds(claims, "exp"), dt.UTC),
    )


def _roles(claims: Mapping[str, Any], groups: frozenset[str], settings: TokenSettings) -> frozenset[Role]:
    match settings.role_source:
        case RoleSource.CLIENT:
            held = _inner(claims, "resource_access", settings.client_id, "roles")
        case RoleSource.REALM:
            held = _inner(claims, "realm_access", "roles")
        case RoleSource.GROUPS:
            return settings.roles_by(groups)
        case _:
            assert_never(settings.role_source)
    return frozenset(role for role in Role if isinstance(held, list) and role in held)


def _inner(value: Any, *names: str) -> Any:
    """What lies in a claim below those names; None if nothing does."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _username(claims: Mapping[str, Any]) -> str:
    """A name for people's eyes; an identity provider behind Keycloak may give the last two alone."""
    given_and_usual = " ".join(str(claims.get(name, "")) for name in ("given_name", "usual_name")).strip()
    names = (claims.get("preferred_username"), claims.get("email"), given_and_usual)
    return next((name for name in names if isinstance(name, str) and name), "")


def _groups(claims: Mapping[str, Any]) -> frozenset[str]:
    """Full paths of groups. Keycloak leaves the claim out where there are none.

    That our mappers are at work at all is known by then: without them the token has not our audience.
    """
    groups = claims.get("groups", [])
    if not isinstance(groups, list) or not all(isinstance(group, str) and group.startswith("/") for group in groups):
        raise _refused("groups")
    return frozenset(groups)


def _audience(claims: Mapping[str, Any]) -> list[Any]:
    audience = claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise _refused(name)
    return value


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    """Seconds since 1970, in a range that a date has; never a bool, an infinity or a NaN."""
    value = claims.get(name)
    if type(value) is not int or not 0 < value < 2**34:
        raise _refused(name)
    return value


def _half_hash(access_token: str) -> str:
    """The left half of the token's SHA-256, which goes with all our algorithms (Core 1.0, section 3.1.3.6)."""
    return urlsafe_b64encode(sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise _refused(reason)


def _refused(reason: str) -> TokenRefused:
    return TokenRefused(reason, f"Jeton refusé\u202f: {SENTENCES[reason]}.")
