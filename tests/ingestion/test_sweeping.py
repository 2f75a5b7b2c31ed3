"""Originals that no document names any more."""

from ingestion import Stages
from ingestion.sweeping import sweep
from tests.ingestion.conftest import Library, Write


async def test_an_original_goes_with_the_last_document_that_names_it_once_it_is_old(
    library: Library, write: Write
) -> None:
    parts, collection = library.parts, await library.create("RH")
    path = write("note.txt", "Ancien.")
    await library.ingest("RH", path)
    await library.ingest("RH", write("note.txt", "Nouveau."), write("same.txt", "Nouveau."))
    assert len({name async for name in parts.blobs.names()}) == 2

    await Stages(parts).tidy()  # it may be on its way into the catalogue
    assert len({name async for name in parts.blobs.names()}) == 2
    assert await sweep(parts.pool, parts.blobs, older_than=0) == 1
    assert len({name async for name in parts.blobs.names()}) == 1

    async with parts.pool.connection() as connection:
        await parts.catalog.delete_collection(connection, collection.id)
    assert await sweep(parts.pool, parts.blobs, older_than=0) == 1
    assert [name async for name in parts.blobs.names()] == []
