"""Whose checkpoints are believed: the keys that a verifier was given, and those that the ledger hands over to."""

from collections.abc import Sequence
from contextlib import suppress

from policies.audit.checkpoint import Checkpoint
from policies.audit.note import VerifyingKey, opened
from policies.errors import KeyInvalid, NoteInvalid


class Trust:
    """Invariants:

    1. A key is believed if it was given, or if a record of the ledger hands over to it from one that is.
    2. Once a checkpoint bears the signature of the new key, the old one is believed no more.

    `keys` are in the order in which they came into use: the last checkpoint must be by the last of them, or by its
    successor.
    """

    def __init__(self, keys: Sequence[VerifyingKey]) -> None:
        self._known = list(keys)
        self._last = set(keys[-1:])
        self._leaving: dict[VerifyingKey, VerifyingKey] = {}
        self.last_is_current = True

    def opened(self, note: str) -> Checkpoint:
        """The checkpoint that a note holds. Raises `NoteInvalid` where no key that is believed has signed it."""
        found = opened(note, self._known)
        checkpoint = Checkpoint.parse(found.text)
        if checkpoint.origin not in {key.name for key in found.by}:
            raise NoteInvalid(f"Ce point de contrôle est celui d’un autre registre, « {checkpoint.origin} ».")
        for old, new in list(self._leaving.items()):
            if new in found.by:
                del self._leaving[old]
                self._known.remove(old)
        self.last_is_current = bool(self._last.intersection(found.by))
        return checkpoint

    def hand_over(self, old: str, new: str) -> None:
        """What a record says of a change of keys; without effect where the old one is not believed."""
        with suppress(KeyInvalid):  # whoever wrote that has not handed over to anybody
            leaving, coming = VerifyingKey.parse(old), VerifyingKey.parse(new)
            if leaving not in self._known:
                return
            if coming not in self._known:
                self._known.append(coming)
            self._leaving[leaving] = coming
            if leaving in self._last:
                self._last = {coming}
