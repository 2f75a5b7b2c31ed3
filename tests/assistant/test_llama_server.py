"""A llama-server of our own, the real one: started, killed, watched, ended."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from langchain_core.messages import HumanMessage

from assistant import (
    Ask,
    Engine,
    LlamaServerSettings,
    LlamaSettings,
    ModelMissing,
    ModelUnavailable,
    open_llama_server,
)
from assistant.engines import llama_server
from assistant.engines.choice import Engines
from assistant.engines.llama_server import ADDRESS
from policies import Act, PostgresLedger, Principal
from retrieval import Search
from tests.assistant.asking import QUESTION, answer, records
from tests.conftest import PROJECT
from ui.database import Pool

PROGRAM = PROJECT / ".cache" / "llama-server" / "llama-server"
COUNTING = [HumanMessage("un, deux, trois, quatre, cinq, six, sept, huit,")]

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="`make test` builds llama-server first")


def started(parent: int) -> list[tuple[int, list[str]]]:
    """The llama-servers that this process has started, and their commands."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            ended, parent_of = status.read_text().rpartition(")")[2].split()[:2]
            command = (status.parent / "cmdline").read_text().split("\0")
        except OSError:  # it has ended meanwhile
            continue
        if int(parent_of) == parent and ended != "Z" and command[0].endswith("llama-server"):
            found.append((int(status.parent.name), command))
    return found


def the_one() -> tuple[int, list[str]]:
    (one,) = started(os.getpid())
    return one


@pytest.fixture
def settings(gemma: Path) -> LlamaServerSettings:
    return LlamaServerSettings(PROGRAM, LlamaSettings(gemma, context=1024, threads=1), places=2)


@pytest.fixture
async def engine(settings: LlamaServerSettings) -> AsyncIterator[Engine]:
    async with open_llama_server(settings) as opened:
        yield opened


async def test_it_starts_at_the_first_need_and_ends_with_its_block(settings: LlamaServerSettings) -> None:
    async with open_llama_server(settings) as engine:
        assert started(os.getpid()) == []
        await engine.load()
        _, command = the_one()
        folder = Path(command[command.index("--host") + 1]).parent
        assert folder.stat().st_mode & 0o077 == 0
        assert (engine.profile.name, engine.places) == ("completion", 2)
    assert started(os.getpid()) == []
    assert not folder.exists()


async def test_nobody_else_can_ask_it_and_it_knows_nothing_of_our_environment(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_LLM_KEY", "secret")
    monkeypatch.setenv("LLAMA_ARG_ENDPOINT_SLOTS", "1")
    await engine.load()
    pid, command = the_one()
    environment, key = inside(pid, command)
    assert "secret" not in environment
    assert key not in " ".join(command)
    transport = httpx.AsyncHTTPTransport(uds=command[command.index("--host") + 1])
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as stranger:
        assert (await stranger.post("/completion", json={"prompt": "a", "n_predict": 1})).status_code == 401
        assert (await stranger.get("/")).status_code in (401, 404)
        slots = await stranger.get("/slots", headers={"Authorization": f"Bearer {key}"})
        assert slots.status_code == 501  # readers' prompts would stand there


def inside(pid: int, command: list[str]) -> tuple[str, str]:
    """Its environment and its key, whose file is for us alone."""
    key = Path(command[command.index("--api-key-file") + 1])
    assert key.stat().st_mode & 0o077 == 0
    return Path(f"/proc/{pid}/environ").read_text(), key.read_text()


async def test_killed_in_the_middle_it_says_so_and_answers_again(engine: Engine) -> None:
    await engine.load()
    first, _ = the_one()
    async with aclosing(engine.model.astream(COUNTING, max_tokens=900)) as pieces:  # type: ignore[type-var]
        await anext(pieces)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(ModelUnavailable, match="s’est arrêté en cours de réponse"):
            [piece async for piece in pieces]
    await engine.load()
    assert the_one()[0] != first
    assert (await engine.model.ainvoke(COUNTING, max_tokens=8)).text.startswith(" neuf, dix")


@pytest.mark.usefixtures("collection")
async def test_when_it_is_killed_the_question_and_what_was_shown_are_kept(
    engine: Engine, search: Search, pool: Pool, agent: Principal
) -> None:
    await engine.load()
    first, _ = the_one()
    ask = Ask(search, Engines({"essai": engine}), PostgresLedger(), pool)

    async def kill(response: httpx.Response) -> None:
        if response.request.url.path == "/completion":  # it has begun to answer
            os.kill(first, signal.SIGKILL)

    engine.model.client.event_hooks = {"response": [kill]}  # type: ignore[attr-defined]
    with pytest.raises(ModelUnavailable, match="s’est arrêté en cours de réponse"):
        await answer(ask.ask(agent, QUESTION))
    engine.model.client.event_hooks = {}  # type: ignore[attr-defined]
    asked, abandoned = await records(pool)
    assert abandoned["act"] == Act.ANSWER_ABANDONED
    assert abandoned["details"]["reason"] == "ModelUnavailable"
    assert abandoned["details"]["answer_id"] == asked["details"]["answer_id"]
    assert (await answer(ask.ask(agent, QUESTION))).model == "gemma"


async def test_one_that_hangs_is_started_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    await engine.load()
    first, _ = the_one()
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr(llama_server, "SILENT", 0.1)
    with pytest.raises(ModelUnavailable, match="est figé"):
        await engine.load()
    monkeypatch.undo()
    await engine.load()
    assert the_one()[0] != first


async def test_two_are_answered_at_once(engine: Engine) -> None:
    await engine.load()
    async with (
        aclosing(engine.model.astream(COUNTING, max_tokens=200)) as one,  # type: ignore[type-var]
        aclosing(engine.model.astream(COUNTING, max_tokens=200)) as two,  # type: ignore[type-var]
    ):
        first, second = [(await anext(stream)).text for stream in (one, two)]
        assert first == second


async def test_a_reader_who_leaves_makes_room(engine: Engine) -> None:
    await engine.load()
    for _ in range(4):  # more than there are places, each of them an answer without end
        async with aclosing(engine.model.astream(COUNTING, max_tokens=900)) as pieces:  # type: ignore[type-var]
            await anext(pieces)


async def test_its_words_are_in_our_log_and_what_people_ask_is_not(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    await engine.load()
    await engine.model.ainvoke(COUNTING, max_tokens=3)
    assert "llama-server: " in caplog.text
    assert "quatre" not in caplog.text


async def test_an_adapter_reaches_it(
    settings: LlamaServerSettings, gemma: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = replace(settings, llama=replace(settings.llama, lora_path=gemma))
    async with open_llama_server(wrong) as engine:
        with pytest.raises(ModelUnavailable, match="le journal dit pourquoi"):
            await engine.load()
    assert "failed to load lora adapter" in caplog.text


async def test_without_the_program_it_says_how_to_build_it(gemma: Path, tmp_path: Path) -> None:
    async with open_llama_server(LlamaServerSettings(tmp_path / "rien", LlamaSettings(gemma))) as engine:
        with pytest.raises(ModelMissing, match="make llama-server"):
            await engine.load()


async def test_one_that_does_not_start_does_not_keep_people_waiting(
    gemma: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    program = tmp_path / "llama-server"
    program.write_text("#!/bin/sh\necho 'no room' >&2\nexit 3\n")
    program.chmod(0o755)
    async with open_llama_server(LlamaServerSettings(program, LlamaSettings(gemma))) as engine:
        with pytest.raises(ModelUnavailable, match=r"ne démarre pas \(code 3\).*relancé dans 1 s"):
            await engine.load()
    assert "llama-server: no room" in caplog.text


async def test_one_that_never_gets_ready_is_given_up(gemma: Path, tmp_path: Path) -> None:
    program = tmp_path / "llama-server"
    program.write_text("#!/bin/sh\nexec cat /dev/zero > /dev/null\n")
    program.chmod(0o755)
    async with open_llama_server(LlamaServerSettings(program, LlamaSettings(gemma), starting=0.1)) as engine:
        with pytest.raises(ModelUnavailable, match=r"pas prêt après 0.1 s"):
            await engine.load()


OWNER = """
import asyncio, sys
from pathlib import Path
from assistant import LlamaServerSettings, LlamaSettings, open_llama_server

async def main():
    async with open_llama_server(LlamaServerSettings(Path(sys.argv[1]), LlamaSettings(Path(sys.argv[2])))) as engine:
        await engine.load()
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def owner(gemma: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", OWNER, str(PROGRAM), str(gemma)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:  # noqa: S603
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_it_dies_with_the_process_that_started_it(owner: "subprocess.Popen[str]") -> None:
    ((child, _),) = started(owner.pid)
    watch = os.pidfd_open(child)
    owner.kill()
    assert select.select([watch], [], [], 60)[0] == [watch]
    os.close(watch)
