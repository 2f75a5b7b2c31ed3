"""Tokens as the provider issues them, signed with keys of the tests' own."""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from ui.sign_in.published_keys import PublishedKeys
from ui.sign_in.tokens import LOGOUT_EVENT, TokenSettings

SETTINGS = TokenSettings(issuer="https://sso.example/realms/sante", client_id="assistant", api_audience="assistant-api")

RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "foreign", "use": "sig"})  # nobody publishes it

KEYS = PublishedKeys(dict(KeySet([RSA, EC]).as_dict(private=False)))

Changes = dict[str, Any]

# In a change: the claim is left out.
ABSENT = object()


def browser_token(changes: Changes | None = None, **signing: Any) -> str:
    """The access token of a person who signed in."""
    claims = {
        "typ": "Bearer",
        "aud": ["assistant", "account"],
        "azp": "assistant",
        "sub": "s-alice",
        "sid": "session-1",
        "preferred_username": "alice",
        "groups": ["/DGS/Bureau-A"],
        "resource_access": {"assistant": {"roles": ["agent"]}},
        "realm_access": {"roles": ["gestionnaire", "offline_access"]},
    }
    return signed(_times() | claims | (changes or {}), **signing)


def service_token(changes: Changes | None = None, **signing: Any) -> str:
    """The access token of a program, which signed in to a client of its own."""
    claims = {
        "typ": "Bearer",
        "aud": "assistant-api",
        "azp": "intranet",
        "sub": "s-intranet",
        "preferred_username": "service-account-intranet",
        "groups": [],
        "resource_access": {"assistant": {"roles": ["agent"]}},
    }
    return signed(_times() | claims | (changes or {}), **signing)


def id_token(access_token: str, changes: Changes | None = None, **signing: Any) -> str:
    """The ID token that comes with an access token."""
    half = sha256(access_token.encode()).digest()[:16]
    claims = {
        "typ": "ID",
        "aud": "assistant",
        "azp": "assistant",
        "sub": "s-alice",
        "sid": "session-1",
        "nonce": "a-nonce",
        "at_hash": urlsafe_b64encode(half).decode().rstrip("="),
    }
    return signed(_times() | claims | (changes or {}), **signing)


def logout_token(changes: Changes | None = None, **signing: Any) -> str:
    """The provider's word that somebody has signed out."""
    claims = {
        "typ": "Logout",
        "aud": "assistant",
        "sub": "s-alice",
        "sid": "session-1",
        "jti": "once",
        "events": {LOGOUT_EVENT: {}},
    }
    return signed(_times() | claims | (changes or {}), **({"typ": "logout+jwt"} | signing))


def signed(claims: Changes, key: Key = RSA, alg: str = "RS256", **header: Any) -> str:
    """The token of those claims; `header` adds to its header, or replaces what is there."""
    present = {name: value for name, value in claims.items() if value is not ABSENT}
    whole = {"alg": alg, "typ": "JWT", "kid": key.kid} | header
    return jwt.encode(
        {name: value for name, value in whole.items() if value is not ABSENT}, present, key, [alg], default_type=None
    )


def _times() -> Changes:
    now = int(time.time())
    return {"iss": SETTINGS.issuer, "iat": now - 1, "exp": now + 299}
