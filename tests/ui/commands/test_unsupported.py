"""A collection's rule about sentences that no passage bears out, through a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from policies import CedarPolicy, PostgresLedger
from retrieval import Collections
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from ui.commands.main import application
from ui.control.unsupported import unsupported_router


@pytest.fixture
async def run(
    tmp_path: Path,
    corpus: Corpus,
    policy: CedarPolicy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes, and a collection «Notes»."""
    await corpus.collection("Notes", {})
    collections = Collections(corpus.pool, policy, corpus.catalog, PostgresLedger())
    async with serving(tmp_path / "home", unsupported_router(collections)):
        yield runner(tmp_path / "home", monkeypatch, capsys)


async def test_the_rule_is_shown_and_changed(run: Run) -> None:
    assert "marquées" in (await run(application, "collections", "unsupported", "Notes")).out
    changed = await run(application, "collections", "unsupported", "Notes", "--rule", "drop")
    assert "retirées de la réponse" in changed.out
    assert (await run(application, "collections", "unsupported", "Notes", "--json")).json == {
        "collection": "Notes",
        "rule": "drop",
    }


async def test_an_unknown_collection_is_one_clear_line(run: Run) -> None:
    assert "Nulle part" in (await run(application, "collections", "unsupported", "Nulle part")).error
