"""A chat template inside a model file is never run, nor even compiled, whatever it holds (CVE-2024-34359).

The templates stand for three kinds: one that reaches out, one that raises, one that `llama_cpp` would compute.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import jinja2
import pytest
from langchain_core.messages import HumanMessage
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from assistant import Engine, LlamaServerSettings, LlamaSettings, open_llama, open_llama_server
from assistant.engines.gguf import InterruptibleLlama
from assistant.engines.llama import LlamaChat
from tests.assistant.gguf_files import allowing, with_template
from tests.conftest import PROJECT

PROGRAM = PROJECT / ".cache" / "llama-server" / "llama-server"

ASKED = [HumanMessage("La capitale de la France est")]

BROKEN = "{% for %}"

TEMPLATES = [
    # Reaches for the modules of the process, as the exploits do.
    "{{ cycler.__init__.__globals__.os.system('touch pris') }}",
    # Raises as soon as it is read.
    BROKEN,
    # A constant: computed while the template is compiled, where it is.
    "{{ 'HA' * 3 }}",
]


@pytest.fixture(params=TEMPLATES)
def hostile(request: pytest.FixtureRequest, gemma: Path, tmp_path: Path) -> Iterator[Path]:
    """The model with one of them."""
    target = with_template(gemma, tmp_path / "hostile.gguf", request.param)
    yield target
    target.unlink()


async def test_nothing_of_it_runs(
    hostile: Path, llama: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def run(*_: Any, **__: Any) -> NoReturn:
        ran.append("template")
        raise AssertionError

    for owner, name in (
        (Jinja2ChatFormatter, "__init__"),
        (jinja2.Environment, "compile"),
        (jinja2.Environment, "from_string"),
        (jinja2.Template, "render"),
    ):
        monkeypatch.setattr(owner, name, run)
    monkeypatch.chdir(tmp_path)
    async with open_llama(LlamaSettings(hostile, context=1024, threads=1), allowing(tmp_path, hostile)) as engine:
        answers = [(await model.ainvoke(ASKED, max_tokens=4)).text for model in (engine.model, llama.model)]
        assert isinstance(engine.model, LlamaChat)
        assert not [key for key in engine.model._loaded().metadata if "template" in key]
    assert answers[0] == answers[1]
    assert ran == []
    assert not (tmp_path / "pris").exists()


@pytest.mark.skipif(not PROGRAM.exists(), reason="`make test` builds llama-server first")
async def test_our_llama_server_does_not_read_it_either(gemma: Path, tmp_path: Path) -> None:
    broken = with_template(gemma, tmp_path / "broken.gguf", BROKEN)
    allowed = allowing(tmp_path, broken, gemma)
    said = []
    for file in (broken, gemma):
        settings = LlamaServerSettings(PROGRAM, LlamaSettings(file, context=1024, threads=1), places=1)
        async with open_llama_server(settings, allowed) as engine:
            await engine.load()
            said.append((await engine.model.ainvoke(ASKED, max_tokens=4)).text)
    assert said[0] == said[1] != ""


async def test_the_test_would_notice_a_template_that_is_read(
    gemma: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(InterruptibleLlama, "metadata")
    broken = with_template(gemma, tmp_path / "broken.gguf", BROKEN)
    async with open_llama(LlamaSettings(broken, context=1024, threads=1), allowing(tmp_path, broken)) as engine:
        with pytest.raises(jinja2.TemplateSyntaxError):
            await engine.load()
