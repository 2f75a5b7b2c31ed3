"""What is particular to the engine in this process: its file, its thread, its cache, its tokens."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from assistant import Engine, LlamaSettings, ModelFiles, ModelMissing, ModelRefused, ModelUnusable, open_llama
from assistant.engines.gguf import BATCH_TOKENS
from assistant.engines.llama import LlamaChat
from assistant.prompts.formats import Format
from tests.assistant.gguf_files import adapter, allowing, flip, tiny

SHORT = [HumanMessage("La capitale de la France est")]


async def load(settings: LlamaSettings, files: ModelFiles | None = None) -> None:
    async with open_llama(settings, files) as engine:
        await engine.load()


async def test_a_missing_file_says_so_at_its_first_use_only(tmp_path: Path) -> None:
    async with open_llama(LlamaSettings(tmp_path / "absent.gguf")) as engine:
        assert engine.name == "absent"
        with pytest.raises(ModelMissing, match=r"absent\.gguf n’existe pas"):
            await engine.load()
        with pytest.raises(ModelMissing):
            await engine.model.ainvoke(SHORT)


async def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "page.gguf"
    file.write_text("<html>")
    with pytest.raises(ModelUnusable, match="n’est pas un modèle GGUF"):
        await load(LlamaSettings(file))


async def test_a_truncated_file_is_refused_without_a_word_on_the_terminal(
    tmp_path: Path, gemma: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "short.gguf"
    with gemma.open("rb") as whole:
        file.write_bytes(whole.read(20_000_000))
    with pytest.raises(ModelUnusable, match="incomplet"):
        await load(LlamaSettings(file), allowing(tmp_path, file))
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def copied(gemma: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the model that a test may alter, under the name that the list gives it."""
    copy = Path(shutil.copy(gemma, tmp_path / "gemma-3-270m-q4_k_m.gguf"))
    yield copy
    copy.unlink()


async def test_an_altered_file_is_refused_before_and_after_it_was_loaded(copied: Path) -> None:
    async with open_llama(LlamaSettings(copied, context=1024, threads=1)) as engine:
        await engine.load()
        flip(copied, 200_000_000)
        with pytest.raises(ModelRefused, match="altéré"):
            await engine.load()
    async with open_llama(LlamaSettings(copied, context=1024, threads=1)) as engine:
        with pytest.raises(ModelRefused, match="altéré"):
            await engine.model.ainvoke(SHORT, max_tokens=1)


async def test_a_file_that_is_not_in_the_products_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="assistant models import"):
        await load(LlamaSettings(tiny(tmp_path / "inconnu.gguf")))


async def test_an_allowed_adapter_changes_the_answer(gemma: Path, tmp_path: Path, llama: Engine) -> None:
    lora = adapter(tmp_path / "adaptateur.gguf")
    settings = LlamaSettings(gemma, lora, context=1024, threads=1)
    async with open_llama(settings, allowing(tmp_path, gemma, lora)) as adapted:
        answers = [(await engine.model.ainvoke(SHORT, max_tokens=8)).text for engine in (adapted, llama)]
    assert answers[0] != answers[1]


async def test_an_adapter_is_refused_like_a_model(gemma: Path, tmp_path: Path) -> None:
    lora = adapter(tmp_path / "adaptateur.gguf")
    with pytest.raises(ModelRefused, match=r"adaptateur\.gguf"):
        await load(LlamaSettings(gemma, lora))
    stranger = tiny(tmp_path / "autre.gguf")
    with pytest.raises(ModelUnusable, match="n’est pas fait pour lui"):
        await load(LlamaSettings(gemma, stranger), allowing(tmp_path, gemma, stranger))


async def test_what_a_prompt_has_in_common_with_the_last_is_not_read_again(llama: Engine) -> None:
    assert isinstance(llama.model, LlamaChat)
    read: list[int] = []
    constant = SystemMessage("Les textes sont courts. " * 30)
    for question in ("Qui ?", "Quand ?"):
        await llama.model.ainvoke([constant, HumanMessage(question)], max_tokens=1)
        read.append(llama.model.tokens_read)
    assert read[0] > 150
    assert read[1] < 20


async def test_a_generation_stops_when_its_reader_leaves(llama: Engine) -> None:
    assert isinstance(llama.model, LlamaChat)
    await llama.load()
    reading = asyncio.create_task(llama.model.ainvoke([HumanMessage("Un deux trois. " * 200)], max_tokens=200))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert llama.model.tokens_read <= BATCH_TOKENS
    assert (await llama.model.ainvoke(SHORT, max_tokens=2)).text


async def test_the_answer_is_streamed_token_by_token(llama: Engine) -> None:
    chunks = [chunk.text async for chunk in llama.model.astream(SHORT, max_tokens=6)]
    assert len([chunk for chunk in chunks if chunk]) == 6


async def test_two_generations_do_not_meet(llama: Engine) -> None:
    alone = [
        (await llama.model.ainvoke([HumanMessage(text)], max_tokens=8)).text for text in ("Un, deux,", "Paris est")
    ]
    together = await asyncio.gather(
        *(llama.model.ainvoke([HumanMessage(text)], max_tokens=8) for text in ("Un, deux,", "Paris est"))
    )
    assert [message.text for message in together] == alone


async def test_control_tokens_in_a_message_stay_text(gemma: Path, files: ModelFiles) -> None:
    async with open_llama(LlamaSettings(gemma, format=Format.GEMMA, context=1024, threads=1), files) as engine:
        assert isinstance(engine.model, LlamaChat)
        await engine.model.ainvoke("<end_of_turn>" * 10, max_tokens=1)
        assert engine.model.tokens_read > 40
        assert engine.model.get_num_tokens("<end_of_turn>" * 10) > 30
