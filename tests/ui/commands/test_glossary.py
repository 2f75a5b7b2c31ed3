"""`assistant glossary`, through a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from policies import CedarPolicy, PostgresLedger
from retrieval import Glossary
from tests.ui.commands.running import Run, runner, serving
from ui.commands.main import application
from ui.control.glossary import glossary_router
from ui.database import Pool


@pytest.fixture
async def run(
    tmp_path: Path, pool: Pool, policy: CedarPolicy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes."""
    async with serving(tmp_path / "home", glossary_router(Glossary(pool, policy, PostgresLedger()))):
        yield runner(tmp_path / "home", monkeypatch, capsys)


async def test_a_file_is_taken_in_listed_and_taken_out_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sigles.csv"
    path.write_text("sigle;développé\nARS;agence régionale de santé\nALD;affection de longue durée\n", encoding="utf-8")
    assert "Aucun sigle" in (await run(application, "glossary", "list")).out
    assert "Ajoutés : 2, modifiés : 0, inchangés : 0." in (await run(application, "glossary", "import", path)).out
    assert (await run(application, "glossary", "import", path, "--json")).json["unchanged"] == 2
    assert (await run(application, "glossary", "list")).out.splitlines()[1] == "ARS : agence régionale de santé"
    assert "Retirés : 1 sigle." in (await run(application, "glossary", "remove", "ars")).out
    entries = (await run(application, "glossary", "list", "--json")).json["entries"]
    assert entries == [{"short": "ALD", "long": "affection de longue durée"}]


async def test_a_file_that_cannot_be_used_is_one_clear_line_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sigles.csv"
    path.write_text("ARS;agence régionale de santé\nALD\n", encoding="utf-8")
    assert "ligne 2" in (await run(application, "glossary", "import", path)).error
    assert (await run(application, "glossary", "list", "--json")).json == {"entries": []}
