"""Whose checkpoints are believed: the keys that a verifier was given, and those that the ledger hands over to."""

from collections.abc import Sequence
from contextlib import suppress

from policies.audit.checkpoint import Checkpoint
from policies.audit.note import VerifyingKey, opened
from policies.errors import KeyInvalid, NoteInvalid


class Trust:
    """Invariants:

    1. A key is believed if it was given, or if a record of the ledger hands over to it from one that is and a
       checkpoint over that record is signed by both: whoever can append records alone hands over to nobody.
    2. From that checkpoint on, the old key is believed no more.

    `keys` are in the order in which they came into use: the last checkpoint must be by the last of them, or by its
    successor.
    """

    def __init__(self, keys: Sequence[VerifyingKey]) -> None:
        self._known = list(keys)
        self._last = set(keys[-1:])
        self._announced: list[tuple[VerifyingKey, VerifyingKey]] = []  # what records say: the old key, the new one
        self.last_is_current = True

    def opened(self, note: str) -> Checkpoint:
        """The checkpoint that a note holds. Raises `NoteInvalid` where no key that is believed has signed it."""
        found = opened(note, [*self._known, *(new for _, new in self._announced)])
        checkpoint = Checkpoint.parse(found.text)
        if not any(key in self._known for key in found.by):
            raise NoteInvalid("Ce point de contrôle n’est signé par aucune des clés connues.")
        if checkpoint.origin not in {key.name for key in found.by}:
            raise NoteInvalid(f"Ce point de contrôle est celui d’un autre registre, « {checkpoint.origin} ».")
        for old, new in self._announced:
            if old in self._known and old in found.by and new in found.by:
                self._follow(old, new)
        self.last_is_current = bool(self._last.intersection(found.by))
        return checkpoint

    def hand_over(self, old: str, new: str) -> None:
        """What a record says of a change of keys; without effect where the old one is not believed."""
        with suppress(KeyInvalid):  # whoever wrote that has not handed over to anybody
            leaving, coming = VerifyingKey.parse(old), VerifyingKey.parse(new)
            if leaving in self._known:
                self._announced.append((leaving, coming))

    def _follow(self, old: VerifyingKey, new: VerifyingKey) -> None:
        self._known.remove(old)
        if new not in self._known:
            self._known.append(new)
        if old in self._last:
            self._last = {new}
