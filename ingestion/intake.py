"""What a person names on the command line, as a stream of things to import.

`select` looks at everything once before anything is written: a path that does not exist, a format
that nobody reads or a broken line stops the import there. `Selection.items` then reads the same files
again, one after the other, so that memory holds one file or one record at a time.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.errors import BrokenLine, FileUnreadable, FormatUnknown, PathNotFound, TooLarge
from ingestion.parsing import formats, jsonl, unpacking

PIECE = 1 << 18  # bytes read at once


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """Bytes; `lines` is for a whole JSON-lines file, decompressed."""

    file: int = 50_000_000
    lines: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class FileIntake:
    """A file to be read; `id` is unique in its collection, `name` is for people's eyes and ends as its format does."""

    id: str
    name: str
    path: Path
    limit: int  # bytes

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, a few at a time. Raises `FileUnreadable`, `TooLarge`."""
        left = self.limit
        try:
            with self.path.open("rb") as file:
                while piece := file.read(PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise TooLarge(self.name, self.limit)
                    yield piece
        except OSError as error:
            raise FileUnreadable.closed(self.path, error) from error


@dataclass(frozen=True, slots=True)
class RecordIntake:
    """A record of a JSON-lines file; its bytes are RFC 8785."""

    id: str
    name: str
    content: bytes


Intake = FileIntake | RecordIntake


@dataclass(frozen=True, slots=True)
class Selection:
    """Files to import, in order; `total` counts them, each record of a JSON-lines file by itself."""

    files: tuple[tuple[str, str, Path], ...]  # document id, name and place
    total: int
    skipped: tuple[tuple[str, str], ...]
    limits: IntakeLimits

    def items(self) -> Iterator[Intake]:
        """Each document in turn. Raises `ImportRefused` where a file has changed for the worse since `select`."""
        for identifier, called, path in self.files:
            if jsonl.holds_records(path.name):
                for number, record in jsonl.records(path, self.limits.lines):
                    name = f"{path.name}, ligne {number} ({record.id})"
                    yield RecordIntake(record.id, name, record.canonical())
            else:
                yield FileIntake(identifier, called, path, self.limits.file)


def known_suffixes() -> frozenset[str]:
    """Ends of the names of files that can be imported."""
    return formats.SUFFIXES | jsonl.SUFFIXES | unpacking.SUFFIXES


def select(paths: Sequence[Path], base: Path | None = None, limits: IntakeLimits | None = None) -> Selection:
    """All files that these paths name; folders are walked, in the order of their names.

    A file's document id is its path below `base`, or else its absolute path; it is called as where it is
    dropped in a browser: by its own name, or by its path from the folder on. Hidden files, unknown
    formats and links that lead out of a folder are skipped there. Raises `PathNotFound`,
    `FormatUnknown`, `BrokenLine`, and `FileUnreadable` or `TooLarge` for a JSON-lines file.
    """
    limits = limits or IntakeLimits()
    files: dict[str, Path] = {}
    called: dict[str, str] = {}
    skipped: dict[str, str] = {}
    for path in paths:
        above = path.resolve().parent
        for file in _named(path, skipped):
            identifier = _identifier(file, base)
            files.setdefault(identifier, file)
            called.setdefault(identifier, _text(file.relative_to(above)))
    chosen = tuple((identifier, called[identifier], file) for identifier, file in files.items())
    return Selection(chosen, _total(files, limits), tuple(skipped.items()), limits)


def _named(path: Path, skipped: dict[str, str]) -> Iterator[Path]:
    """The files to import at one path; what is passed over goes into `skipped` with its reason."""
    if path.is_dir():
        yield from _walked(path.resolve(), skipped)
    elif not path.is_file():
        raise PathNotFound(path)
    elif _is_known(path):
        yield path.resolve()
    else:
        raise FormatUnknown(path, known_suffixes())


def _walked(folder: Path, skipped: dict[str, str]) -> Iterator[Path]:
    def closed(error: OSError) -> None:
        skipped[os.fsdecode(error.filename)] = f"Le dossier ne peut pas être lu ({error.strerror})."

    for place, folders, names in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            path = Path(place, name)
            target = path.resolve()
            if not target.is_relative_to(folder):
                skipped[_text(path)] = "Ce lien mène hors du dossier."
            elif not target.is_file():
                skipped[_text(path)] = "Ce n’est pas un fichier."
            elif not _is_known(path) or not _is_known(target):
                skipped[_text(path)] = "Ce format n’est pas pris en charge."
            else:
                yield target


def _total(files: dict[str, Path], limits: IntakeLimits) -> int:
    """How many documents there are; every line of every JSON-lines file is checked on the way."""
    total = 0
    seen: dict[str, str] = dict.fromkeys(files, "d’un fichier")
    for path in files.values():
        if not jsonl.holds_records(path.name):
            total += 1
            continue
        for number, record in jsonl.records(path, limits.lines):
            if record.id in seen:
                raise BrokenLine(path, number, f"l’identifiant « {record.id} » est déjà celui {seen[record.id]}")
            seen[record.id] = f"de {path.name}, ligne {number}"
            total += 1
    return total


def _is_known(path: Path) -> bool:
    return path.suffix.lower() in known_suffixes() or jsonl.holds_records(path.name)


def _identifier(file: Path, base: Path | None) -> str:
    if base is not None and file.is_relative_to(base.resolve()):
        file = file.relative_to(base.resolve())
    return _text(file)


def _text(path: Path) -> str:
    """A path as text; what is no UTF-8 in it becomes U+FFFD."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="replace")
