"""Which realm, and who administers it."""

from dataclasses import dataclass, field
from pathlib import Path

from ui.errors import SettingsInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class RealmSettings:
    """A realm of the server `url` (https://sso.exemple.fr), and who administers it.

    That is a person (`user` and `password`) through `client`, or the client itself by its `secret`; their
    accounts lie in `account_realm`. `scope` is what their token is asked to cover.
    """

    url: str
    realm: str
    account_realm: str
    client: str
    secret: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    scope: str = "openid"
    ca_file: Path | None = None


def split_realm(address: str) -> tuple[str, str]:
    """`https://sso.exemple.fr/realms/sante` as server and realm. Raises `SettingsInvalid`."""
    server, found, realm = address.rstrip("/").rpartition("/realms/")
    if not (found and server and realm) or "/" in realm:
        raise SettingsInvalid(
            f"« {address} » n’est pas l’adresse d’un royaume. Écrivez-la comme https://sso.exemple.fr/realms/sante."
        )
    return server, realm
