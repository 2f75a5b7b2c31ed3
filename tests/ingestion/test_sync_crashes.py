"""A crash at any step of a synchronisation, and then the next one."""

from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingestion import DiskFull
from ingestion.sources import sync
from ingestion.sources.followed import SourceTable
from ingestion.sources.service import Sources
from tests.ingestion.following import Following, following
from tests.ingestion.steps import Crash, Steps
from tests.ingestion.sync_steps import counted_sources

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library


BEFORE = {"pareil.txt": "Pareil.", "changé.txt": "Avant.", "parti.txt": "Parti.", "avant.txt": "Renommé."}
BEFORE |= {"gros.txt": "Encore court."}
AFTER = {"pareil.txt": "Pareil.", "changé.txt": "Depuis.", "après.txt": "Renommé.", "nouveau.txt": "Nouveau."}


async def halfway(library: "Library", folder: Path) -> Following:
    """A collection that follows a folder in which something of each kind has changed since."""
    follows = await following(library, folder)
    for name, text in BEFORE.items():
        follows.place.put(name, text.encode())
    await follows.sync()
    for name in ("parti.txt", "avant.txt"):
        follows.place.delete(name)
    for name in ("changé.txt", "après.txt", "nouveau.txt"):
        follows.place.put(name, AFTER[name].encode())
    follows.place.put("gros.txt", b"a" * 200)
    return follows


def limited(sources: Sources) -> Sources:
    return replace(sources, limits=replace(sources.limits, file=100))


async def step_by_step(follows: Following, steps: Steps) -> None:
    """Synchronise in the smallest batches, so that there are many steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync, "AT_ONCE", 1)
        await follows.sync(limited(counted_sources(follows, steps)))


async def crashed(follows: Following, steps: Steps) -> None:
    """Synchronise until it breaks off."""
    with pytest.raises(Crash):
        await step_by_step(follows, steps)
    await follows.end_lease()


async def assert_followed(follows: Following, document_id: str, place: str) -> None:
    await follows.library.do_jobs()
    assert await follows.texts() == AFTER, place
    states = await follows.states()
    assert states == dict.fromkeys(AFTER, "indexed") | {"gros.txt": "failed"}, place
    held = await follows.held()
    assert held.keys() == states.keys(), place
    assert held["après.txt"] == document_id, place


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
async def test_after_a_crash_at_any_step_the_next_synchronisation_reaches_the_same_end(
    library: "Library", tmp_path: Path, after: bool
) -> None:
    follows = await halfway(library, tmp_path)
    renamed = (await follows.held())["avant.txt"]
    undisturbed = Steps(None, after=after)
    await step_by_step(follows, undisturbed)
    await assert_followed(follows, renamed, "undisturbed")
    assert undisturbed.count > 40

    for crash_at in range(1, undisturbed.count + 1):
        follows = await halfway(library, tmp_path)
        renamed = (await follows.held())["avant.txt"]
        await crashed(follows, Steps(crash_at, after=after))
        await follows.sync(limited(follows.sources()))
        await assert_followed(follows, renamed, f"crash at step {crash_at}")


async def test_a_full_disk_is_named_and_the_next_synchronisation_goes_on(library: "Library", tmp_path: Path) -> None:
    follows = await halfway(library, tmp_path)
    renamed = (await follows.held())["avant.txt"]
    with pytest.MonkeyPatch.context() as patch:

        async def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(sync, "copied", full)
        with pytest.raises(DiskFull):
            await follows.sync(limited(follows.sources()))
    await follows.sync(limited(follows.sources()))
    await assert_followed(follows, renamed, "full disk")


async def test_content_that_comes_back_after_a_crash_is_taken_again(
    library: "Library", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follows = await following(library, tmp_path)
    follows.place.put("a.txt", b"Avant.")
    await follows.sync()
    follows.place.put("a.txt", b"Depuis.")

    async def crash(*_: Any) -> None:
        raise Crash

    monkeypatch.setattr(SourceTable, "settle", crash)
    with pytest.raises(Crash):
        await follows.sync()
    monkeypatch.undo()
    await follows.end_lease()
    await library.do_jobs()
    assert await follows.texts() == {"a.txt": "Depuis."}

    follows.place.put("a.txt", b"Avant.")
    await follows.sync()
    assert await follows.texts() == {"a.txt": "Avant."}


@pytest.mark.parametrize("comes_back", ["a.txt", "b.txt"])
async def test_what_comes_back_while_it_was_half_taken_out_is_taken_in_again(
    library: "Library", tmp_path: Path, comes_back: str
) -> None:
    follows = await following(library, tmp_path)
    follows.place.put("a.txt", b"Un.")
    await follows.sync()
    follows.place.delete("a.txt")
    await broken_off(follows, follows.sync(dying(follows), allow_empty=True))
    follows.place.put(comes_back, b"Un.")
    await follows.sync()
    assert await follows.texts() == {comes_back: "Un."}
    assert await follows.states() == {comes_back: "indexed"}


async def test_a_source_that_was_half_removed_is_followed_as_before(library: "Library", tmp_path: Path) -> None:
    follows = await following(library, tmp_path)
    follows.place.put("a.txt", b"Un.")
    await follows.sync()
    await broken_off(follows, dying(follows).remove(library.principal, follows.name))
    await follows.sync()
    assert await follows.texts() == {"a.txt": "Un."}
    assert await follows.states() == {"a.txt": "indexed"}


def dying(follows: Following) -> Sources:
    """The process ends once the index has taken out what it is told to."""

    class Dying:
        async def points(self, *document: Any) -> Any:
            return await follows.library.parts.index.points(*document)

        async def delete(self, *document: Any) -> None:
            await follows.library.parts.index.delete(*document)
            raise Crash

    return follows.sources(index=Dying())


async def broken_off(follows: Following, work: Coroutine[Any, Any, Any]) -> None:
    with pytest.raises(Crash):
        await work
    await follows.end_lease()
