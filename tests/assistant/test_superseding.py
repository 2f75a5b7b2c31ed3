"""Engines that take each other's place, how they stand, and how fast they are; what a model file says of itself."""

import asyncio
import struct
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import ModelUnavailable, ModelUnusable, Waiting
from assistant.engines.choice import Engines
from assistant.engines.engine import Engine
from assistant.engines.gguf_header import read_header
from assistant.engines.pace import ANSWERS, Pace
from assistant.prompts.formats import Format
from retrieval.corpus import Passage
from tests.assistant.gguf_files import EMPTY, with_template
from tests.assistant.scripted import Scripted, engine
from tests.assistant.test_engines import told


def named(name: str, model: Scripted) -> Engine:
    return replace(engine(model), name=name)


async def test_who_has_begun_ends_with_the_engines_of_then(leave: Passage) -> None:
    gate = asyncio.Event()
    engines = Engines({"un": named("un", Scripted(pieces=("1",), gate=gate))})
    with engines.held() as held:
        async with aclosing(held.generate("s", "Combien ?", [leave])) as events:
            assert [await anext(events), await anext(events)][1] == "1"
            left = asyncio.create_task(engines.supersede(named("deux", Scripted(pieces=("2",))))())
            assert await told(engines, leave) == ["deux", "2"]
            assert not left.done()
            gate.set()
            assert [event async for event in events] == []
        assert held.first.name == "un"
    await left
    assert engines.first.name == "deux"


async def test_only_the_first_is_superseded_and_the_order_stays(leave: Passage) -> None:
    engines = Engines({"un": named("un", Scripted()), "deux": named("deux", Scripted())})
    await engines.supersede(named("trois", Scripted(pieces=("3",))))()
    assert [one.name for one in engines] == ["trois", "deux"]


async def test_how_engines_stand_is_told(leave: Passage) -> None:
    engines = Engines(
        {"un": engine(Scripted(pieces=("a", "b"))), "deux": engine(Scripted(error=ModelUnavailable("parti")))},
        reserved={"trois": engine(Scripted())},
        tasks={"note": "trois", "lettre": "deux"},
    )
    for _ in range(3):
        await told(engines, leave, task="lettre")
    first, second, third = engines.standings
    assert (second.resting, third.reserved, third.tasks, second.tasks) == (True, True, ("note",), ("lettre",))
    assert first.speed is not None
    assert (first.resting, first.speed.answers) == (False, 3)
    async with (
        aclosing(engines.generate("s1", "Combien ?", [leave])) as served,
        aclosing(engines.generate("s2", "Combien ?", [leave])) as waiting,
    ):
        await anext(served)
        assert await anext(waiting) == Waiting(1)
        assert (engines.standings[0].making, engines.standings[0].waiting) == (1, 1)


async def test_speed_is_counted_from_the_first_piece_to_the_last() -> None:
    now = 0.0
    pace = Pace(clock=lambda: now)

    async def pieces() -> AsyncGenerator[str, None]:
        nonlocal now
        now += 2.0
        yield "a"
        for _ in range(4):
            now += 0.5
            yield "b"

    assert pace.speed is None
    for _ in range(ANSWERS + 1):
        async for _piece in pace.heard(pieces()):
            pass
    assert pace.speed is not None
    assert (pace.speed.answers, pace.speed.tokens_a_second, pace.speed.first_token_s) == (ANSWERS, 2.0, 2.0)


def test_a_model_file_says_what_it_is(gemma: Path) -> None:
    header = read_header(gemma)
    assert (header.architecture, header.quantisation, header.context) == ("gemma3", "Q4_K_M", 32768)
    assert header.format is Format.COMPLETION
    assert header.memory(4096) - header.memory(0) == 4096 * header.kept


@pytest.mark.parametrize(
    ("template", "style"),
    [
        ("{{ '<|im_start|>' }}", Format.CHATML),
        ("<start_of_turn>", Format.GEMMA),
        ("[INST]", Format.MISTRAL),
        ("<|start_header_id|>", Format.LLAMA3),
        ("{% raise %}", None),
    ],
)
def test_the_family_of_a_model_is_guessed_by_the_marks_of_its_template(
    tmp_path: Path, template: str, style: Format | None
) -> None:
    bare = tmp_path / "vide.gguf"
    bare.write_bytes(EMPTY)
    assert read_header(with_template(bare, tmp_path / "modele.gguf", template)).format is style


@pytest.mark.parametrize(
    "content",
    [
        b"",
        EMPTY[:20],
        struct.pack("<4sIQQ", b"GGUF", 3, 0, 1),
        struct.pack("<4sIQQ", b"GGUF", 3, 0, 2**60),
        struct.pack("<4sIQQQ", b"GGUF", 3, 0, 1, 2**60),
        struct.pack("<4sIQQQ1sI", b"GGUF", 3, 0, 1, 1, b"x", 99),
        struct.pack("<4sIQQQ1sIIQ", b"GGUF", 3, 0, 1, 1, b"x", 9, 0, 2**60),
        struct.pack("<4sIQQQ1sIIQ", b"GGUF", 3, 0, 1, 1, b"x", 9, 9, 1),
    ],
)
def test_a_broken_head_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "faux.gguf"
    file.write_bytes(content)
    with pytest.raises(ModelUnusable, match="illisible"):
        read_header(file)
