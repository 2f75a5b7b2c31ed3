"""A backup's members, put where they belong on an empty machine, once all of it was read (`ui.backup.examining`)."""

import os
import subprocess
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ui.backup.age import Identity, opened
from ui.backup.archive import BLOBS, DATABASE, HOME, INDEX, KEYS, Part, index_file, parts
from ui.backup.dump import last_line, restoring
from ui.errors import BackupRefused
from ui.french import system_reason

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Targets:
    """Where they go: the data folder, that of originals, the file of public keys, the database of that address."""

    home: Path
    blobs: Path
    keys: Path
    database: str


def unpack(path: Path, identities: Sequence[Identity], targets: Targets, postgres: int, told: Told) -> None:
    """Put all of it there; `told` hears how many bytes are done.

    Raises `BackupDamaged`, `BackupRefused` where the database or a disk does not take it.
    """
    done = 0
    try:
        with opened(path, identities) as reader, _database(targets, postgres) as database:
            for part in parts(reader):
                _put(part, targets, database)
                done += part.size
                told(done)
    except OSError as error:
        raise BackupRefused(
            f"La sauvegarde ne peut pas être restaurée dans {targets.home} : {system_reason(error)}."
        ) from error


def _put(part: Part, targets: Targets, database: subprocess.Popen[bytes]) -> None:
    name = part.name
    if name.startswith(DATABASE):
        assert database.stdin is not None  # noqa: S101 - it is a pipe
        for piece in part.pieces():
            database.stdin.write(piece)
    elif name.startswith(BLOBS):
        digest = name.removeprefix(BLOBS)
        _write(targets.blobs / digest[:2] / digest, part)
    elif name.startswith(INDEX):
        _append(targets.home, part)
    elif name.startswith(HOME):
        _write(targets.home / name.removeprefix(HOME), part)
    elif name == KEYS:
        _write(targets.keys, part)
    else:
        part.whole()


def _append(home: Path, part: Part) -> None:
    name, number = index_file(part.name)
    path = home / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("ab" if number else "xb") as file:
        content = zlib.decompress(part.whole())
        if content.count(0) == len(content):  # room that is kept free, and takes none
            file.truncate(file.seek(0, os.SEEK_END) + len(content))
        else:
            file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _write(path: Path, part: Part) -> None:
    """The file, durable; an original that is there already, in a folder that outlived the machine, stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        part.whole()
        return
    partial = path.with_name(f"{path.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for piece in part.pieces():
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


@contextmanager
def _database(targets: Targets, postgres: int) -> Iterator[subprocess.Popen[bytes]]:
    process = restoring(targets.database, postgres, targets.home)
    assert process.stdin is not None and process.stderr is not None  # noqa: S101, PT018 - both are pipes
    try:
        with suppress(BrokenPipeError):  # what the program says of it is told below
            yield process
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        complaint = process.stderr.read()
        process.stderr.close()
        process.wait()
        (targets.home / "pgpass").unlink(missing_ok=True)
    if process.returncode:
        raise BackupRefused(f"La base ne se laisse pas restaurer : {last_line(complaint)}")
