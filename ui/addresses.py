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


def siem_address(value: str) -> str:
    """The address of what takes the ledger's messages, always under TLS, or that of a file. Raises `ValueError`."""
    parts = urlsplit(value)
    if parts.scheme == "https":
        return web_address(value)
    plain = not parts.query and not parts.fragment and "@" not in parts.netloc
    is_server = parts.scheme in ("syslog+tls", "relp+tls") and parts.hostname and not parts.path.strip("/")
    is_file = parts.scheme == "file" and not parts.netloc and len(parts.path) > 1 and not parts.path.endswith("/")
    if not plain or not (is_server or is_file):
        raise ValueError(
            "écrivez syslog+tls://hôte:6514, relp+tls://hôte:2514, https://hôte/chemin ou file:///chemin/du/fichier"
        )
    _ = parts.port  # raises where it is no port
    return value.rstrip("/")
