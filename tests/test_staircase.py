"""The import rules of `pyproject.toml` hold, and would catch an import that breaks them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ["assistant", "ingestion", "policies", "retrieval", "ui"]

STAIRCASE = "The staircase"
CIRCLES = "Modules of one package do not import in circles"
CLIENTS = "Each client of the outside has its one adapter"


def broken_contracts(tree: Path) -> list[str]:
    """The lines by which import-linter names the contracts that this copy of the project breaks."""
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False)  # noqa: S603
    lines = run.stdout.splitlines()
    broken = [line for line in lines if " BROKEN" in line]
    assert broken or any(" KEPT" in line for line in lines), run.stdout + run.stderr
    assert (run.returncode == 0) == (not broken)
    return broken


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project's Python files and of its rules."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_not_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _not_python(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()]


def test_no_import_breaks_a_rule(tree: Path) -> None:
    assert broken_contracts(tree) == []


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("policies/access.py", "import retrieval.corpus", STAIRCASE),
        ("retrieval/corpus.py", "import assistant.answer", STAIRCASE),
        ("ingestion/document.py", "import assistant.answer", STAIRCASE),
        ("assistant/answer.py", "import ingestion.document", STAIRCASE),
        ("assistant/answer.py", "def later() -> None:\n    import ui.errors", STAIRCASE),
        ("policies/principal.py", "import policies.errors", CIRCLES),
        ("policies/access.py", "import cedarpy", CLIENTS),
        ("retrieval/corpus.py", "from qdrant_client import models", CLIENTS),
        ("ingestion/intake.py", "import obstore", CLIENTS),
        ("assistant/answer.py", "import chainlit", CLIENTS),
    ],
)
def test_a_planted_import_is_caught(tree: Path, module: str, planted: str, contract: str) -> None:
    with (tree / module).open("a", encoding="utf-8") as source:
        source.write(f"\n\n{planted}\n")
    assert [line for line in broken_contracts(tree) if line.startswith(contract)]
