"""What every engine's chat model does: in this process, in our own llama-server, behind an OpenAI-compatible one."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from langchain_core.messages import HumanMessage, SystemMessage

from assistant import (
    Engine,
    LlamaServerSettings,
    LlamaSettings,
    ModelUnavailable,
    QuestionTooWide,
    open_llama,
    open_llama_server,
)
from assistant.engines.server import ServerSettings, open_server
from assistant.prompts.formats import Format
from assistant.prompts.profiles import CHAT, COMPLETION

PROGRAM = Path(__file__).parent.parent.parent / ".cache" / "llama-server" / "llama-server"
CONTEXT = 1024
THREADS = 1  # two would spin beside other tests

pytestmark = pytest.mark.asyncio(loop_scope="module")

MESSAGES = [SystemMessage("Continue la liste."), HumanMessage("un, deux, trois, quatre, cinq, six, sept, huit,")]


@pytest.fixture(scope="module")
def server(gemma: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a llama-server of its own, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        PROGRAM,
        "-m",
        gemma,
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "-c",
        CONTEXT,
        "-np",
        1,
        "-t",
        THREADS,
    ]
    log = Path(tmp_path_factory.mktemp("llama-server")) / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=output)  # noqa: S603
        try:
            _wait_until_healthy(process, f"http://127.0.0.1:{port}/health")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait()


def _wait_until_healthy(process: "subprocess.Popen[bytes]", url: str) -> None:
    """A connection is refused until the port is open; then the server says 503 until the model is read."""
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(transport=transport, timeout=60) as client:
        while client.get(url).status_code != httpx.codes.OK:
            assert process.poll() is None, "llama-server ended before it was ready"


NEEDS_PROGRAM = pytest.mark.skipif(not PROGRAM.exists(), reason="`make test` builds llama-server first")


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[
        "llama",
        pytest.param("llama-server", marks=NEEDS_PROGRAM),
        pytest.param("server", marks=NEEDS_PROGRAM),
        pytest.param("completions of a server", marks=NEEDS_PROGRAM),
    ],
)
async def engine(request: pytest.FixtureRequest, gemma: Path) -> AsyncIterator[Engine]:
    llama = LlamaSettings(gemma, format=Format.CHATML, context=CONTEXT, threads=THREADS)
    if request.param == "llama":
        opening = open_llama(llama)
    elif request.param == "llama-server":
        opening = open_llama_server(LlamaServerSettings(PROGRAM, llama, places=2))
    else:
        profile = CHAT if request.param == "server" else COMPLETION
        url = request.getfixturevalue("server")
        opening = open_server(ServerSettings(url, context=CONTEXT, profile=profile))
    async with opening as opened:
        await opened.load()
        yield opened


async def test_an_engine_loads_as_often_as_it_is_told(engine: Engine) -> None:
    await engine.load()
    await engine.load()
    assert engine.name


async def test_the_streamed_pieces_are_the_answer(engine: Engine) -> None:
    pieces = [chunk.text async for chunk in engine.model.astream(MESSAGES, max_tokens=12)]
    whole = await engine.model.ainvoke(MESSAGES, max_tokens=12)
    assert "".join(pieces) == whole.text
    assert len([piece for piece in pieces if piece]) > 1


async def test_one_that_counts_tokens_counts_those_that_it_read_and_wrote(engine: Engine) -> None:
    chunks = [chunk async for chunk in engine.model.astream(MESSAGES, max_tokens=12)]
    told = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
    assert len(told) == (0 if engine.digests() and engine.places == 1 else 1)
    assert all(one["output_tokens"] == 12 and one["input_tokens"] > 10 for one in told)


async def test_the_same_prompt_gives_the_same_answer(engine: Engine) -> None:
    first, second = [(await engine.model.ainvoke(MESSAGES, max_tokens=8)).text for _ in range(2)]
    assert first == second


async def test_an_answer_ends_before_a_stop_sequence(engine: Engine) -> None:
    whole = (await engine.model.ainvoke(MESSAGES, max_tokens=12)).text
    stop = whole[len(whole) // 2 :][:3]
    assert (await engine.model.ainvoke(MESSAGES, max_tokens=12, stop=[stop])).text == whole[: whole.index(stop)]


async def test_max_tokens_bounds_an_answer(engine: Engine) -> None:
    short = (await engine.model.ainvoke(MESSAGES, max_tokens=3)).text
    longer = (await engine.model.ainvoke(MESSAGES, max_tokens=9)).text
    assert longer.startswith(short)
    assert len(longer) > len(short)


async def test_after_a_reader_left_the_next_is_answered(engine: Engine) -> None:
    expected = (await engine.model.ainvoke(MESSAGES, max_tokens=5)).text
    async with aclosing(engine.model.astream(MESSAGES, max_tokens=500)) as pieces:  # type: ignore[type-var]
        await anext(pieces)
    assert (await engine.model.ainvoke(MESSAGES, max_tokens=5)).text == expected
    reading = asyncio.create_task(engine.model.ainvoke(MESSAGES, max_tokens=500))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    assert (await engine.model.ainvoke(MESSAGES, max_tokens=5)).text == expected


async def test_a_prompt_beyond_the_context_is_refused_in_french(engine: Engine) -> None:
    with pytest.raises(QuestionTooWide, match="Raccourcissez la question"):
        await engine.model.ainvoke([HumanMessage("mot " * 2 * CONTEXT)], max_tokens=5)


async def test_tokens_are_counted_without_a_network(engine: Engine) -> None:
    await engine.load()
    count = engine.model.get_num_tokens
    assert 0 < count("Le congé dure seize semaines.") < count("Le congé dure seize semaines. " * 10) < 400


async def test_a_server_that_is_not_there_is_named() -> None:
    async with open_server(ServerSettings("http://127.0.0.1:9/v1")) as engine:
        with pytest.raises(ModelUnavailable, match=r"http://127\.0\.0\.1:9/v1"):
            await engine.load()
        with pytest.raises(ModelUnavailable, match="ne répond pas"):
            await engine.model.ainvoke(MESSAGES)
