"""`assistant collections` beside a server: what the console does, by command."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from policies import CedarPolicy, PostgresLedger
from retrieval import Bin, CollectionChanges, Collections
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from ui.commands.main import application
from ui.control.bin import bin_router
from ui.control.collections import collections_router


@pytest.fixture
async def run(
    tmp_path: Path,
    corpus: Corpus,
    policy: CedarPolicy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes, and a collection «Notes»."""
    await corpus.collection("Notes", {"note": "Trois jours."})
    stores = (corpus.pool, policy, corpus.catalog, PostgresLedger())
    collections = Collections(*stores)
    routers = (
        collections_router(collections, CollectionChanges(*stores)),
        bin_router(collections, Bin(*stores, corpus.index)),
    )
    async with serving(tmp_path / "home", *routers):
        yield runner(tmp_path / "home", monkeypatch, capsys)


async def test_a_collection_is_described_opened_to_others_paused_and_archived(run: Run) -> None:
    described = await run(application, "collections", "describe", "Notes", "--description", "De service", "--json")
    assert (described.json["name"], described.json["description"]) == ("Notes", "De service")
    named = await run(application, "collections", "describe", "Notes", "--rename", "Textes")
    assert "« Textes » : De service" in named.out
    access = await run(application, "collections", "access", "Textes", "--owner", "/DAJ", "--reader", "/DGS")
    assert "Tenue par : /DAJ. Lecteurs : /DGS." in access.out
    assert "tous les agents" in (await run(application, "collections", "access", "Textes", "--everybody")).out
    for change, said in (("pause", "en pause"), ("archive", "archivée")):
        assert said in (await run(application, "collections", change, "Textes")).out
    listed = (await run(application, "collections", "list")).out
    assert "en pause, archivée" in listed
    for change in ("resume", "restore"):
        assert (await run(application, "collections", change, "Textes", "--json")).json["paused"] is False


async def test_a_collection_is_deleted_listed_recovered_and_erased(run: Run) -> None:
    deleted = await run(application, "collections", "delete", "Notes", "--yes")
    assert "supprimée, avec 1 document." in deleted.out
    assert "recover" in deleted.out
    (held,) = (await run(application, "collections", "deleted", "--json")).json["collections"]
    assert held["name"] == "Notes"
    assert "Notes  supprimée le" in (await run(application, "collections", "deleted")).out
    again = await run(application, "collections", "recover", "Notes", "--id", held["id"], "--rename", "Textes")
    assert "« Textes » rétablie" in again.out
    await run(application, "collections", "delete", "Textes", "--yes")
    assert (await run(application, "collections", "delete", "Textes", "--yes", "--now")).code == 0
    assert "La corbeille est vide." in (await run(application, "collections", "deleted")).out
    assert "Textes" in (await run(application, "collections", "recover", "Textes")).error


async def test_what_is_there_is_erased_at_once_where_that_is_asked(run: Run) -> None:
    erased = await run(application, "collections", "delete", "Notes", "--now", "--json")
    assert erased.json == {"name": "Notes", "documents": 1}
    assert (await run(application, "collections", "deleted", "--json")).json == {"collections": []}


async def test_who_was_shown_another_edition_changes_nothing(run: Run) -> None:
    await run(application, "collections", "pause", "Notes", "--edition", "0")
    for command in (
        ("describe", "Notes", "--description", "x"),
        ("access", "Notes", "--everybody", "--owner", "/DAJ"),
        ("archive", "Notes"),
        ("delete", "Notes", "--yes"),
    ):
        assert "entre-temps" in (await run(application, "collections", *command, "--edition", "0")).error
    (held,) = (await run(application, "collections", "list", "--json")).json["collections"]
    assert (held["edition"], held["paused"], held["archived"]) == (1, True, False)


async def test_a_reviewed_collection_is_made_as_a_draft(run: Run) -> None:
    made = await run(application, "collections", "create", "Projet", "--reviewed", "--json")
    assert (made.json["stage"], made.json["reviewed"]) == ("draft", True)


@pytest.mark.parametrize(
    "command", [("describe", "Notes"), ("access", "Notes"), ("access", "Notes", "--reader", "/A", "--everybody")]
)
async def test_what_does_not_go_together_is_said(run: Run, command: tuple[str, ...]) -> None:
    told = await run(application, "collections", *command)
    assert told.code == 2
    assert "Erreur" in told.err
