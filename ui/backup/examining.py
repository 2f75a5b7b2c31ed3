"""A backup read to its end: whether it is whole, and whether the ledger in it proves itself.

No database is needed, and nothing of it is on the disk in clear: of its records hashes alone are kept.
"""

import hashlib
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from policies import KeyInvalid, NoteInvalid, VerifyingKey
from ui.backup.age import Identity, opened
from ui.backup.archive import BLOBS, DATABASE, KEYS, Part, parts
from ui.backup.dump import last_line, reading
from ui.backup.ledger_copy import TABLES, LedgerCopy, Proven
from ui.backup.manifest import (
    MANIFEST,
    NOTE,
    OPENING,
    Manifest,
    Member,
    Opening,
    read_manifest,
    read_opening,
    require_signed,
)
from ui.errors import BackupDamaged, BackupLedgerWrong

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Examined:
    """What a backup is. `keys` are the ledger's own public keys, as it says itself unless `trusted` ones were given."""

    opening: Opening
    manifest: Manifest
    proven: Proven
    keys: Sequence[VerifyingKey]
    trusted: bool


def examine(
    path: Path, identities: Sequence[Identity], named: Sequence[str] = (), told: Told = lambda _: None
) -> Examined:
    """Read all of it; `named` are keys that are trusted, and `told` hears how many bytes are read.

    Raises `BackupDamaged` (`BackupNewer`, `BackupIdentityWrong`, `BackupLedgerWrong`), `BackupToolMissing`,
    `KeyInvalid`.
    """
    with tempfile.TemporaryDirectory(prefix="assistant-") as private, opened(path, identities) as reader:
        return _Examination(Path(private), told).of(parts(reader), [VerifyingKey.parse(key) for key in named])


class _Examination:
    def __init__(self, private: Path, told: Told) -> None:
        self._private = private
        self._told = told
        self._members: dict[str, Member] = {}
        self._blobs = hashlib.sha256()
        self._count = self._bytes = self._done = 0

    def of(self, found: Iterator[Part], trusted: Sequence[VerifyingKey]) -> Examined:
        first = next(found, None)
        if first is None or first.name != OPENING:
            raise BackupDamaged("La sauvegarde ne commence pas par sa description.")
        opening = read_opening(first.whole(), version("assistant"))
        self._keep(first)
        ledger = LedgerCopy(opening.records, self._private)
        kept: dict[str, bytes] = {}
        with _rows_of(ledger, opening.postgres) as dump:
            for part in found:
                if part.name in (KEYS, MANIFEST, NOTE):
                    kept[part.name] = part.whole()
                else:
                    for piece in part.pieces():
                        if part.name.startswith(DATABASE):
                            _feed(dump, piece)
                self._keep(part)
        if missing := {KEYS, MANIFEST, NOTE} - kept.keys():
            raise BackupDamaged(f"La sauvegarde n’est pas complète : {min(missing)} y manque.")
        manifest = read_manifest(kept[MANIFEST])
        self._compare(manifest)
        keys = trusted or _keys(kept[KEYS])
        _require_signed(kept, keys)
        return Examined(opening, manifest, _proven(ledger, manifest, keys), keys, bool(trusted))

    def _keep(self, part: Part) -> None:
        self._done += part.size
        self._told(self._done)
        if part.name in (MANIFEST, NOTE):
            return
        if part.name in self._members:
            raise BackupDamaged(f"Le membre {part.name} est deux fois dans la sauvegarde.")
        if part.name.startswith(BLOBS):
            self._keep_blob(part)
        else:
            self._members[part.name] = part.member

    def _keep_blob(self, part: Part) -> None:
        name = part.name.removeprefix(BLOBS)
        if part.member.sha256 != name:
            raise BackupDamaged(f"L’original {name} n’est pas celui que son nom annonce.")
        self._blobs.update(f"{name}\n".encode())
        self._count, self._bytes = self._count + 1, self._bytes + part.size

    def _compare(self, manifest: Manifest) -> None:
        told = manifest.originals
        if (told.count, told.bytes, told.digest) != (self._count, self._bytes, self._blobs.hexdigest()):
            raise BackupDamaged("Les originaux de la sauvegarde ne sont pas ceux que sa description annonce.")
        for name in sorted(self._members.keys() | manifest.members.keys()):
            if self._members.get(name) != manifest.members.get(name):
                raise BackupDamaged(f"Le membre {name} n’est pas celui que la description de la sauvegarde annonce.")


def _proven(ledger: LedgerCopy, manifest: Manifest, keys: Sequence[VerifyingKey]) -> Proven:
    proven = ledger.proven(keys)
    if (proven.records, proven.note) != (manifest.ledger.size, manifest.ledger.note):
        raise BackupLedgerWrong(
            proven.signed, "son dernier point de contrôle n’est pas celui que sa description annonce"
        )
    return proven


def _require_signed(kept: dict[str, bytes], keys: Sequence[VerifyingKey]) -> None:
    try:
        require_signed(kept[MANIFEST], kept[NOTE], list(keys))
    except NoteInvalid as error:
        raise BackupDamaged(
            "La sauvegarde n’est pas signée par la clé de ce registre : elle a été faite par quelqu’un d’autre, ou la "
            "clé donnée n’est pas la sienne."
        ) from error


def _keys(text: bytes) -> list[VerifyingKey]:
    try:
        return [VerifyingKey.parse(line) for line in text.decode().splitlines() if line.strip()]
    except (UnicodeDecodeError, KeyInvalid) as error:
        raise BackupDamaged("Les clés publiques de la sauvegarde sont abîmées.") from error


@contextmanager
def _rows_of(ledger: LedgerCopy, postgres: int) -> Iterator[subprocess.Popen[bytes]]:
    """A program that takes the dump; what it writes goes into the ledger's copy meanwhile."""
    process = reading(TABLES, postgres)
    failed: list[Exception] = []

    def take() -> None:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            ledger.take(process.stdout)
        except Exception as error:  # noqa: BLE001 - it is raised by whoever feeds the program
            failed.append(error)
            for _ in process.stdout:
                pass

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    try:
        yield process
    finally:
        with suppress(BrokenPipeError):
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            process.stdin.close()
        thread.join()
        complaint = process.stderr.read() if process.stderr else b""
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
        process.wait()
    if failed:
        raise (
            failed[0]
            if isinstance(failed[0], BackupDamaged)
            else BackupDamaged("Le registre d’audit de la sauvegarde ne se lit pas.")
        ) from failed[0]
    if process.returncode:
        raise BackupDamaged(f"La copie de la base ne se lit pas : {last_line(complaint)}")


def _feed(process: subprocess.Popen[bytes], piece: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    with suppress(BrokenPipeError):  # what it says of it is told at its end
        process.stdin.write(piece)
