"""A collection's way to its readers, by the command line through a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingestion.publication.service import Publication
from policies import CedarPolicy, PostgresLedger
from retrieval import Search
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from ui.commands.main import application
from ui.control.publication import publication_router

SEEN_TO = ("--source", "DAJ", "--licence", "Licence ouverte", "--reviewed-by", "Adèle")


@pytest.fixture
async def run(
    tmp_path: Path,
    corpus: Corpus,
    policy: CedarPolicy,
    search: Search,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes, and a collection «Notes» with one document."""
    await corpus.collection("Notes", {"a": "Un."}, frozenset({"/DGS"}))
    publication = Publication(corpus.pool, policy, corpus.catalog, PostgresLedger(), corpus.index, search)
    async with serving(tmp_path / "home", publication_router(publication)):
        run = runner(tmp_path / "home", monkeypatch, capsys)
        await run(application, "publication", "review", "Notes")
        yield run


async def test_a_collection_reaches_all_once_it_is_checked_and_goes_back(run: Run) -> None:
    await run(application, "publication", "submit", "Notes")
    refused = (await run(application, "publication", "publish", "Notes", "--for-all")).error
    assert "liste de contrôle" in refused
    await run(application, "publication", "check", "Notes", *SEEN_TO, "--personal-data", "--freshness")
    assert "aucune" in (await run(application, "publication", "measure", "Notes")).out
    await run(application, "publication", "publish", "Notes", "--for-all")
    assert (await run(application, "publication", "list")).out == "Notes : publiée pour tous\n"

    await run(application, "publication", "rollback", "Notes", "--yes")
    assert (await run(application, "publication", "list")).out == "Notes : publiée pour /DGS\n"


async def test_two_people_can_be_asked_for(run: Run) -> None:
    assert "deux personnes" in (await run(application, "publication", "four-eyes", "Notes")).out
    await run(application, "publication", "submit", "Notes")
    await run(application, "publication", "check", "Notes", *SEEN_TO, "--personal-data", "--freshness")
    await run(application, "publication", "measure", "Notes")
    shown = (await run(application, "publication", "show", "Notes", "--json")).json
    assert (shown["four_eyes"], bool(shown["signed_by"])) == (True, True)
    assert "une autre personne" in (await run(application, "publication", "publish", "Notes", "--for-all")).error


async def test_a_point_of_the_checklist_that_nobody_saw_to_is_missing(run: Run) -> None:
    await run(application, "publication", "submit", "Notes")
    assert "n’est pas complète" in (await run(application, "publication", "check", "Notes", *SEEN_TO)).error


async def test_what_was_shown_and_has_changed_is_not_published(run: Run) -> None:
    await run(application, "publication", "submit", "Notes")
    shown = (await run(application, "publication", "show", "Notes", "--json")).json
    assert shown["counts"] == {"added": 0, "changed": 0, "corrected": 0, "removed": 0}
    moved = await run(application, "publication", "publish", "Notes", "--for-all", "--change", "0" * 64)
    assert "a changé depuis" in moved.error
