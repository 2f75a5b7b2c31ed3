"""That a record is in the ledger as a checkpoint signed it: the proof, verified before it is shown.

Source: RFC 9162, section 2.1.3 (inclusion proofs); C2SP signed-note and tlog-checkpoint.
"""

import base64
from dataclasses import dataclass
from typing import Any

from policies.audit.checkpoint import Checkpoint
from policies.audit.checkpoints import Checkpoints
from policies.audit.ledger import Transaction
from policies.audit.merkle import leaf_hash, verify_inclusion
from policies.audit.note import VerifyingKey, opened
from policies.audit.tree import Tree
from policies.errors import LedgerBroken, NoteInvalid, ProofInvalid


@dataclass(frozen=True, slots=True)
class Proof:
    """`leaf` is the record's hash, `path` what leads from it to the root of the checkpoint that `note` signs.

    `trouble` is the sentence of what does not hold, empty where all does.
    """

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: str
    trouble: str = ""

    def as_json(self, keys: list[VerifyingKey]) -> dict[str, Any]:
        """For a file: all that a verifier needs besides the record itself, which would show names."""
        return {
            "index": self.index,
            "leaf": base64.b64encode(self.leaf).decode(),
            "path": [base64.b64encode(one).decode() for one in self.path],
            "checkpoint": self.note,
            "keys": [key.vkey for key in keys],
        }


async def proof(
    connection: Transaction, index: int, body: bytes, tree: Tree, checkpoints: Checkpoints, keys: list[VerifyingKey]
) -> Proof | None:
    """The proof by the last checkpoint; None for a record that none has signed yet. Raises `LedgerUnavailable`."""
    held = await checkpoints.latest(connection)
    if held is None or held.size <= index:
        return None
    leaf, path = leaf_hash(body), []
    checkpoint = Checkpoint.parse(held.note.rpartition("\n\n")[0] + "\n")
    try:
        opened(held.note, keys)
        path = await tree.inclusion(connection, index, checkpoint.size)
        verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root)
    except (ProofInvalid, NoteInvalid, LedgerBroken) as error:
        return Proof(index, leaf, tuple(path), checkpoint, held.note, str(error))
    return Proof(index, leaf, tuple(path), checkpoint, held.note)
