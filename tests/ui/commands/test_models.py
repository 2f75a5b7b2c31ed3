"""`assistant models`, on a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant import ModelFiles
from policies import CedarPolicy, PostgresLedger
from tests.assistant.gguf_files import allow, digest, flip, tiny
from tests.ui.commands.running import Run, runner, serving
from ui.commands.models import models
from ui.control.models import models_router
from ui.database import Pool
from ui.models import LanguageModels


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """The model in use."""
    return tiny(tmp_path / "utile.gguf", b"poids " * 100)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An allowed one that is not there yet."""
    return tiny(tmp_path / "téléchargé.gguf", b"d'autres poids")


@pytest.fixture
async def home(tmp_path: Path, pool: Pool, policy: CedarPolicy, used: Path, other: Path) -> AsyncIterator[Path]:
    """The data folder of a server that has both in its list."""
    home = tmp_path / "home"
    files = ModelFiles(allow(tmp_path / "models.toml", used, other, names=("utile.gguf", "autre.gguf")))
    services = LanguageModels(files, home / "models", lambda: [used], pool, policy, PostgresLedger())
    async with serving(home, models_router(services)):
        yield home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Commands as a script gives them, beside the server."""
    return runner(home, monkeypatch, capsys)


async def test_the_list_says_what_each_model_is_and_whether_it_is_there(run: Run, used: Path) -> None:
    shown = await run(models, "list")
    assert shown.code == 0
    assert "Le modèle utile : présent et intact, en service\n" in shown.out
    assert f"  Fichier : {used}\n  Licence : Apache-2.0\n  Origine : un essai\n" in shown.out
    assert f"  SHA-256 : {digest(used)}\n" in shown.out
    assert "Le modèle téléchargé : absent\n  Fichier : autre.gguf\n" in shown.out
    flip(used, 50)
    assert "Le modèle utile : ALTÉRÉ, en service\n" in (await run(models, "list")).out


async def test_the_list_in_json_has_the_same(run: Run, used: Path) -> None:
    first, second = (await run(models, "list", "--json")).json["models"]
    assert first == {
        "name": "Le modèle utile",
        "file": "utile.gguf",
        "sha256": digest(used),
        "licence": "Apache-2.0",
        "source": "un essai",
        "card": "https://modeles.exemple.fr/notice",
        "path": str(used),
        "state": "intact",
        "in_use": True,
    }
    assert (second["path"], second["state"], second["in_use"]) == (None, "absent", False)


async def test_an_import_copies_an_allowed_file_and_says_how_to_use_it(run: Run, other: Path, home: Path) -> None:
    target = home / "models" / "autre.gguf"
    imported = await run(models, "import", other)
    assert imported.code == 0
    assert imported.out.startswith(f"Modèle « Le modèle téléchargé » importé : {target}\n")
    assert "assistant models use autre.gguf" in imported.out
    assert digest(target) == digest(other)
    assert (await run(models, "list", "--json")).json["models"][1]["state"] == "intact"
    assert (await run(models, "import", other, "--json")).json["path"] == str(target)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "n’existe pas"),
        (b"", "n’est pas un modèle GGUF"),
        (b"<html>", "n’est pas un modèle GGUF"),
        (b"GGUF\x03", "incomplet"),
        (b"GGUF" + bytes(100), "aucun modèle autorisé"),
    ],
)
async def test_an_import_that_is_refused_is_one_line_and_leaves_nothing(
    run: Run, home: Path, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "mauvais.gguf"
    if content is not None:
        file.write_bytes(content)
    assert reason in (await run(models, "import", file)).error
    assert not (home / "models").exists()


async def test_a_verification_ends_with_1_where_a_file_has_changed(run: Run, used: Path) -> None:
    intact = await run(models, "verify")
    assert (intact.code, intact.out) == (0, f"{used} : intact (Le modèle utile)\n")
    flip(used, 50)
    altered = await run(models, "verify")
    assert altered.code == 1
    assert "altéré" in altered.out
    assert "assistant models import" in altered.out
    in_json = await run(models, "verify", "--json")
    assert (in_json.code, bool(in_json.json["files"][0]["problem"])) == (1, True)


async def test_files_are_verified_where_they_lie_without_a_server(
    run: Run, used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "inconnu.gguf"
    other.write_bytes(b"GGUF" + bytes(100))
    monkeypatch.setenv("ASSISTANT_ALLOWED_MODELS", str(tmp_path / "models.toml"))
    assert (await run(models, "verify", used)).out == f"{used} : intact (Le modèle utile)\n"
    refused = await run(models, "verify", used, other)
    assert refused.code == 1
    assert "aucun modèle autorisé" in refused.out
