"""Lines to an HTTP collector: one request a batch (`application/x-ndjson`), acknowledged by its status."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from policies.audit.transports.transport import PATIENCE_S
from policies.errors import DestinationUnavailable


@dataclass(frozen=True, slots=True)
class WebTransport:
    """To an address; `authorization` is the whole value of that header, empty for none."""

    address: str
    tls: ssl.SSLContext
    authorization: str = field(default="", repr=False)

    syslog = False
    unconfirmed = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["WebConnection"]:
        """A client; it connects with the first batch."""
        headers = {"Content-Type": "application/x-ndjson"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        # Proxies and certificates come from the settings of the machine's administrator, not from variables.
        async with httpx.AsyncClient(verify=self.tls, headers=headers, timeout=PATIENCE_S, trust_env=False) as client:
            yield WebConnection(client, self.address)


class WebConnection:
    """A client of one address."""

    def __init__(self, client: httpx.AsyncClient, address: str) -> None:
        self._client = client
        self._address = address

    async def send(self, lines: Sequence[str]) -> None:
        """Return once the collector has said that it took them. Raises `DestinationUnavailable`."""
        try:
            async with self._client.stream("POST", self._address, content="\n".join([*lines, ""])) as answer:
                status = answer.status_code
        except httpx.HTTPError as error:
            raise DestinationUnavailable(f"le collecteur ne répond pas ({type(error).__name__})") from error
        if not 200 <= status < 300:
            raise DestinationUnavailable(f"le collecteur refuse l’envoi (code {status})")
