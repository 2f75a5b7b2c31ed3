"""A crash at any step of an import, and then the same import again."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ingestion import DiskFull
from retrieval import Collection, DocumentState, IndexUnavailable
from tests.ingestion.conftest import Library, Write
from tests.ingestion.import_steps import Failure, step_by_step
from tests.ingestion.records import lines
from tests.ingestion.steps import Steps

IDS = ("same", "changed", "emptied", "new")


async def imported(library: Library, write: Write) -> tuple[Collection, Path]:
    """A fresh collection with a first state of the records, and the file of their next state."""
    name = f"C-{uuid4()}"
    collection = await library.create(name)
    await library.ingest(name, write("a.jsonl", lines(same="Pareil.", changed="Avant.", emptied="Plein.")))
    long = "\n".join(["Après."] * 400)  # several chunks
    return collection, write("a.jsonl", lines(same="Pareil.", changed=long, emptied=" ", new="Nouveau."))


async def end_state(library: Library, collection: Collection) -> tuple[Any, Any]:
    return await library.points(collection), await library.states(collection, *IDS)


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
async def test_after_a_crash_at_any_step_the_next_run_reaches_the_same_end(
    library: Library, write: Write, after: bool
) -> None:
    collection, path = await imported(library, write)
    undisturbed = Steps(None, after=after)
    await step_by_step(library, collection, path, undisturbed)
    expected = await end_state(library, collection)
    assert undisturbed.count > 20

    for crash_at in range(1, undisturbed.count + 1):
        collection, path = await imported(library, write)
        with pytest.raises(Failure):
            await step_by_step(library, collection, path, Steps(crash_at, after=after, error=Failure))
        await assert_that_what_is_indexed_can_be_found(library, collection)

        await library.ingest(collection.name, path)

        assert await end_state(library, collection) == expected, f"crash at step {crash_at}"


async def assert_that_what_is_indexed_can_be_found(library: Library, collection: Collection) -> None:
    """The catalogue promises nothing that the index does not hold.

    The reverse may happen: a pending document may have points already, and the next run takes it up.
    """
    found = {(document, version) for document, version, *_ in await library.points(collection)}
    for document, (version, state, _) in (await library.states(collection, *IDS)).items():
        assert state is not DocumentState.INDEXED or (document, version) in found


def no_space() -> Exception:
    error = IndexUnavailable("L’index refuse l’opération.")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    return error


@pytest.mark.parametrize(
    "error", [no_space, psycopg.errors.DiskFull, lambda: OSError(errno.EDQUOT, "Disk quota exceeded")]
)
async def test_a_full_disk_is_named_at_any_step_and_the_next_run_goes_on(
    library: Library, write: Write, error: Callable[[], Exception]
) -> None:
    collection, path = await imported(library, write)
    undisturbed = Steps(None, after=False)
    await step_by_step(library, collection, path, undisturbed)
    expected = await end_state(library, collection)
    # The first call looks the collection up, before the import itself.
    for crash_at in range(2, undisturbed.count + 1, 5):
        collection, path = await imported(library, write)
        with pytest.raises(Exception) as full:  # noqa: PT011 - by whoever met it first
            await step_by_step(library, collection, path, Steps(crash_at, after=False, error=error))
        assert isinstance(full.value, DiskFull) or any("plus de place" in delay for delay in await delays(library))
        await library.ingest(collection.name, path)
        assert await end_state(library, collection) == expected


async def delays(library: Library) -> list[str]:
    """Why documents wait longer."""
    async with library.parts.pool.connection() as connection:
        rows = await (await connection.execute("select delay from received")).fetchall()
    return [delay for (delay,) in rows]
