"""Bytes to text: the port.

A parser is pure and synchronous: bytes in, document out, nothing else read, nothing written, no
network. Whoever calls it decides where it runs (a thread today), so that it can move into a child
process with limits of its own without a change here.
"""

from typing import Protocol

from ingestion.document import ParsedDocument


class Parser(Protocol):
    """Reads one kind of file."""

    @property
    def suffixes(self) -> frozenset[str]:
        """Ends of file names, lower case, with their dot."""

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        """The document as text. `name` is for messages, and for a title where the file gives none.

        Raises `FileUnreadable`, `DocumentEmpty`.
        """
