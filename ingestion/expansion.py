"""Archives and messages: a document for each file in them, at any depth that the limits allow."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePath
from typing import BinaryIO

from ingestion.errors import DocumentRefused, FileUnreadable
from ingestion.parsing.formats import parser_for
from ingestion.parsing.parts import BadPart, PartLimits, Place, harmless
from ingestion.parsing.unpacking import holds_files, is_read_itself
from ingestion.reading import Reader

LONGEST_ID = 2_000  # bytes; PostgreSQL's index takes about 2,700


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be a document; `id` and `name` say in which others it was, `path` where it lies for now."""

    id: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Unfit:
    """A file that can be no document, and why."""

    id: str
    name: str
    reason: DocumentRefused


async def expand(file: Found, reader: Reader, limits: PartLimits | None = None) -> AsyncGenerator[Found | Unfit, None]:
    """The documents that a file makes: itself, or what is in it, or both; what cannot be taken, with the reason.

    Each lies at its path until the next is asked for, and has an id of its own. The limits count all that comes
    out, at whatever depth.
    """
    seen: set[str] = set()
    async for one in _Expansion(reader, limits or PartLimits()).of(file, depth=0):
        if one.id in seen and isinstance(one, Found):
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

    async def of(self, file: Found, depth: int) -> AsyncGenerator[Found | Unfit, None]:
        if not holds_files(file.name):
            yield file
            return
        with tempfile.TemporaryDirectory(prefix="assistant-parts-") as folder, tempfile.TemporaryFile() as all_:
            try:
                parts, end = await self._unpacked(file, depth, all_)
            except DocumentRefused as refusal:
                yield Unfit(file.id, file.name, refusal)
                return
            if is_read_itself(file.name):
                yield file
            for part in parts:
                try:
                    inner = await asyncio.to_thread(_placed, file, part, Path(folder, "part"), all_)
                except DocumentRefused as refusal:
                    yield _unfit(file, part.name, refusal)
                else:
                    async for one in self.of(inner, depth + 1):
                        yield one
            if end is not None:
                yield _unfit(file, "…", end)

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
        size = sum(part.length for part in parts if isinstance(part, Place))
        left = self._left
        self._left = replace(left, expanded=max(0, left.expanded - size), parts=max(0, left.parts - len(parts)))
        return parts, end


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
    if parser_for(PurePath(inner.name)) is None and not holds_files(inner.name):
        raise FileUnreadable(part.name, "ce format n’est pas pris en charge", "Convertissez-le, ou retirez-le.")
    with path.open("wb") as copy:
        copied = 0
        while copied < part.length:
            copied += os.sendfile(copy.fileno(), all_.fileno(), part.start + copied, part.length - copied)
    return inner
