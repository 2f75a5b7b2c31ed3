"""How messages of the ledger reach a SIEM: syslog or RELP under TLS, HTTPS, or a file."""

import ssl
from pathlib import Path
from urllib.parse import unquote, urlsplit

from policies.audit.transports.file import FileTransport
from policies.audit.transports.relp import RelpTransport
from policies.audit.transports.syslog_tls import SyslogTransport
from policies.audit.transports.transport import Transport
from policies.audit.transports.web import WebTransport

SYSLOG_PORT = 6514  # RFC 5425
RELP_PORT = 2514


def transport_to(address: str, tls: ssl.SSLContext, authorization: str = "") -> Transport:
    """The way to `syslog+tls://host:port`, `relp+tls://host:port`, `https://…` or `file:///path`.

    `authorization` is the header of that name, for HTTPS alone.
    """
    parts = urlsplit(address)
    if parts.scheme == "syslog+tls":
        return SyslogTransport(parts.hostname or "", parts.port or SYSLOG_PORT, tls)
    if parts.scheme == "relp+tls":
        return RelpTransport(parts.hostname or "", parts.port or RELP_PORT, tls)
    if parts.scheme == "file":
        return FileTransport(Path(unquote(parts.path)))
    return WebTransport(address, tls, authorization)
