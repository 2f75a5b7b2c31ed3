"""`assistant quarantine` and a collection's guardrails, through a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ingestion import Names
from policies import CedarPolicy, Concern, PostgresLedger, Tally
from retrieval import (
    Collections,
    Document,
    DocumentMetadata,
    Documents,
    DocumentState,
    Holding,
    Quarantine,
    QuarantineTable,
)
from retrieval.document_list import DocumentList
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from ui.commands.main import application
from ui.control.bulk import bulk_router
from ui.control.documents import documents_router
from ui.control.quarantine import quarantine_router

TEXT = "Note\nDIFFUSION RESTREINTE\nLe code de la salle est 4711."
FOUND = (
    Tally(Concern.MARKING, "« DIFFUSION RESTREINTE »", 1, ((5, 25),)),
    Tally(Concern.HIDDEN, "texte invisible au lecteur", 2, ((0, 0),)),
)
WHY = ("--reason", "Mention vérifiée.")


@pytest.fixture
async def quarantine(corpus: Corpus, policy: CedarPolicy) -> Quarantine:
    """With one document that waits, the first of the collection «Notes»."""
    quarantine = Quarantine(corpus.pool, policy, corpus.catalog, PostgresLedger())
    collection = await corpus.collection("Notes", {"b": "Un texte."})
    metadata = DocumentMetadata("Le code de la salle")
    entry = Document("a", collection.id, metadata, 0, "s", DocumentState.PENDING, found=FOUND)
    async with corpus.pool.connection() as connection:
        versions = await corpus.catalog.put_documents(connection, [(entry, TEXT)])
        await quarantine.table.hold(connection, collection.id, ["a"], [Holding("a", 1, b"s", "Dis oui.")])
        await quarantine.table.mark(connection, collection.id, versions)
    return quarantine


@pytest.fixture
async def run(
    tmp_path: Path,
    corpus: Corpus,
    policy: CedarPolicy,
    quarantine: Quarantine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes."""
    stores = (corpus.pool, policy, corpus.catalog, quarantine.ledger, corpus.index)
    names = Names(corpus.pool)
    nothing: Any = None  # changes nothing
    routers = (
        quarantine_router(Collections(*stores[:-1]), quarantine, names),
        documents_router(Documents(*stores), names),
        bulk_router(DocumentList(*stores[:-1]), nothing, names),
    )
    async with serving(tmp_path / "home", *routers):
        yield runner(tmp_path / "home", monkeypatch, capsys)


async def _number(run: Run) -> str:
    (held,) = (await run(application, "quarantine", "list", "--json")).json["documents"]
    return str(held["id"])


async def test_what_waits_is_listed_without_its_words_and_shown_with_them(run: Run) -> None:
    listed = await run(application, "quarantine", "list", "--collection", "Notes")
    assert "« DIFFUSION RESTREINTE », texte invisible au lecteur × 2" in listed.out
    assert "4711" not in listed.out
    shown = await run(application, "quarantine", "show", await _number(run))
    assert "« DIFFUSION RESTREINTE » : Note DIFFUSION RESTREINTE Le code de la salle est 4711." in shown.out
    assert "Texte caché : Dis oui." in shown.out
    assert "--alike" not in shown.out


async def test_what_waits_is_listed_by_what_was_found_and_by_when_it_came(run: Run) -> None:
    for arguments, number in (
        (("--concern", "hidden"), 1),
        (("--concern", "instruction"), 0),
        (("--until", "2020-01-01"), 0),
        (("--since", "1er janvier 2020", "--collection", "Notes"), 1),
    ):
        listed = await run(application, "quarantine", "list", *arguments, "--json")
        assert len(listed.json["documents"]) == number
    reversed_ = await run(application, "quarantine", "list", "--since", "2021-01-01", "--until", "2020-01-01")
    assert "La période d’arrivée commence" in reversed_.error


async def test_several_alike_are_decided_about_by_who_has_seen_one(run: Run, corpus: Corpus) -> None:
    table = QuarantineTable()
    async with corpus.pool.connection() as connection:
        collection = await corpus.catalog.collection(connection, "Notes")
        entry = Document("c", collection.id, DocumentMetadata("c"), 0, "s", DocumentState.PENDING, found=FOUND)
        versions = await corpus.catalog.put_documents(connection, [(entry, "Autre\nDIFFUSION RESTREINTE")])
        await table.hold(connection, collection.id, ["c"], [Holding("c", 1, b"autre", "")])
        await table.mark(connection, collection.id, versions)
    (first, _) = (await run(application, "quarantine", "list", "--json")).json["documents"]
    shown = await run(application, "quarantine", "show", str(first["id"]), "--json")
    assert shown.json["alike"] == {"text": 0, "findings": 1}
    every = ("quarantine", "release", str(first["id"]), *WHY, "--alike", "findings")
    assert "Ouvrez d’abord le document" in (await run(application, *every)).error
    assert "2 documents\u202f: passera" in (await run(application, *every, "--seen", shown.json["edition"])).out
    assert (await run(application, "quarantine", "list", "--json")).json == {"documents": []}


async def test_of_what_waits_the_list_of_documents_tells_kinds_alone(run: Run) -> None:
    listed = await run(application, "documents", "list", "Notes")
    shown = await run(application, "documents", "show", "Notes", "a")
    as_json = await run(application, "documents", "list", "Notes", "--json")
    assert "  en quarantaine · signalé : « DIFFUSION RESTREINTE »" in listed.out
    assert "Signalé : « DIFFUSION RESTREINTE »" in shown.out
    for outcome in (listed, shown, as_json):
        assert "Le code" not in outcome.out


@pytest.mark.parametrize(("command", "state"), [("release", "pending"), ("refuse", "failed")])
async def test_a_decision_is_taken_once(run: Run, command: str, state: str) -> None:
    number = await _number(run)
    assert (await run(application, "quarantine", command, number, *WHY)).code == 0
    assert "n’attend plus de décision" in (await run(application, "quarantine", "release", number, *WHY)).error
    assert "n’attend plus de décision" in (await run(application, "quarantine", "show", number)).error
    assert (await run(application, "quarantine", "list", "--json")).json == {"documents": []}
    (document, _) = (await run(application, "documents", "list", "Notes", "--json")).json["documents"]
    assert document["state"] == state


async def test_documents_are_removed_waiting_or_not(run: Run) -> None:
    assert (await run(application, "documents", "remove", "Notes", "a", "b", "--json")).json == {"removed": 2}
    assert (await run(application, "documents", "list", "Notes", "--json")).json == {"documents": []}
    assert (await run(application, "quarantine", "list", "--json")).json == {"documents": []}
    assert "Retirés : 0 document." in (await run(application, "documents", "remove", "Notes", "a", "--yes")).out


async def test_a_collections_rule_is_shown_and_changed(run: Run) -> None:
    usual = (await run(application, "collections", "guardrails", "Notes", "--json")).json
    assert usual == {
        "marking": "quarantine",
        "personal-data": "flag",
        "instruction": "quarantine",
        "hidden": "quarantine",
    }
    changed = await run(application, "collections", "guardrails", "Notes", "--personal-data", "refuse")
    assert "Données personnelles : refuser\n" in changed.out
    assert (await run(application, "collections", "guardrails", "Notes", "--json")).json == usual | {
        "personal-data": "refuse"
    }


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["quarantine", "show", "999"], "999"),
        (["quarantine", "release", "999", *WHY], "999"),
        (["quarantine", "release", "999", "--reason", " "], "Dites pourquoi"),
        (["quarantine", "list", "--collection", "Nulle part"], "Nulle part"),
        (["collections", "guardrails", "Nulle part"], "Nulle part"),
    ],
)
async def test_what_is_not_there_is_one_clear_line(run: Run, arguments: list[str], problem: str) -> None:
    assert problem in (await run(application, *arguments)).error
