"""JSON lines: one record a line, `{id, title, text, url, date, path}`; `id` and `text` are required.

`path` names headings, the outermost first, separated by " > ". What the text is may be said by `kind` (a
`TextKind`), `number`, `signed_on`, `in_force_from`, `repealed_on`, `replaces` (a list of numbers),
`replaced_by` and `author` (who signed or issued it). Days are ISO days or empty. Other keys and other kinds
are allowed and ignored. The file may be compressed (gzip).
"""

import codecs
import datetime as dt
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, Self

import rfc8785

from ingestion.characters import smuggled, visible
from ingestion.document import Block, ParsedDocument
from ingestion.errors import BrokenLine, FileUnreadable, TooLarge
from ingestion.invisible import invisible_places
from retrieval.corpus import DocumentMetadata, TextKind

SUFFIXES = frozenset({".jsonl", ".jsonl.gz", ".ndjson"})

_TEXTS = ("title", "url", "path", "number", "replaced_by", "author")
_DATES = ("date", "in_force_from", "repealed_on", "signed_on")
_KINDS = [kind.value for kind in TextKind]
_BESIDES = frozenset({"author", "unseen", "invisible"})  # rare, and left out of a record that has none


@dataclass(frozen=True, slots=True)
class Record:
    """One line, checked; texts without invisible characters, days as ISO strings or empty."""

    id: str
    title: str
    text: str
    url: str
    path: str
    date: str
    in_force_from: str
    repealed_on: str
    kind: str
    number: str
    signed_on: str
    replaces: tuple[str, ...]
    replaced_by: str
    author: str = ""
    unseen: str = ""
    """What the line says in characters without a shape."""
    invisible: str = ""

    def canonical(self) -> bytes:
        """The same bytes for the same content, whatever the order of keys (RFC 8785)."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return rfc8785.dumps({name: value for name, value in values.items() if value or name not in _BESIDES})

    @classmethod
    def of_canonical(cls, content: bytes) -> Self:
        """The record of which these are the canonical bytes."""
        values = json.loads(content)
        return cls(**values | {"replaces": tuple(values["replaces"])})

    def document(self) -> ParsedDocument:
        """One block a line of text, all under the record's own path."""
        heading_path = tuple(" ".join(part.split()) for part in self.path.split(" > ") if part.strip())
        blocks = tuple(Block(line.strip(), heading_path) for line in self.text.splitlines() if line.strip())
        metadata = DocumentMetadata(
            title=" ".join(self.title.split()),
            url=self.url,
            date=_day(self.date),
            in_force_from=_day(self.in_force_from),
            repealed_on=_day(self.repealed_on),
            kind=TextKind(self.kind) if self.kind else None,
            number=self.number,
            signed_on=_day(self.signed_on),
            replaces=self.replaces,
            replaced_by=self.replaced_by,
            author=" ".join(self.author.split()),
        )
        return ParsedDocument(metadata, blocks, self.unseen, invisible=self.invisible)


def holds_records(name: str) -> bool:
    """Whether a file of that name is one of records."""
    return name.lower().endswith(tuple(SUFFIXES))


def records(path: Path, limit: int, name: str = "") -> Iterator[tuple[int, Record]]:
    """Each record with the number of its line (from 1), read one at a time; blank lines are passed over.

    `limit` counts bytes, after decompression; `name` is what people call the file, if not by its path. Raises
    `BrokenLine`, `FileUnreadable`, `TooLarge`.
    """
    called = Path(name or path)
    lines: dict[str, int] = {}
    for number, line in _lines(path, limit, called):
        if not line.strip():
            continue
        record = _record(called, number, line)
        first = lines.setdefault(record.id, number)
        if first != number:
            raise BrokenLine(called, number, f"l’identifiant « {record.id} » est déjà celui de la ligne {first}")
        yield number, record


def _lines(path: Path, limit: int, called: Path) -> Iterator[tuple[int, bytes]]:
    """Never more than `limit` bytes in memory, even where a line has no end."""
    left, number = limit, 0
    try:
        with _open(path, called) as file:
            while line := file.readline(left + 1):
                left, number = left - len(line), number + 1
                if left < 0:
                    raise TooLarge(str(called), limit)
                yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileUnreadable(
            str(called), "l’archive gzip est endommagée", "Compressez le fichier à nouveau."
        ) from error
    except OSError as error:
        raise FileUnreadable.closed(called, error) from error


def _open(path: Path, called: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path, "rb") if called.suffix.lower() == ".gz" else path.open("rb")


def _record(path: Path, number: int, line: bytes) -> Record:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BrokenLine(path, number, "le texte n’est pas en UTF-8") from error
    except json.JSONDecodeError as error:
        problem = f"ce n’est pas du JSON ({error.msg}, caractère {error.pos + 1})"
        raise BrokenLine(path, number, problem) from error
    except RecursionError as error:
        raise BrokenLine(path, number, "ce JSON est trop imbriqué") from error
    if not isinstance(value, dict):
        raise BrokenLine(path, number, "ce n’est pas un objet JSON entre accolades")
    problem = _problem(value)
    if problem:
        raise BrokenLine(path, number, problem)
    raw = {key: value.get(key) or "" for key in ("text", *_TEXTS)}
    return Record(
        id=value["id"],
        kind=value["kind"] if value.get("kind") in _KINDS else "",
        replaces=tuple(visible(number) for number in value.get("replaces") or ()),
        unseen="\n".join(filter(None, map(smuggled, raw.values()))),
        invisible="\n".join(filter(None, map(invisible_places, raw.values()))),
        **{key: visible(text) for key, text in raw.items()},
        **{key: value.get(key) or "" for key in _DATES},
    )


def _problem(value: Mapping[str, Any]) -> str:
    """What is wrong with the record, or nothing."""
    for key in ("id", "text"):
        if key not in value:
            return f"la clé « {key} » manque"
        if not isinstance(value[key], str):
            return f"« {key} » n’est pas une chaîne de caractères"
    identifier = value["id"]
    if not identifier.strip() or identifier != visible(identifier) or len(identifier.splitlines()) > 1:
        return "« id » est vide ou contient des caractères invisibles"
    for key in (*_TEXTS, *_DATES):
        if not isinstance(value.get(key) or "", str):
            return f"« {key} » n’est pas une chaîne de caractères"
    replaces = value.get("replaces") or []
    if not isinstance(replaces, list) or not all(isinstance(number, str) for number in replaces):
        return "« replaces » n’est pas une liste de chaînes de caractères"
    for key in _DATES:
        if value.get(key) and _day(value[key]) is None:
            return f"« {key} » n’est pas une date de la forme 2026-11-30"
    return ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
