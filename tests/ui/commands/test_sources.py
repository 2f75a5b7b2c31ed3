"""`assistant sources`, through a real socket."""

import sys
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest

from ingestion import BlobSettings, Credentials, Names, Opening, Reception, SourceList, Sources, open_blobs, open_queue
from policies import CedarPolicy, PostgresLedger
from retrieval import Documents
from retrieval.document_list import DocumentList
from tests.ingestion.plain_reader import PlainReader
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from ui.commands.main import application
from ui.control.bulk import bulk_router
from ui.control.documents import documents_router
from ui.control.sources import sources_router


class Terminal(StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
async def run(
    tmp_path: Path,
    corpus: Corpus,
    policy: CedarPolicy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes and an empty collection «Notes»."""
    monkeypatch.setattr(sys, "stdin", StringIO())
    ledger = PostgresLedger()
    await corpus.collection("Notes", {})
    async with open_blobs(BlobSettings(tmp_path / "blobs")) as blobs, open_queue(corpus.pool) as queue:
        sources = Sources(
            pool=corpus.pool,
            policy=policy,
            catalog=corpus.catalog,
            ledger=ledger,
            index=corpus.index,
            receive=Reception(corpus.pool, corpus.catalog, ledger, blobs, queue, PlainReader()),
            opening=Opening({"nuage": Credentials("https://127.0.0.1:1/dav", "a", "mot de passe")}),
        )
        documents = Documents(corpus.pool, policy, corpus.catalog, ledger, corpus.index)
        names, nothing = Names(corpus.pool), cast(Any, None)  # changes nothing
        listed = DocumentList(corpus.pool, policy, corpus.catalog, ledger)
        routers = (
            sources_router(sources, SourceList(corpus.pool, policy, corpus.catalog, ledger)),
            documents_router(documents, names),
            bulk_router(listed, nothing, names),
        )
        async with serving(tmp_path / "home", *routers):
            yield runner(tmp_path / "home", monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two files, one of a format that nobody reads."""
    folder = tmp_path / "Partage commun"
    folder.mkdir()
    (folder / "note.txt").write_text("Le congé.")
    (folder / "image.xyz").write_text("?")
    return folder


async def test_documents_of_a_source_are_listed_by_their_path_and_bad_ones_with_the_reason(
    run: Run, folder: Path
) -> None:
    deep = folder / "Direction générale de la santé" / "Sous-direction des politiques de santé et de la qualité"
    deep.mkdir(parents=True)
    (deep / "Archives du bureau.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    await run(application, "sources", "add", "Partage", folder, "--collection", "Notes")
    await run(application, "sources", "sync", "Partage")

    held = {
        one["name"]: one for one in (await run(application, "documents", "list", "Notes", "--json")).json["documents"]
    }
    name = str((deep / "Archives du bureau.zip").relative_to(folder))
    assert set(held) == {"note.txt", name}
    listed = (await run(application, "documents", "list", "Notes")).out
    assert all(len(line) <= 80 for line in listed.split("\n"))
    words = " ".join(listed.split())
    assert held["note.txt"]["failure"] == ""
    for told in (f"{name} Identifiant\u202f: {held[name]['id']} en échec", held[name]["failure"]):
        assert " ".join(told.split()) in words
    shown = await run(application, "documents", "show", "Notes", held["note.txt"]["id"])
    assert shown.out.startswith("note.txt (version 1, en attente)")


async def test_a_folder_is_followed_listed_and_left(run: Run, folder: Path) -> None:
    added = await run(application, "sources", "add", "Partage", folder, "--collection", "notes", "--every", "5")
    assert "suit la source « Partage »" in added.out
    listed = await run(application, "sources", "list")
    assert f"Partage → Notes : {folder} (folder, toutes les 5 minutes)" in listed.out
    assert "jamais synchronisée" in listed.out

    first = await run(application, "sources", "sync", "Partage", "--json")
    assert (first.json["added"], first.json["skipped"], first.json["failed"]) == (1, 1, [])
    second = await run(application, "sources", "sync", "partage")
    assert second.out == (
        "Ajoutés : 0, modifiés : 0, renommés : 0, retirés : 0, inchangés : 1, ignorés : 1, en échec : 0.\n"
    )
    (source,) = (await run(application, "sources", "list", "--json")).json["sources"]
    assert (source["collection"], source["kind"], source["counts"]["unchanged"]) == ("Notes", "folder", 1)
    assert "synchronisée le" in (await run(application, "sources", "list")).out

    left = await run(application, "sources", "remove", "Partage")
    assert "1 document en moins" in left.out
    assert "Aucune source." in (await run(application, "sources", "list")).out


async def test_the_second_of_two_who_give_a_source_another_rhythm_is_told(run: Run, folder: Path) -> None:
    await run(application, "sources", "add", "Partage", folder, "--collection", "Notes")
    (shown,) = (await run(application, "sources", "list", "--json")).json["sources"]
    schedule = ("sources", "schedule", "Partage")
    first = await run(application, *schedule, "--every", "60", "--edition", shown["edition"], "--json")
    assert first.json == {"name": "Partage", "every_minutes": 60, "edition": "60"}
    second = await run(application, *schedule, "--every", "5", "--edition", shown["edition"])
    assert "désormais synchronisée toutes les 60 minutes" in second.error
    assert "à la demande" in (await run(application, *schedule, "--on-demand", "--edition", "60")).out
    assert (await run(application, *schedule, "--every", "5")).code == 0  # whatever it was


@pytest.mark.parametrize(("answer", "kept"), [("o\n", False), ("\n", True), ("n\n", True)])
async def test_who_removes_a_source_is_asked_about_its_documents(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, kept: bool
) -> None:
    await run(application, "sources", "add", "Partage", folder, "--collection", "Notes")
    await run(application, "sources", "sync", "Partage")
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    left = await run(application, "sources", "remove", "Partage")
    assert ("ses documents restent" in left.out) == kept
    assert "Retirer aussi" in left.err


async def test_documents_stay_unasked_with_the_option(run: Run, folder: Path) -> None:
    await run(application, "sources", "add", "Partage", folder, "--collection", "Notes")
    await run(application, "sources", "sync", "Partage")
    left = await run(application, "sources", "remove", "Partage", "--keep-documents", "--json")
    assert left.json == {"name": "Partage", "documents": 0}


async def test_what_cannot_be_read_is_told_and_the_exit_code_says_so(run: Run, folder: Path) -> None:
    await run(application, "sources", "add", "Partage", folder, "--collection", "Notes")
    (folder / "gros.txt").write_bytes(b"a" * 50_000_001)
    synced = await run(application, "sources", "sync", "Partage")
    assert synced.code == 1
    assert "Échec : gros.txt" in synced.out

    for name in ("note.txt", "image.xyz", "gros.txt"):
        (folder / name).unlink()
    assert "--allow-empty" in (await run(application, "sources", "sync", "Partage")).error
    assert "--allow-empty" in (await run(application, "sources", "list", "--state", "failed")).out
    assert "Aucune source." in (await run(application, "sources", "list", "--state", "done")).out
    assert "n’existe pas" in (await run(application, "sources", "list", "--collection", "Nulle part")).error
    assert (await run(application, "sources", "sync", "Partage", "--allow-empty", "--json")).json["removed"] == 2


async def test_an_address_needs_its_kind_and_its_credentials(run: Run) -> None:
    place = ("sources", "add", "Nuage", "https://127.0.0.1:1/dav/notes", "--collection", "Notes")
    unsaid = await run(application, *place)
    assert (unsaid.code, "--kind : pour une adresse" in unsaid.err) == (2, True)
    assert "--credentials" in (await run(application, *place, "--kind", "webdav")).error
    added = await run(application, *place, "--kind", "webdav", "--credentials", "nuage")
    assert added.code == 0
    assert "injoignable" in (await run(application, "sources", "sync", "Nuage")).error
