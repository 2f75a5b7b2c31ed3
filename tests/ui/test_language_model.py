"""The engines that the settings name."""

from pathlib import Path

from assistant import Format, LlamaSettings, Reasoning
from ui import demonstration
from ui.engine_settings import EngineSettings
from ui.language_model import files_in_use, open_engines
from ui.settings import Settings

SERVER = EngineSettings(kind="server", url="https://modeles.exemple.fr/v1", model="grand", context=9000, places=16)


def settings(home: Path, gemma: Path) -> Settings:
    return Settings(
        home=home,
        engines={
            "grand": SERVER,
            "petit": EngineSettings(kind="process", model=str(gemma), first_token_seconds=7),
            "milieu": EngineSettings(kind="llama-server", model=str(gemma), format="chatml", places=3, waiting=7),
        },
        engine_order=("milieu", "grand"),
    )


async def test_each_kind_is_opened_with_its_profile_and_its_limits(tmp_path: Path, gemma: Path) -> None:
    async with open_engines(settings(tmp_path, gemma)) as engines:
        milieu, grand, petit = engines
    assert (grand.name, grand.profile.name, grand.context, grand.places) == ("grand", "chat", 9000, 16)
    assert (petit.profile.name, petit.places, petit.limits.first_token) == ("completion", 1, 7)
    assert (milieu.profile.name, milieu.places, milieu.limits.first_token) == ("chat", 3, 120)
    assert (milieu.waiting, grand.waiting) == (7, 100)
    assert engines.first is milieu
    assert isinstance(petit.model.settings, LlamaSettings)  # type: ignore[attr-defined]
    assert milieu.model.settings.format == Format.CHATML  # type: ignore[attr-defined]


async def test_an_engine_reasons_as_its_settings_say(tmp_path: Path, gemma: Path) -> None:
    engines = {
        "grand": SERVER.model_copy(update={"reasoning": "off"}),
        "petit": EngineSettings(kind="process", model=str(gemma), format="chatml", context=4096, reasoning_tokens=2000),
        "base": EngineSettings(kind="process", model=str(gemma), format="completion", reasoning_tokens=2000),
    }
    async with open_engines(Settings(home=tmp_path, engines=engines)) as opened:
        grand, petit, base = opened
    assert [one.profile.reasoning for one in opened] == [Reasoning.OFF, Reasoning.MARKED, Reasoning.NONE]
    assert (petit.room(400), base.room(160)) == (4096 - 2000 - 400, 4096 - 160)
    assert grand.profile.instructions == petit.profile.instructions


async def test_the_simple_settings_open_one(tmp_path: Path) -> None:
    async with open_engines(Settings(home=tmp_path, llm="http://127.0.0.1:9/v1", llm_model="m")) as engines:
        assert [engine.name for engine in engines] == ["m"]


def test_the_files_in_use_are_those_of_all_engines(tmp_path: Path, gemma: Path) -> None:
    assert files_in_use(settings(tmp_path, gemma)) == (gemma,)
    engines = {"a": EngineSettings(kind="llama-server", lora=str(tmp_path / "lora.gguf"))}
    used = files_in_use(Settings(home=tmp_path, engines=engines))
    assert used == (demonstration.model_path(tmp_path), tmp_path / "lora.gguf")
