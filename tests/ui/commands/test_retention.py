"""How long things are kept, shown and applied through a real socket."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from policies import Act, CedarPolicy, Event, PostgresLedger, Principal, SigningKey
from policies.audit.checkpoints import Checkpoints
from policies.retention import months_before
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from retrieval import Bin, Collections
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from ui.commands.main import application
from ui.control.retention import retention_router
from ui.database import Pool
from ui.retaining import Retaining, retaining_of
from ui.settings import Settings

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def retaining(pool: Pool, tmp_path: Path) -> Retaining:
    pseudonyms = Pseudonyms(b"tests")
    return retaining_of(Settings(home=tmp_path), pool, PostgresLedger(), Projection(pool, pseudonyms), pseudonyms)


@pytest.fixture
async def run(
    tmp_path: Path,
    corpus: Corpus,
    policy: CedarPolicy,
    retaining: Retaining,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes, and a collection «Notes»."""
    await corpus.collection("Notes", {})
    collections = Collections(corpus.pool, policy, corpus.catalog, PostgresLedger())
    async with serving(tmp_path / "home", retention_router(retaining, collections)):
        yield runner(tmp_path / "home", monkeypatch, capsys)


@pytest.fixture
async def old(pool: Pool, agent: Principal) -> None:
    """Records with texts, and a conversation, of thirteen months ago, signed."""
    at = months_before(NOW, 13)
    async with pool.connection() as connection:
        for _ in range(3):
            event = Event(Act.QUARANTINE_LISTED, agent, {"documents": 1}, {"note": "un texte"})
            await PostgresLedger(lambda: at).append(connection, event)
        await connection.execute(
            "insert into conversation (id, owner, title, updated_at) values (%s, 's', 't', %s)", [uuid4(), at]
        )
    await Checkpoints(pool, [SigningKey.generated("essai")], clock=lambda: at).take()


@pytest.mark.usefixtures("old")
async def test_what_is_due_is_shown_then_applied(run: Run) -> None:
    shown = (await run(application, "retention", "show")).out
    assert "Enregistrements du registre : 12 mois" in shown
    assert "Arrivés à terme : 3" in shown
    applied = (await run(application, "retention", "apply", "--yes")).out
    assert "1 conversation, 3 textes du registre, 3 enregistrements" in applied
    due = (await run(application, "retention", "show", "--json")).json["due"]
    assert [due[name]["count"] for name in ("conversations", "content", "records")] == [0, 0, 0]


async def test_a_collection_asks_for_less(run: Run) -> None:
    assert "comme les autres" in (await run(application, "collections", "retention", "Notes")).out
    assert "3 mois au plus" in (await run(application, "collections", "retention", "Notes", "--months", "3")).out
    kept = await run(application, "collections", "retention", "Notes", "--json")
    assert kept.json == {"collection": "Notes", "months": 3}
    assert "comme les autres" in (await run(application, "collections", "retention", "Notes", "--default")).out
    assert "Nulle part" in (await run(application, "collections", "retention", "Nulle part")).error


@pytest.mark.usefixtures("old")
async def test_the_night_sweeps_once(retaining: Retaining) -> None:
    evening = dt.datetime(2026, 11, 26, 0, 30, tzinfo=dt.UTC)  # half past one in Paris
    assert await replace(retaining, now=lambda: evening).sweep() is None
    night = replace(retaining, now=lambda: evening + dt.timedelta(hours=1))
    applied = await night.sweep()
    assert applied is not None
    assert (applied.conversations, applied.records) == (1, 3)
    assert await night.sweep() is None
    assert await replace(retaining, now=lambda: evening + dt.timedelta(days=1, hours=1)).sweep() is not None


async def test_what_lies_in_the_bin_goes_with_the_night(
    run: Run, corpus: Corpus, policy: CedarPolicy, retaining: Retaining, administrateur: Principal
) -> None:
    bin_ = Bin(corpus.pool, policy, corpus.catalog, PostgresLedger(), corpus.index)
    await bin_.delete(administrateur, "Notes")
    assert "dans la corbeille : 30 jours" in (await run(application, "retention", "show")).out
    assert (await run(application, "retention", "show", "--json")).json["due"]["collections"]["count"] == 0
    later = replace(retaining, now=lambda: NOW + dt.timedelta(days=31))
    assert (await later.due())[-1].count == 1
    assert (await later.apply()).collections == 1
    assert await bin_.deleted(administrateur) == []
