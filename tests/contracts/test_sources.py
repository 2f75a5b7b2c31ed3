"""What every `Source` does, on each implementation: each over a real place of this machine."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from ingestion.characters import visible
from ingestion.sources.errors import EntryGone
from ingestion.sources.port import Entry, Source
from tests.places import (
    FolderPlace,
    LinesPlace,
    Place,
    S3Place,
    WebdavPlace,
    s3_place,
    s3_server,
    webdav_server,
)

NAMES = [
    "simple.txt",
    "dossier/autre dossier/note de service.txt",
    "é composé.txt",
    "e\u0301 décomposé.txt",
    "100%2F.txt",
    "100%.txt",
    "question ? dièse # et & plus + égal = .txt",
    "\u202etxt.exe",
    "guillemets \"doubles\" et 'simples'.txt",
    "barre \\ inverse.txt",
    "*[a-z]{x}~.txt",
    "日本語.txt",
    f"{'long ' * 40}.txt",
    f"{'d' * 250}/{'f' * 250}",
]
LINE_BREAK = "deux\nlignes.txt"  # which the S3 server of the tests does not take


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "s3", "webdav", "lines"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty one."""
    folder = tmp_path / "dossier à lire"
    match request.param:
        case "folder":
            folder.mkdir()
            yield FolderPlace(folder)
        case "s3":
            yield s3_place(request.getfixturevalue("s3"))
        case "webdav":
            folder.mkdir()
            with webdav_server(folder) as url:
                yield WebdavPlace(folder, url)
        case _:
            path = tmp_path / "a.jsonl"
            path.touch()
            yield LinesPlace(path)


async def listed(source: Source) -> dict[str, Entry]:
    entries = [entry async for entry in source.entries()]
    held = {entry.key: entry for entry in entries}
    assert len(held) == len(entries)
    return held


async def content(source: Source, key: str) -> bytes:
    return b"".join([piece async for piece in source.read(key)])


async def test_an_empty_place_lists_nothing(place: Place) -> None:
    async with place.source() as source:
        assert await listed(source) == {}


async def test_every_entry_is_listed_and_read_under_its_own_name(place: Place) -> None:
    names = [*NAMES, *([] if isinstance(place, S3Place | LinesPlace) else [LINE_BREAK])]
    if isinstance(place, LinesPlace):
        names = [name for name in names if name == visible(name)]  # the others are no ids of records
    for n, name in enumerate(names):
        place.put(name, f"Texte n° {n}.".encode())
    async with place.source() as source:
        held = await listed(source)
        assert set(held) == set(names)
        for n, name in enumerate(names):
            read = await content(source, name)
            assert len(read) == held[name].size
            assert f"Texte n° {n}.".encode() in read


async def test_a_fingerprint_stays_while_the_content_does_and_changes_with_it(place: Place) -> None:
    place.put("a.txt", b"Avant.")
    place.put("b.txt", b"Pareil.")
    async with place.source() as source:
        before = await listed(source)
        assert await listed(source) == before
        place.put("a.txt", b"Depuis.")
        after = await listed(source)
    assert after["a.txt"].fingerprint != before["a.txt"].fingerprint
    assert after["b.txt"] == before["b.txt"]


async def test_what_was_removed_is_no_longer_listed_and_reading_it_says_that_it_is_gone(place: Place) -> None:
    place.put("a.txt", b"A.")
    place.put("b.txt", b"B.")
    async with place.source() as source:
        await listed(source)
        place.delete("a.txt")
        assert set(await listed(source)) == {"b.txt"}
        with pytest.raises(EntryGone, match=r"a\.txt"):
            await content(source, "a.txt")
        assert b"B." in await content(source, "b.txt")


async def test_a_large_entry_comes_in_pieces(place: Place) -> None:
    if isinstance(place, LinesPlace):
        pytest.skip("a record is one piece")
    large = bytes(range(256)) * 20_000
    place.put("grand.bin", large)
    async with place.source() as source:
        pieces = [piece async for piece in source.read("grand.bin")]
    assert b"".join(pieces) == large
    assert max(map(len, pieces)) < len(large)


async def test_entries_are_read_in_any_order(place: Place) -> None:
    for name in ("a", "b", "c"):
        place.put(name, name.encode() * 3)
    async with place.source() as source:
        for name in ("c", "a", "b", "a", "c"):
            assert name.encode() * 3 in await content(source, name)


async def test_hidden_files_and_folders_are_left_out(place: Place) -> None:
    if isinstance(place, LinesPlace):
        pytest.skip("records have no paths")
    for name in (".caché.txt", ".dossier/a.txt", "dossier/.git/b.txt", "vu.txt"):
        place.put(name, b"Texte.")
    async with place.source() as source:
        assert set(await listed(source)) == {"vu.txt"}


async def test_two_readers_of_one_place_do_not_disturb_each_other(place: Place) -> None:
    for name in ("a", "b"):
        place.put(name, name.encode() * 3)
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(place.source()) for _ in range(2)]
        assert await listed(one) == await listed(other)
        assert b"bbb" in await content(one, "b")
        assert b"aaa" in await content(other, "a")
