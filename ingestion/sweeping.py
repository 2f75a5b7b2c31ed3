"""Removing originals that no document names any more: of earlier versions, and of what was deleted."""

from collections.abc import Sequence
from typing import LiteralString

from ingestion.blobs import A_DAY, BlobStore
from retrieval.rows import Pool

PAGE = 1000

NAMED: LiteralString = "select distinct blob from received where blob = any(%s)"


async def sweep(pool: Pool, blobs: BlobStore, older_than: float = A_DAY) -> int:
    """Remove them, as far as they were put so many seconds ago: a younger one may be on its way into the catalogue.

    Gives how many.
    """
    removed = 0
    names: list[str] = []
    async for name in blobs.names(older_than):
        names.append(name)
        if len(names) >= PAGE:
            removed += await remove_unnamed(pool, blobs, names)
            names = []
    return removed + await remove_unnamed(pool, blobs, names)


async def remove_unnamed(pool: Pool, blobs: BlobStore, names: Sequence[str]) -> int:
    """Remove those of these originals that no document names, whatever their age; gives how many."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(NAMED, [[*names]])).fetchall()
    unnamed = set(names) - {name for (name,) in rows}
    for name in unnamed:
        await blobs.delete(name)
    return len(unnamed)
