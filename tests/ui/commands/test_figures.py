"""`assistant figures` and `assistant gaps`, through a real socket."""

import csv
import json
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest

from assistant.engines.effort import Effort
from assistant.figure_reports import FigureReports
from assistant.figures import AnswerFigures, Figure, Outcome
from assistant.gaps import Gaps
from policies import LivePolicy, PostgresLedger
from retrieval.permission import Permission
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from tests.ui.two_people import BOB
from ui.commands.main import application
from ui.control.figures import figures_router
from ui.figures import Estimates


@pytest.fixture
async def run(
    tmp_path: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes."""
    reports = FigureReports(Permission(corpus.pool, LivePolicy(), corpus.catalog, PostgresLedger()))
    gaps: Gaps = Gaps(reports, _Spaces(corpus), corpus.sparse.stems)  # type: ignore[arg-type]
    async with serving(tmp_path / "home", figures_router(reports, gaps, Estimates(200.0, 52.0, 0.2, None, pue=1.5))):
        yield runner(tmp_path / "home", monkeypatch, capsys)


class _Spaces:
    """The corpus's own space, of which only the model is asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self.embedder = corpus.embedder

    async def in_use(self) -> "_Spaces":
        return self


async def test_figures_are_told_as_a_table_as_lines_and_as_json(run: Run, corpus: Corpus) -> None:
    law = await corpus.collection("Droit", {})
    figure = Figure(
        uuid4(), "question", Outcome.REFUSED, [law.id], [], 0, 0, None, 900.0, "m", Effort(shared_ms=3_600_000.0)
    )
    async with corpus.pool.connection() as connection:
        await AnswerFigures(b"", 500.0).keep(connection, BOB, figure)
    shown = await run(application, "figures")
    assert (shown.code, "Refus" in shown.out, "0,5" in shown.out) == (0, True, True)
    told = json.loads((await run(application, "figures", "--collection", "Droit", "--json")).out)
    now = told["now"]
    assert (now["questions"], now["refused"], now["people"], now["energy_kwh"], now["carbon_g"]) == (1, 1, 1, 0.5, 26.0)
    assert (now["cost_eur"], len(told["days"]), told["collections"][0]["name"]) == (0.1, 30, "Droit")
    lines = (await run(application, "figures", "--csv")).out.splitlines()
    assert (len(lines), lines[0].startswith("day,questions,tasks")) == (31, True)
    *_, month = csv.DictReader(StringIO((await run(application, "figures", "--energy")).out))
    assert (month["réponses"], month["énergie (kWh)"], month["énergie par réponse (Wh)"]) == ("1", "0.5", "500.0")
    assert (month["émissions (gCO₂e)"], month["PUE"], month["gCO₂e par kWh"]) == ("26.0", "1.5", "52.0")
    assert month["méthode"].startswith("Estimation")
    assert (await run(application, "figures", "--since", "2026-12-02", "--until", "2026-12-01")).code == 1
    assert (await run(application, "figures", "--collection", "Rien")).code == 1


async def test_gaps_are_looked_for_and_told(run: Run) -> None:
    assert "--find" in (await run(application, "gaps")).out
    assert "Aucune question" in (await run(application, "gaps", "--find")).out
    assert json.loads((await run(application, "gaps", "--json")).out)["gaps"] == []
