"""A change of the embedding model in a process that the kernel kills at each of its steps, and what others see."""

import asyncio
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval import IndexInUse
from tests.ingestion import two_models
from tests.ingestion.mortal_worker import PERSON
from tests.ingestion.processes import run
from tests.ingestion.records import lines
from tests.ingestion.two_models import NEW, OLD, two
from ui.database import DatabaseSettings

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

Write = Callable[[str, str], Path]


async def test_after_a_kill_at_any_step_one_of_the_two_is_in_use_whole_and_the_work_goes_on(
    library: "Library", postgres: DatabaseSettings, tmp_path: Path, write: Write
) -> None:
    pool, queue, first = library.parts.pool, library.queue, tmp_path / "first"
    async with two(pool, first, queue) as both:
        parts = replace(library.parts, spaces=both.spaces, index=IndexInUse(both.spaces))
        collection = await library.create("RH")
        await library.ingest("RH", write("a.jsonl", lines(a="Un.", b="\n".join(["Deux."] * 300))), parts=parts)
        expected = await both.found(collection.id)
    assert len(expected) > 2

    in_use, last = set(), 0
    code: int | None = -signal.SIGKILL
    while code:
        last += 1
        folder = tmp_path / f"killed at step {last}"
        await asyncio.to_thread(shutil.copytree, first, folder)
        async with pool.connection() as connection:
            await connection.execute("delete from vector_space")
        code = await asyncio.to_thread(run, two_models.change, postgres.url, str(folder), last)
        assert code in (0, -signal.SIGKILL)
        async with two(pool, folder, queue) as both:
            in_use.add((await both.spaces.in_use()).embedder)
            assert await both.found(collection.id) == expected, last
            await both.succession.announce(PERSON)
            await both.finish()
            assert (await both.spaces.in_use()).embedder is NEW
            assert await both.found(collection.id) == expected, last
        (index,) = folder.iterdir()
        assert index.name != "index", last
    assert in_use == {OLD, NEW}
    assert last > 20


def first_word(told: Path) -> str:
    """What a process tells first."""
    while not (told.exists() and (word := told.read_text())):
        continue
    return word


async def test_another_process_sees_the_switch_with_its_next_question(
    library: "Library", postgres: DatabaseSettings, tmp_path: Path, write: Write
) -> None:
    told = tmp_path / "told"
    async with two(library.parts.pool, tmp_path / "here", library.queue) as both:
        await both.succession.announce(library.principal)
        other = asyncio.create_task(
            asyncio.to_thread(run, two_models.tell, postgres.url, str(tmp_path / "there"), str(told))
        )
        assert await asyncio.to_thread(first_word, told) == OLD.name
        await both.finish()
        assert await other == 0
        assert told.read_text() == NEW.name
