"""An identity for tests of the API: whom a few fixed tokens vouch for."""

from policies.principal import Principal, Role
from ui.errors import ProviderUnreachable, TokenRefused


class Tokens:
    """Knows two programs by their tokens, one of them without a role."""

    local = False

    async def of_session(self, cookie: str) -> Principal:
        raise AssertionError("a session's cookie was looked at")

    of_watch = of_session

    async def of_service(self, authorization: str) -> Principal:
        match authorization.split(" "):
            case ["Bearer", "programme"]:
                return Principal("s-programme", "programme", frozenset({"/DGS"}), frozenset({Role.AGENT}))
            case ["Bearer", "sans-role"]:
                return Principal("s-sans-role", "sans-role", frozenset(), frozenset())
            case ["Bearer", "panne"]:
                raise ProviderUnreachable("Keycloak ne répond pas. Réessayez.")
            case ["Bearer", _]:
                raise TokenRefused("exp", "Ce jeton a expiré. Demandez-en un autre.")
        raise TokenRefused("missing", "Cette adresse demande un jeton.")
