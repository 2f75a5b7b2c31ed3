"""The port to a place that takes the ledger's messages: a SIEM, or a file that another program ships."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

# How long a connection, or one batch and its acknowledgements, may take.
PATIENCE_S = 30.0


class Connection(Protocol):
    """An open way to the place."""

    async def send(self, lines: Sequence[str]) -> None:
        """Return once the place has acknowledged all, in their order. Raises `DestinationUnavailable`.

        A line holds no line break. After an error nobody knows which of them came through: they are sent again.
        """


class Transport(Protocol):
    """How a place is reached."""

    @property
    def syslog(self) -> bool:
        """Whether each line must be a message of RFC 5424."""

    @property
    def unconfirmed(self) -> int:
        """How many messages may be lost with a connection although they were sent; 0 where each is acknowledged."""

    def open(self) -> AbstractAsyncContextManager[Connection]:
        """Connect. Raises `DestinationUnavailable`."""
