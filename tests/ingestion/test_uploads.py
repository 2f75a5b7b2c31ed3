"""Files that a browser sends, one by one: durable when answered, told when not taken, found once."""

import asyncio
import errno
import os
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion import uploads as module
from ingestion.errors import DiskFull, UploadClosed, UploadNotFound
from ingestion.upload import Sending, SentState
from policies import Principal, Refused, Role
from retrieval import CollectionNotFound, CollectionPaused, DocumentState
from tests.ingestion.sending import send, sending, uploads_of

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

NOTE = "# Congé\n\nLe congé de proche aidant dure trois mois.\n".encode()


async def test_a_file_that_was_answered_for_is_found_once_a_worker_has_read_it(library: "Library") -> None:
    collection = await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, collection.id)
    taken = await send(library, uploads, upload, "RH/congé.md", NOTE[:7], NOTE[7:])
    assert (taken.name, taken.size, taken.refusal, taken.unchanged) == ("RH/congé.md", len(NOTE), "", False)
    assert (await uploads.progress(library.principal, "Notes", upload)).counts[SentState.WAITING] == 1
    await library.do_jobs()
    await uploads.close(library.principal, "Notes", upload)
    progress = await uploads.progress(library.principal, "Notes", upload)
    assert progress.counts[SentState.INDEXED] == 1
    assert progress.is_over
    assert {document for document, *_ in await library.points(collection)} == {"RH/congé.md"}


async def test_a_file_twice_changes_nothing(library: "Library") -> None:
    collection = await library.create("Notes")
    uploads = uploads_of(library)
    first, second = [await uploads.start(library.principal, "Notes") for _ in range(2)]
    await send(library, uploads, first, "a.md", NOTE)
    await library.do_jobs()
    again = [await send(library, uploads, one, "a.md", NOTE) for one in (first, second)]
    assert [one.unchanged for one in again] == [True, True]
    assert await library.jobs() == []
    assert await library.states(collection, "a.md") == {"a.md": (1, DocumentState.INDEXED, "")}
    counts = [(await uploads.progress(library.principal, "Notes", one)).counts for one in (first, second)]
    assert [(one[SentState.INDEXED], one[SentState.UNCHANGED]) for one in counts] == [(1, 0), (0, 1)]


REFUSED = (
    ("virus.exe", (b"MZ",), "format"),
    ("vide.md", (b"",), "aucun texte"),
    ("long.md", (b"a" * 600, b"a" * 600), "dépasse"),
    ("../a.md", (NOTE,), "sort de son dossier"),
    ("/a.md", (NOTE,), "racine"),
    ("a\n.md", (NOTE,), "invisibles"),
    ("a" * 1_000 + ".md", (NOTE,), "500 caractères"),
    ("", (NOTE,), "vide"),
)


async def test_what_is_not_taken_says_why_and_keeps_no_other_out(library: "Library") -> None:
    collection = await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")
    for name, pieces, said in REFUSED:
        assert said in (await send(library, uploads, upload, name, *pieces)).refusal
    assert not (await send(library, uploads, upload, "bon.md", NOTE)).refusal
    *refused, good = await uploads.files(library.principal, "Notes", upload)
    assert {one.state for one in refused} == {SentState.REFUSED}
    assert all(any(said in one.reason for one in refused) for _, _, said in REFUSED)
    assert (good.name, good.state) == ("bon.md", SentState.WAITING)
    assert len(await library.jobs()) == 1
    assert list(await library.states(collection, "bon.md", "vide.md", "long.md")) == ["bon.md"]


async def test_a_file_that_says_it_is_too_large_is_not_read(library: "Library") -> None:
    await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")
    unread = sending("long.md", NOTE, size=1_001)
    assert "dépasse" in (await uploads.take(library.principal, "Notes", upload, unread)).refusal
    assert [piece async for piece in unread.pieces] == [NOTE]


async def test_a_sender_who_disappears_leaves_nothing_and_may_send_again(
    library: "Library", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")

    async def broken() -> AsyncIterator[bytes]:
        yield NOTE
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await uploads.take(library.principal, "Notes", upload, Sending("a.md", None, broken()))
    assert await uploads.files(library.principal, "Notes", upload) == []
    assert not any("scratch-upload" in name for name in os.listdir(tmp_path))
    assert not (await send(library, uploads, upload, "a.md", NOTE)).refusal


async def test_a_full_disk_is_said_to_be_full(library: "Library", monkeypatch: pytest.MonkeyPatch) -> None:
    await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, "scratch", full)
        with pytest.raises(DiskFull):
            await send(library, uploads, upload, "a.md", NOTE)
    assert not (await send(library, uploads, upload, "a.md", NOTE)).refusal


async def test_small_files_that_come_before_a_worker_make_few_jobs(library: "Library") -> None:
    collection = await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")
    names = [f"dossier/{number}.md" for number in range(40)]
    sent = (send(library, uploads, upload, name, name.encode()) for name in names)
    assert not any(one.refusal for one in await asyncio.gather(*sent))
    assert 3 <= len(await library.jobs()) <= 4  # of sixteen documents
    await library.do_jobs()
    states = await library.states(collection, *names)
    assert Counter(state for _, state, _ in states.values()) == {DocumentState.INDEXED: 40}


async def test_a_job_that_a_worker_has_begun_gets_no_more_files(library: "Library") -> None:
    await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")
    await send(library, uploads, upload, "a.md", b"A")
    async with library.parts.pool.connection() as connection:
        await connection.execute("update procrastinate_jobs set status = 'doing'")
    await send(library, uploads, upload, "b.md", b"B")
    async with library.parts.pool.connection() as connection:
        rows = await (await connection.execute("select count(distinct job_id) from received")).fetchall()
    assert rows == [(2,)]


async def test_a_file_that_holds_others_is_as_far_as_the_last_of_them(library: "Library") -> None:
    await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")
    lines = b'{"id": "a", "title": "A", "text": "Un."}\n{"id": "b", "title": "B", "text": "Deux."}\n'
    await send(library, uploads, upload, "tout.jsonl", lines)
    (file,) = await uploads.files(library.principal, "Notes", upload)
    assert (file.state, file.document_id) == (SentState.WAITING, "tout.jsonl/a")
    async with library.parts.pool.connection() as connection:
        await connection.execute(
            "update document set state = 'failed', failure = 'Illisible.' where id = 'tout.jsonl/b'"
        )
    (file,) = await uploads.files(library.principal, "Notes", upload)
    assert (file.state, file.reason) == (SentState.FAILED, "Illisible.")


async def test_an_upload_is_the_affair_of_who_began_it(library: "Library") -> None:
    await library.create("Notes")
    await library.create("Autre")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")
    other = replace(library.principal, subject="s-other")
    stranger = Principal("s-x", "x", frozenset({"/DAJ"}), frozenset({Role.AGENT}))
    for person, which in ((other, "Notes"), (library.principal, "Autre")):
        with pytest.raises(UploadNotFound):
            await uploads.take(person, which, upload, sending("a.md", NOTE))
        with pytest.raises(UploadNotFound):
            await uploads.progress(person, which, upload)
    with pytest.raises((CollectionNotFound, Refused)):
        await uploads.take(stranger, "Notes", upload, sending("a.md", NOTE))
    assert await library.jobs() == []
    assert [one.id for one in await uploads.latest(library.principal, "Notes")] == [upload]
    assert await uploads.latest(other, "Notes") == []


async def test_no_file_comes_to_an_upload_that_is_closed_nor_to_a_collection_that_is_paused(library: "Library") -> None:
    collection = await library.create("Notes")
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")
    await uploads.close(library.principal, "Notes", upload)
    await uploads.close(library.principal, "Notes", upload)
    with pytest.raises(UploadClosed):
        await send(library, uploads, upload, "a.md", NOTE)
    acts = [body for body in await library.acts() if b'"upload.' in body]
    assert len(acts) == 2
    upload = await uploads.start(library.principal, "Notes")
    async with library.parts.pool.connection() as connection:
        await connection.execute("update collection set paused = true where id = %s", [collection.id])
    with pytest.raises(CollectionPaused):
        await send(library, uploads, upload, "a.md", NOTE)
    with pytest.raises(CollectionPaused):
        await uploads.start(library.principal, "Notes")


async def test_what_comes_to_a_collection_that_is_reviewed_waits_in_its_draft(library: "Library") -> None:
    collection = await library.create("Notes")
    async with library.parts.pool.connection() as connection:
        await connection.execute("update collection set reviewed = true where id = %s", [collection.id])
    uploads = uploads_of(library)
    upload = await uploads.start(library.principal, "Notes")
    await send(library, uploads, upload, "a.md", NOTE)
    await library.do_jobs()
    assert await library.states(collection, "a.md") == {}
    (file,) = await uploads.files(library.principal, "Notes", upload)
    assert file.state is SentState.INDEXED
    assert file.collection_id != collection.id
