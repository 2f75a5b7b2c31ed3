"""Copies of entries on this machine, for as long as it takes to receive them."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

from ingestion.errors import TooLarge
from ingestion.sources.errors import SourceUnreachable
from ingestion.sources.port import Entry, Source

PATIENCE_S = 1800.0  # for one entry, however slowly it comes


@dataclass(frozen=True, slots=True)
class Copy:
    """One entry, as it was read; `sha256` is of its bytes."""

    entry: Entry
    path: Path
    sha256: str
    size: int


async def copied(source: Source, entry: Entry, folder: Path, limit: int) -> Copy:
    """Read an entry into a folder; `limit` in bytes.

    Raises `TooLarge`, `SourceUnreachable`, and what `Source.read` raises.
    """
    if entry.size > limit:
        raise TooLarge(entry.key, limit)
    digest, size = hashlib.sha256(), 0
    path = folder / hashlib.sha256(entry.key.encode()).hexdigest()  # a key may be no name of a file
    try:
        async with asyncio.timeout(PATIENCE_S):
            with path.open("wb") as file:
                async for piece in source.read(entry.key):
                    size += len(piece)
                    if size > limit:
                        raise TooLarge(entry.key, limit)
                    digest.update(piece)
                    await asyncio.to_thread(file.write, piece)
    except TimeoutError as error:
        raise SourceUnreachable(entry.key, "sa lecture dure trop longtemps") from error
    return Copy(entry, path, digest.hexdigest(), size)
