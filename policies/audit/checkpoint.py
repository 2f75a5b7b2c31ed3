"""A checkpoint: the size and the root of the ledger's tree at one moment (C2SP tlog-checkpoint).

Its text is what is signed:

    origin            which ledger
    size              how many records
    root              in base64
    2026-11-26T19:00:00.000000+00:00      when (an extension line)
"""

import base64
import binascii
import datetime as dt
from dataclasses import dataclass

from policies.errors import NoteInvalid


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a signature vouches for. `root` is 32 bytes, `at` is aware."""

    origin: str
    size: int
    root: bytes
    at: dt.datetime

    def text(self) -> str:
        """What is signed; `parse` gives the same checkpoint again."""
        at = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{at}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint of a note's text. Raises `NoteInvalid`: there is one form only."""
        try:
            origin, size, root, at, rest = text.split("\n")
            found = cls(origin, int(size), base64.b64decode(root, validate=True), dt.datetime.fromisoformat(at))
            alike = not rest and origin and len(found.root) == 32 and found.size >= 0 and found.text() == text
        except (ValueError, binascii.Error) as error:
            raise NoteInvalid("Ce texte n’est pas celui d’un point de contrôle.") from error
        if not alike:
            raise NoteInvalid("Ce texte n’est pas celui d’un point de contrôle.")
        return found
