"""`assistant documents` about one document, through a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from retrieval import Document, DocumentMetadata, DocumentState, Search, TextKind
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from tests.ui.made_services import made_services
from ui.commands.main import application
from ui.control.document import document_router
from ui.documents import document_services

GUESSED = DocumentMetadata("Note", kind=TextKind.NOTE, number="12", guessed=frozenset({"kind", "number"}))


@pytest.fixture
async def run(
    tmp_path: Path,
    corpus: Corpus,
    search: Search,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes, and «Notes» with one document in two versions."""
    collection = await corpus.collection("Notes", {"a": "Le congé dure seize semaines."})
    entry = Document("a", collection.id, GUESSED, 0, "v2", DocumentState.PENDING)
    async with corpus.pool.connection() as connection:
        versions = await corpus.catalog.put_documents(connection, [(entry, "Le congé dure vingt semaines.")])
        await corpus.catalog.mark_indexed(connection, collection.id, versions)
    async with (
        made_services(tmp_path / "stores", corpus, search) as services,
        serving(tmp_path / "home", document_router(document_services(services))),
    ):
        yield runner(tmp_path / "home", monkeypatch, capsys)


async def test_one_document_is_looked_into(run: Run) -> None:
    listed = await run(application, "documents", "versions", "Notes", "a", "--json")
    assert [one["version"] for one in listed.json["versions"]] == [2, 1]
    assert "Version 2" in (await run(application, "documents", "versions", "Notes", "a")).out
    changed = await run(application, "documents", "diff", "Notes", "a", "1", "2")
    assert "− Le congé dure seize semaines." in changed.out
    assert "+ Le congé dure vingt semaines." in changed.out
    held = await run(application, "documents", "chunks", "Notes", "a", "--json")
    assert (held.json["total"], held.json["chunks"][0]["text"]) == (1, "Le congé dure seize semaines.")
    assert "0 réponse depuis" in (await run(application, "documents", "cited", "Notes", "a")).out


async def test_guesses_are_confirmed(run: Run) -> None:
    one = await run(application, "documents", "confirm", "Notes", "a", "--field", "kind")
    assert one.out == "Reste à vérifier\u202f: 1 champ.\n"
    assert (await run(application, "documents", "confirm", "Notes", "a")).out == "Tout est confirmé.\n"


async def test_what_cannot_be_done_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    assert "n’est pas gardé" in (await run(application, "documents", "reread", "Notes", "a")).out
    place = tmp_path / "note.txt"
    assert (await run(application, "documents", "original", "Notes", "a", "--output", place)).code == 1
    assert not place.exists()
    assert "n’est plus dans" in (await run(application, "documents", "diff", "Notes", "a", "1", "9")).error
    assert "Nulle part" in (await run(application, "documents", "versions", "Nulle part", "a")).error
