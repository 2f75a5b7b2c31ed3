"""Behind a proxy: whose word on the client counts, under which path people see us, where they may be sent back.

The proxy ends TLS and keeps the `Host` that people typed (the gate compares it with our address). It may
leave the path of that address in place or take it off; both work.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ui.errors import SettingsInvalid

HOME = "/"

# A path of ours as browsers send it, strict on purpose: no empty, encoded or dot segment can become another
# host's address in whatever reads it next. In the query encoded characters are usual, control ones are not.
_SEGMENT = r"(?!\.{1,2}(?:[/?]|\Z))[A-Za-z0-9._~-]+"
_QUERY = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%(?![01]|7[Ff])[0-9A-Fa-f]{2})*"
_RETURN = re.compile(rf"/(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?(?:\?{_QUERY})?")
_RETURN_LENGTH = 2_000

_ONE_LINK = 64  # bits


def safe_return(path: str) -> str:
    """The path, where it can only lead to a page of this server; else the home page."""
    return path if len(path) <= _RETURN_LENGTH and _RETURN.fullmatch(path) else HOME


def peer_of(client: tuple[str, int] | None) -> str:
    """Who calls, as far as addresses tell: of IPv6 the network, all of which one machine may have (RFC 8981).

    Empty where there is no address, as behind a proxy that gives something else.
    """
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ipaddress.IPv6Network((int(address), _ONE_LINK), strict=False))


class Mounted:
    """ASGI middleware for an application that people see under `path`, such as `/assistant`; empty is none.

    Inside, there is no such path: `path` never begins with it, and `root_path` is not set (Starlette's routers
    would take it off once more, and mounted applications not find their files). What leads somewhere puts it
    before the address by itself. No page of the application may have a path that begins like that.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._path and scope["type"] in ("http", "websocket"):
            scope = {**scope, "path": self._inside(scope["path"])}
            scope.pop("raw_path", None)  # optional in ASGI, and no longer true
        await self._app(scope, receive, send)

    def _inside(self, path: str) -> str:
        while path.startswith(f"{self._path}/"):
            path = path.removeprefix(self._path)
        return HOME if path == self._path else path


def behind(proxies: Iterable[str], app: ASGIApp) -> ASGIApp:
    """The application as it is called through these proxies: addresses, or networks such as `10.0.0.0/8`.

    From them alone, `X-Forwarded-For` and `X-Forwarded-Proto` say who calls, and how. Raises `SettingsInvalid`.
    """
    trusted = [network for proxy in proxies for network in _networks(proxy)]
    return ProxyHeadersMiddleware(app, trusted_hosts=trusted)  # type: ignore[arg-type, return-value]


def trusting(proxies: Iterable[str]) -> Callable[[str], bool]:
    """Says of the address of whoever calls whether it is one of these proxies. Raises `SettingsInvalid`."""
    trusted = [ipaddress.ip_network(network) for proxy in proxies for network in _networks(proxy)]

    def is_trusted(host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in trusted)

    return is_trusted


def _networks(proxy: str) -> list[str]:
    """The network as sockets name it: on one that serves both protocols, IPv4 addresses are mapped to IPv6.

    The middleware itself takes what it cannot read for a name, and would then trust nobody without a word.
    """
    try:
        network = ipaddress.ip_network(proxy, strict=False)
    except ValueError as error:
        raise SettingsInvalid(
            f"Réglage ASSISTANT_TRUSTED_PROXIES refusé : « {proxy} » n’est ni une adresse IP, "
            "ni un réseau comme 10.0.0.0/8."
        ) from error
    if network.version == 6:
        return [str(network)]
    return [str(network), f"::ffff:{network.network_address}/{96 + network.prefixlen}"]
