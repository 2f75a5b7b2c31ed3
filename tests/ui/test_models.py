"""What is brought in, refused and found changed is recorded; the watch finds it without being asked."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from assistant import ModelFiles, ModelRefused
from policies import Act, CedarPolicy, PostgresLedger, Principal, Refused, Role
from tests.assistant.gguf_files import allow, digest, flip, tiny
from ui.database import Pool
from ui.errors import ModelNotImported
from ui.models import LanguageModels

RULES = ["administrateur-does-everything"]


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A model in use."""
    return tiny(tmp_path / "utile.gguf", b"poids " * 100)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """One that may be brought in."""
    return tiny(tmp_path / "autre.gguf", b"d'autres poids")


@pytest.fixture
def models(tmp_path: Path, pool: Pool, policy: CedarPolicy, used: Path, other: Path) -> LanguageModels:
    """Both are allowed."""
    files = ModelFiles(allow(tmp_path / "models.toml", used, other))
    return LanguageModels(files, tmp_path / "home" / "models", lambda: [used], pool, policy, PostgresLedger())


async def recorded(pool: Pool) -> list[tuple[str, dict[str, Any]]]:
    """Acts and details, in order."""
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    return [(body["act"], body["details"]) for body in bodies]


async def test_an_import_is_recorded(
    models: LanguageModels, other: Path, pool: Pool, administrateur: Principal
) -> None:
    taken = await models.take(administrateur, other)
    assert (taken.state, taken.in_use) == ("intact", False)
    [(act, details)] = await recorded(pool)
    assert act == Act.MODEL_IMPORTED
    assert details == {"file": "autre.gguf", "model": "Le modèle autre", "sha256": digest(other), "rules": RULES}


async def test_an_import_that_is_refused_is_recorded_and_leaves_nothing(
    models: LanguageModels, other: Path, pool: Pool, administrateur: Principal, tmp_path: Path
) -> None:
    flip(other, 30)
    with pytest.raises(ModelRefused):
        await models.take(administrateur, other)
    expected = {"file": "autre.gguf", "reason": "ModelRefused", "sha256": digest(other), "rules": RULES}
    assert await recorded(pool) == [(Act.MODEL_REFUSED, expected)]
    assert not (tmp_path / "home").exists()


async def test_a_folder_that_cannot_be_written_is_named(
    models: LanguageModels, other: Path, pool: Pool, administrateur: Principal, tmp_path: Path
) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(ModelNotImported, match="models : ce n’est pas un dossier"):
        await models.take(administrateur, other)
    assert await recorded(pool) == [
        (Act.MODEL_REFUSED, {"file": "autre.gguf", "reason": "ModelNotImported", "rules": RULES})
    ]


async def test_a_full_disk_is_said_before_anything_is_written(
    models: LanguageModels,
    other: Path,
    administrateur: Principal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(ModelNotImported, match="Faites de la place"):
        await models.take(administrateur, other)
    assert not list((tmp_path / "home" / "models").iterdir())


@pytest.mark.parametrize("roles", [{Role.AGENT, Role.GESTIONNAIRE}, {Role.ADMINISTRATEUR, Role.AUDITEUR}])
async def test_only_administrators_bring_models_in(
    models: LanguageModels, other: Path, pool: Pool, roles: set[Role], tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="d’administrer les modèles"):
        await models.take(Principal("s", "quelqu’un", frozenset(), frozenset(roles)), other)
    assert [act for act, _ in await recorded(pool)] == [Act.REFUSED]
    assert not (tmp_path / "home").exists()


async def test_a_verification_is_recorded_with_what_it_found(
    models: LanguageModels, used: Path, pool: Pool, administrateur: Principal
) -> None:
    assert [one.problem for one in await models.verify(administrateur)] == [""]
    flip(used, 50)
    [found] = await models.verify(administrateur)
    assert "altéré" in found.problem
    os.unlink(used)
    [gone] = await models.verify(administrateur)
    assert "n’existe pas" in gone.problem
    assert await recorded(pool) == [
        (Act.MODELS_VERIFIED, {"files": 1, "refused": []}),
        (Act.MODELS_VERIFIED, {"files": 1, "refused": [{"file": "utile.gguf", "sha256": found.sha256}]}),
        (Act.MODELS_VERIFIED, {"files": 1, "refused": [{"file": "utile.gguf", "sha256": ""}]}),
    ]


async def test_a_start_records_what_it_loads_and_what_keeps_it_from_that(
    models: LanguageModels, used: Path, pool: Pool
) -> None:
    async def load() -> None:
        if loaded:
            raise ModelRefused("altéré", "0" * 64)
        loaded.append(True)

    loaded: list[bool] = []
    await models.ready(load)
    flip(used, 50)
    with pytest.raises(ModelRefused):
        await models.ready(load)
    assert [(act, len(details["refused"])) for act, details in await recorded(pool)] == [
        (Act.MODELS_VERIFIED, 0),
        (Act.MODELS_VERIFIED, 1),
    ]


async def test_the_watch_verifies_after_each_pause(
    models: LanguageModels, used: Path, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    pauses, third = 0, asyncio.Event()

    async def pause() -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 2:
            flip(used, 50)
        if pauses == 3:
            third.set()
            await asyncio.Event().wait()

    async with models.watched(pause):
        await third.wait()
    assert [bool(details["refused"]) for _, details in await recorded(pool)] == [False, True]
    assert "altéré" in caplog.text


async def test_a_model_struck_from_the_list_is_found_by_the_next_verification(
    models: LanguageModels, used: Path, other: Path, administrateur: Principal, tmp_path: Path
) -> None:
    allow(tmp_path / "models.toml", other)
    [found] = await models.verify(administrateur)
    assert "aucun modèle autorisé" in found.problem
    assert [one.model.file for one in await models.listed()] == ["autre.gguf"]
