"""Addresses of other servers, as settings give them."""

from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def web_address(value: str) -> str:
    """An address without what follows the path; in clear only within this machine. Raises `ValueError`."""
    parts = urlsplit(value)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise ValueError("écrivez une adresse complète, comme https://assistant.exemple.fr")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("hors de cette machine, l’adresse doit commencer par https://")
    return value.rstrip("/")
