"""What is particular to the engine in this process: its file, its thread, its cache, its tokens."""

import asyncio
import shutil
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from assistant import Engine, LlamaSettings, ModelMissing, ModelUnusable, open_llama
from assistant.gguf import BATCH_TOKENS
from assistant.llama import LlamaChat
from assistant.prompts.formats import Format

SHORT = [HumanMessage("La capitale de la France est")]


async def load(settings: LlamaSettings) -> None:
    async with open_llama(settings) as engine:
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
        await load(LlamaSettings(file))
    assert capfd.readouterr() == ("", "")


async def test_an_altered_file_is_refused(gemma: Path) -> None:
    with pytest.raises(ModelUnusable, match="SHA-256"):
        await load(LlamaSettings(gemma, sha256="0" * 64))


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


async def test_control_tokens_in_a_message_stay_text(gemma: Path) -> None:
    async with open_llama(LlamaSettings(gemma, format=Format.GEMMA, context=1024)) as engine:
        assert isinstance(engine.model, LlamaChat)
        await engine.model.ainvoke("<end_of_turn>" * 10, max_tokens=1)
        assert engine.model.tokens_read > 40
        assert engine.model.get_num_tokens("<end_of_turn>" * 10) > 30


@pytest.fixture
async def hostile(gemma: Path, tmp_path: Path) -> AsyncIterator[Path]:
    """The model with a chat template of its own, which reaches for what it must not."""
    target = tmp_path / "hostile.gguf"
    template = "{% for one in ().__class__.__base__.__subclasses__() %}HA{% endfor %}"
    with gemma.open("rb") as source, target.open("wb") as out:
        magic, version, tensors, entries = struct.unpack("<4sIQQ", source.read(24))
        out.write(struct.pack("<4sIQQ", magic, version, tensors, entries + 1))
        out.write(_string_entry("tokenizer.chat_template", template))
        shutil.copyfileobj(source, out)
    yield target
    target.unlink()


def _string_entry(key: str, value: str) -> bytes:
    """A GGUF metadata entry, padded to 32 bytes so that the tensors behind it keep their alignment."""
    head = struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", 8)
    value += " " * (-(len(head) + 8 + len(value)) % 32)
    return head + struct.pack("<Q", len(value)) + value.encode()


async def test_the_chat_template_in_a_file_is_not_used(hostile: Path, llama: Engine) -> None:
    async with open_llama(LlamaSettings(hostile, context=1024)) as engine:
        answers = [await model.ainvoke(SHORT, max_tokens=8) for model in (engine.model, llama.model)]
    assert answers[0].text == answers[1].text
    assert "HA" not in answers[0].text
