"""The ledger in a dump, proven without a database: its records lead to the roots that the checkpoints in it sign.

`pg_restore` writes the rows of the ledger's tables as text, in any order. Hashes alone are kept of them, 32 bytes a
record, in a file of a private folder.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from policies import NoteInvalid, VerifyingKey
from policies.audit.event import Act
from policies.audit.growing import Growing
from policies.audit.merkle import leaf_hash
from policies.audit.shipped import HASH
from policies.audit.trust import Trust
from ui.errors import BackupLedgerWrong

TABLES = ("ledger_record", "ledger_node", "ledger_checkpoint")

_COPY = re.compile(rb"COPY public\.(\w+) \(([\w, ]+)\) FROM stdin;\n")
_END = b"\\.\n"
_BYTES = b"\\\\x"  # what begins a value of bytes

_ROTATED = f'"act":"{Act.AUDIT_KEY_ROTATED}"'.encode()

_HASH, _BODY = 1, 2


@dataclass(frozen=True, slots=True)
class Proven:
    """So many records; of `hashes` of them nothing else is there.

    The last of the checkpoints, `note`, signs the first `signed`; it is empty without one.
    """

    records: int
    hashes: int
    signed: int
    checkpoints: int
    note: str


class LedgerCopy:
    """A ledger of `size` records, as its rows come. All methods raise `BackupLedgerWrong`."""

    def __init__(self, size: int, private: Path) -> None:
        self._size = size
        # No array of nothing can lie in a file.
        self._leaves = np.memmap(private / "leaves", dtype=np.uint8, mode="w+", shape=(max(size, 1), HASH))
        self._seen = bytearray(size)
        self._checkpoints: dict[int, str] = {}
        self._rotations: dict[int, tuple[str, str]] = {}

    def take(self, lines: Iterable[bytes]) -> None:
        """All rows of what `pg_restore` wrote, which is to be read to its end."""
        for table, row in _rows(lines):
            match table:
                case b"ledger_record":
                    self._record(int(row["index"]), _bytes(row["body"]))
                case b"ledger_node" if row["level"] == b"0":
                    self._keep(int(row["index"]), _bytes(row["hash"]), _HASH)
                case b"ledger_checkpoint":
                    self._checkpoints[int(row["size"])] = row["note"].decode().replace("\\n", "\n")

    def proven(self, keys: Sequence[VerifyingKey]) -> Proven:
        """What the records prove, once all of them are taken; checkpoints are to be signed by these keys."""
        if (absent := self._seen.find(0)) >= 0:
            raise BackupLedgerWrong(absent, f"l’enregistrement n° {absent} manque")
        tree, trust, passed, last = Growing(), Trust(keys), 0, ""
        for index in range(self._size):
            for _ in tree.add(self._leaves[index].tobytes()):
                pass
            if index in self._rotations:
                trust.hand_over(*self._rotations[index])
            if note := self._checkpoints.get(tree.size, ""):
                _require_signed(note, tree, trust)
                passed, last = passed + 1, note
        if passed != len(self._checkpoints):
            raise BackupLedgerWrong(self._size, f"un point de contrôle va au-delà des {self._size} enregistrements")
        signed = int(last.split("\n")[1]) if last else 0
        return Proven(self._size, self._seen.count(_HASH), signed, passed, last)

    def _record(self, index: int, body: bytes) -> None:
        self._keep(index, leaf_hash(body), _BODY)
        if _ROTATED in body:
            told = json.loads(body)
            if told["act"] == Act.AUDIT_KEY_ROTATED:
                self._rotations[index] = str(told["details"]["old"]), str(told["details"]["new"])

    def _keep(self, index: int, leaf: bytes, what: int) -> None:
        if index >= self._size:
            raise BackupLedgerWrong(index, f"l’enregistrement n° {index} est de trop")
        if self._seen[index] and self._leaves[index].tobytes() != leaf:
            raise BackupLedgerWrong(index, f"l’enregistrement n° {index} a été modifié")
        self._leaves[index] = np.frombuffer(leaf, dtype=np.uint8)
        self._seen[index] |= what


def _require_signed(note: str, tree: Growing, trust: Trust) -> None:
    try:
        checkpoint = trust.opened(note)
    except NoteInvalid as error:
        raise BackupLedgerWrong(tree.size, f"le point de contrôle de {tree.size} enregistrements : {error}") from error
    if (checkpoint.size, checkpoint.root) != (tree.size, tree.root()):
        raise BackupLedgerWrong(
            tree.size, f"les {tree.size} premiers enregistrements ne sont pas ceux que leur point de contrôle signe"
        )


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[bytes, Mapping[str, bytes]]]:
    """Each row of each table, its values by the names of their columns, as `COPY` writes them."""
    table, names = b"", list[str]()
    for line in lines:
        if table:
            if line == _END:
                table = b""
            else:
                yield table, dict(zip(names, line.rstrip(b"\n").split(b"\t"), strict=True))
        elif found := _COPY.fullmatch(line):
            table, names = found[1], found[2].decode().split(", ")


def _bytes(value: bytes) -> bytes:
    return bytes.fromhex(value.removeprefix(_BYTES).decode())
