"""Archives, messages and files of records: a document for each file or record in them, as deep as the limits allow."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePath
from typing import BinaryIO

from ingestion.errors import BrokenLine, DocumentEmpty, DocumentRefused, FileUnreadable, TooLarge
from ingestion.parsing import jsonl
from ingestion.parsing.formats import parser_for
from ingestion.parsing.jsonl import holds_records
from ingestion.parsing.parts import BadPart, PartLimits, Place, harmless
from ingestion.parsing.unpacking import holds_files, is_read_itself
from ingestion.reading import Reader
from retrieval.scratch import Scratch, scratch

LONGEST_ID = 2_000  # bytes; PostgreSQL's index takes about 2,700


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be a document; `id` and `name` say in which others it was, `path` where it lies for now."""

    id: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record of a file, to be a document; `content` is RFC 8785."""

    id: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Unfit:
    """A file that can be no document, and why.

    One that `says_nothing` of its records does not say either that those it had before are gone.
    """

    id: str
    name: str
    reason: DocumentRefused
    says_nothing: bool = False


async def expand(
    file: Found, reader: Reader, limits: PartLimits | None = None
) -> AsyncGenerator[Found | FoundRecord | Unfit, None]:
    """The documents that a file makes: itself, or what is in it, or both; what cannot be taken, with the reason.

    Each lies at its path until the next is asked for, and has an id of its own. The limits count all that comes
    out, at whatever depth.
    """
    seen: set[str] = set()
    async for one in _Expansion(reader, limits or PartLimits()).of(file, depth=0):
        if one.id in seen and not isinstance(one, Unfit):
            reason = FileUnreadable(one.name, "il y a deux fichiers de ce nom", "Renommez-en un.")
            one = Unfit(f"{one.id}#", one.name, reason)
        if one.id not in seen:
            yield one
        seen.add(one.id)


class _Expansion:
    def __init__(self, reader: Reader, limits: PartLimits) -> None:
        self._reader = reader
        self._limits = limits
        self._left = limits

    async def of(self, file: Found, depth: int) -> AsyncGenerator[Found | FoundRecord | Unfit, None]:
        if holds_records(file.name):
            for record in await asyncio.to_thread(self._records, file, depth):
                yield record
        elif holds_files(file.name):
            async for one in self._inside(file, depth):
                yield one
        else:
            yield file

    async def _inside(self, file: Found, depth: int) -> AsyncGenerator[Found | FoundRecord | Unfit, None]:
        with scratch(Scratch.PARTS) as folder, tempfile.TemporaryFile() as all_:
            try:
                parts, end = await self._unpacked(file, depth, all_)
            except DocumentRefused as refusal:
                yield Unfit(file.id, file.name, refusal)
                return
            if is_read_itself(file.name):
                yield file
            for part in parts:
                try:
                    inner = await asyncio.to_thread(_placed, file, part, folder / "part", all_)
                except DocumentRefused as refusal:
                    yield _unfit(file, part.name, refusal)
                else:
                    async for one in self.of(inner, depth + 1):
                        yield one
            if end is not None:
                yield _unfit(file, "…", end)

    def _records(self, file: Found, depth: int) -> list[FoundRecord | Unfit]:
        """All of them, or why the file gives none: what stands in half a file says nothing of the other half."""
        found: list[FoundRecord | Unfit] = []
        try:
            for _, record in jsonl.records(file.path, min(self._left.file, self._left.expanded), file.name):
                if len(found) == self._left.parts:
                    raise self._too_many(file.name, depth)
                found.append(_record(file, record))
            if not found:
                raise DocumentEmpty(file.name)
        except (BrokenLine, DocumentRefused) as error:
            return [Unfit(file.id, file.name, self._why(file.name, depth, error), says_nothing=True)]
        size = sum(len(one.content) for one in found if isinstance(one, FoundRecord))
        self._take(size, len(found))
        return found

    def _why(self, name: str, depth: int, error: BrokenLine | DocumentRefused) -> DocumentRefused:
        """What is told of a file of records that cannot be read."""
        if isinstance(error, BrokenLine):
            problem = f"sa ligne {error.number} ne peut pas être lue ({error.problem})"
            return FileUnreadable(name, problem, "Corrigez cette ligne.")
        if isinstance(error, TooLarge) and depth and self._left.expanded < self._left.file:
            return self._too_large(name)
        return error

    def _too_many(self, name: str, depth: int) -> FileUnreadable:
        """More records than may still come out: of a file by itself, or of all in the file that holds it."""
        if depth == 0:
            problem = f"ce fichier compte plus de {self._limits.parts} enregistrements"
            return FileUnreadable(name, problem, "Découpez-le, ou suivez-le comme une source à lui seul.")
        return _beyond(name, f"compte plus de {self._limits.parts} fichiers et enregistrements")

    def _too_large(self, name: str) -> FileUnreadable:
        return _beyond(name, f"donne plus de {self._limits.expanded / 1_000_000:.0f} Mo")

    def _take(self, size: int, parts: int) -> None:
        left = self._left
        self._left = replace(left, expanded=max(0, left.expanded - size), parts=max(0, left.parts - parts))

    async def _unpacked(
        self, file: Found, depth: int, into: BinaryIO
    ) -> tuple[list[Place | BadPart], DocumentRefused | None]:
        """Raises `DocumentRefused`."""
        parts, end = await self._reader.unpack(file.path, file.name, self._left, into)
        if end is not None and not parts:
            raise end
        if parts and depth == self._limits.depth:
            problem = f"c’est un fichier dans un autre, à plus de {depth} niveaux"
            raise FileUnreadable(file.name, problem, "Versez-le à part.")
        self._take(sum(part.length for part in parts if isinstance(part, Place)), len(parts))
        return parts, end


def _beyond(name: str, what: str) -> FileUnreadable:
    return FileUnreadable(name, f"le fichier qui le contient {what} en tout", "Découpez ce dernier.")


def _record(file: Found, record: jsonl.Record) -> FoundRecord | Unfit:
    """Under its own id, below the file's: two files may call theirs alike."""
    identifier = f"{file.id}/{record.id}"
    if len(identifier.encode()) > LONGEST_ID:
        return _unfit(file, record.id, FileUnreadable(file.name, "un identifiant y est trop long", "Abrégez-le."))
    return FoundRecord(identifier, f"{file.name}/{record.id}", record.canonical())


def _unfit(file: Found, part: str, reason: DocumentRefused) -> Unfit:
    identifier = f"{file.id}/{part}"
    if len(identifier.encode()) > LONGEST_ID:
        identifier = f"{file.id}/{sha256(part.encode()).hexdigest()}"
    return Unfit(identifier, f"{file.name}/{part}", reason)


def _placed(file: Found, part: Place | BadPart, path: Path, all_: BinaryIO) -> Found:
    """The part as a file of its own. Raises `DocumentRefused`."""
    if isinstance(part, BadPart):
        raise part.reason
    inner = Found(f"{file.id}/{harmless(part.name)}", f"{file.name}/{part.name}", path)
    if len(inner.id.encode()) > LONGEST_ID:
        raise FileUnreadable(part.name, "avec celui du fichier qui le contient, son nom est trop long", "Abrégez-le.")
    if parser_for(PurePath(inner.name)) is None and not holds_files(inner.name) and not holds_records(inner.name):
        raise FileUnreadable(part.name, "ce format n’est pas pris en charge", "Convertissez-le, ou retirez-le.")
    with path.open("wb") as copy:
        copied = 0
        while copied < part.length:
            copied += os.sendfile(copy.fileno(), all_.fileno(), part.start + copied, part.length - copied)
    return inner
