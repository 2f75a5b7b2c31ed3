"""A collection follows what the files of its source hold: records, and the files of archives."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion import ParseLimits, open_reader
from ingestion.intake import IntakeLimits
from tests.ingestion.following import Following, following
from tests.ingestion.office_files import zipped
from tests.ingestion.records import lines

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library


async def test_each_record_of_a_file_in_a_folder_is_a_document_that_follows_it(follows: Following) -> None:
    follows.place.put("a.jsonl", lines(un="Un.", deux="Deux.").encode())
    follows.place.put("dossier/b.jsonl", lines(un="Autre.").encode())
    assert await follows.sync() == {"added": 2}
    assert await follows.texts() == {"a.jsonl/un": "Un.", "a.jsonl/deux": "Deux.", "dossier/b.jsonl/un": "Autre."}
    held, acts = await follows.held(), len(await follows.library.acts())

    after = lines(un="Un.", trois="Trois.").encode()
    follows.place.put("a.jsonl", after)
    assert await follows.sync() == {"changed": 1, "unchanged": 1}
    assert await follows.texts() == {"a.jsonl/un": "Un.", "a.jsonl/trois": "Trois.", "dossier/b.jsonl/un": "Autre."}
    indexed = [body for body in (await follows.library.acts())[acts:] if b'"document.indexed"' in body]
    assert len(indexed) == 1  # the record that stayed as it was is not read again

    follows.place.delete("a.jsonl")
    follows.place.put("dossier/c.jsonl", after)
    assert await follows.sync() == {"renamed": 1, "unchanged": 1}
    assert set(await follows.texts()) == {"dossier/c.jsonl/un", "dossier/c.jsonl/trois", "dossier/b.jsonl/un"}
    assert (await follows.held())["dossier/c.jsonl"] == held["a.jsonl"]

    follows.place.delete("dossier/c.jsonl")
    assert await follows.sync() == {"removed": 1, "unchanged": 1}
    assert await follows.texts() == {"dossier/b.jsonl/un": "Autre."}


BROKEN = b'{"id": "un", "text": "Un, plus tard."}\n{'


@pytest.mark.parametrize("unfit", [BROKEN, b"\n", b'{"id": "un", "text": "Un"}'.ljust(5_000)])
async def test_a_file_of_records_that_cannot_be_read_takes_none_of_them_away(follows: Following, unfit: bytes) -> None:
    small = replace(follows.sources(), limits=IntakeLimits(file=4_000))
    follows.place.put("a.jsonl", lines(un="Un.", deux="Deux.").encode())
    await follows.sync(small)
    held = (await follows.held())["a.jsonl"]
    library = follows.library
    async with library.parts.pool.connection() as connection:
        await library.parts.catalog.correct(connection, follows.collection.id, f"{held}/un", {"number": "7"})

    follows.place.put("a.jsonl", unfit)
    await follows.sync(small)
    assert await follows.states() == {"a.jsonl": "failed", "a.jsonl/un": "indexed", "a.jsonl/deux": "indexed"}
    assert await follows.texts() == {"a.jsonl/un": "Un.", "a.jsonl/deux": "Deux."}

    follows.place.put("a.jsonl", lines(un="Un, plus tard.").encode())
    await follows.sync(small)
    assert await follows.states() == {"a.jsonl/un": "indexed"}
    assert await follows.texts() == {"a.jsonl/un": "Un, plus tard."}
    async with library.parts.pool.connection() as connection:
        document = await library.parts.catalog.document(connection, follows.collection.id, f"{held}/un")
    assert document is not None
    assert (document.version, document.metadata.number) == (2, "7")


async def test_a_file_that_another_name_makes_one_of_records_or_no_longer_is_read_anew(follows: Following) -> None:
    content = lines(un="Un.")
    follows.place.put("a.txt", content.encode())
    await follows.sync()
    (follows.place.folder / "a.txt").rename(follows.place.folder / "a.jsonl")
    assert await follows.sync() == {"added": 1, "removed": 1}
    assert await follows.texts() == {"a.jsonl/un": "Un."}
    (follows.place.folder / "a.jsonl").rename(follows.place.folder / "a.ndjson")
    assert await follows.sync() == {"renamed": 1}
    (follows.place.folder / "a.ndjson").rename(follows.place.folder / "a.txt")
    assert await follows.sync() == {"added": 1, "removed": 1}
    assert await follows.texts() == {"a.txt": content.strip()}


@pytest.fixture
async def unpacks(library: "Library", tmp_path: Path) -> AsyncIterator[Following]:
    """With the reader that takes archives apart."""
    async with open_reader(ParseLimits()) as reader:
        yield await following(replace(library, parts=replace(library.parts, reader=reader)), tmp_path / "places")


async def test_an_archive_is_followed_file_by_file(unpacks: Following) -> None:
    unpacks.place.put("a.zip", zipped({"un.txt": "Un.", "dossier/deux.txt": "Deux.", "trois.txt": "Trois."}))
    assert await unpacks.sync() == {"added": 1}
    found = {"a.zip/un.txt": "Un.", "a.zip/dossier/deux.txt": "Deux.", "a.zip/trois.txt": "Trois."}
    assert await unpacks.texts() == found
    unpacks.place.put("a.zip", zipped({"un.txt": "Un.", "trois.txt": "Trois, depuis.", "quatre.txt": "Quatre."}))
    assert await unpacks.sync() == {"changed": 1}
    found = {"a.zip/un.txt": "Un.", "a.zip/trois.txt": "Trois, depuis.", "a.zip/quatre.txt": "Quatre."}
    assert await unpacks.texts() == found
    (unpacks.place.folder / "a.zip").rename(unpacks.place.folder / "b.zip")
    assert await unpacks.sync() == {"renamed": 1}
    assert (await unpacks.texts())["b.zip/un.txt"] == "Un."
    unpacks.place.delete("b.zip")
    assert await unpacks.sync(allow_empty=True) == {"removed": 1}
    assert (await unpacks.texts(), await unpacks.states()) == ({}, {})


async def test_so_does_one_in_an_archive(unpacks: Following) -> None:
    unpacks.place.put("a.zip", zipped({"b.jsonl": lines(un="Un.").encode(), "deux.txt": "Deux."}))
    await unpacks.sync()
    unpacks.place.put("a.zip", zipped({"b.jsonl": BROKEN}))
    await unpacks.sync()
    assert await unpacks.states() == {"a.zip/b.jsonl": "failed", "a.zip/b.jsonl/un": "indexed"}
    unpacks.place.put("a.zip", zipped({"trois.txt": "Trois."}))
    await unpacks.sync()
    assert await unpacks.texts() == {"a.zip/trois.txt": "Trois."}


async def test_an_archive_that_holds_nothing_or_is_broken_is_one_failed_document(unpacks: Following) -> None:
    unpacks.place.put("plein.zip", zipped({"un.txt": "Un."}))
    await unpacks.sync()
    unpacks.place.put("plein.zip", zipped({}))
    unpacks.place.put("faux.zip", b"PK\x03\x04")
    await unpacks.sync()
    assert await unpacks.states() == {"plein.zip": "failed", "faux.zip": "failed"}
    assert await unpacks.texts() == {}
    assert await unpacks.sync() == {"unchanged": 2}
