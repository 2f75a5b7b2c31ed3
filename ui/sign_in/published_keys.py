"""The keys that the provider has published (RFC 7517), and what is signed with one of them (RFC 7515).

Invariants:
1. Only algorithms of `ALGORITHMS`: no `none`, and no secret that both sides share.
2. The key is the one that `kid` names among the published ones, never one that the token brings along
   or points to (`jwk`, `jku`, `x5c`, `x5u`).
3. The key's type, use and own algorithm must fit the algorithm of the header.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from ui.errors import TokenRefused, UnknownKey

# And the type of key that goes with each (RFC 7518, section 3.1).
ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}

LONGEST_TOKEN = 16_384  # characters


class PublishedKeys:
    """Keys for signatures, from a JSON Web Key Set. What is no such key in it does not count."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        found = jwks.get("keys", [])
        keys = [_imported(jwk) for jwk in found if isinstance(jwk, dict)] if isinstance(found, list) else []
        self._keys = {key.kid: key for key in keys if key is not None}

    def verified(self, token: str, types: Collection[str]) -> dict[str, Any]:
        """The claims of a token that is signed with one of the keys, and whose header's `typ` is among `types`.

        Raises `UnknownKey` where the keys may be older than the token, else `TokenRefused`.
        """
        header = _header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise TokenRefused("alg", "Jeton refusé\u202f: son algorithme de signature n’est pas admis.")
        if str(header.get("typ")).lower() not in types:
            raise TokenRefused("typ", "Jeton refusé\u202f: il n’est pas du type attendu.")
        if not isinstance(kid, str) or not kid:
            raise TokenRefused("kid", "Jeton refusé\u202f: il ne nomme pas la clé de sa signature.")
        if (key := self._keys.get(kid)) is None:
            raise UnknownKey("kid", "Jeton refusé\u202f: Keycloak n’a pas publié la clé de sa signature.")
        if key.key_type != ALGORITHMS[algorithm] or key.get("alg", algorithm) != algorithm:
            raise TokenRefused("alg", "Jeton refusé\u202f: son algorithme n’est pas celui de la clé.")
        try:
            return jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError, RecursionError) as error:
            raise TokenRefused("signature", "Jeton refusé\u202f: sa signature n’est pas valable.") from error


def _imported(jwk: dict[str, Any]) -> Key | None:
    """The key, if it is one for our algorithms."""
    if jwk.get("kty") not in ALGORITHMS.values() or jwk.get("use", "sig") != "sig" or not jwk.get("kid"):
        return None
    try:
        return JWKRegistry.import_key(jwk)
    except (JoseError, ValueError, TypeError):
        return None


def _header(token: str) -> dict[str, Any]:
    """The token's header, which nobody has vouched for yet."""
    try:
        header = json.loads(urlsafe_b64decode(token.split(".")[0] + "==")) if len(token) <= LONGEST_TOKEN else None
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise TokenRefused("form", "Jeton refusé\u202f: ce n’est pas un jeton signé.")
    return header
