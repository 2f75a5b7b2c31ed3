"""A chat template inside a model file is never run, nor even compiled, whatever it holds (CVE-2024-34359)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import jinja2
import pytest
from langchain_core.messages import HumanMessage
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from assistant import Engine, LlamaSettings, open_llama
from assistant.gguf import InterruptibleLlama
from assistant.llama import LlamaChat
from tests.assistant.gguf_files import allowing, with_template

ASKED = [HumanMessage("La capitale de la France est")]

TEMPLATES = [
    # Reaches for the classes of the process, as the exploits do.
    "{% for one in ().__class__.__base__.__subclasses__() %}{{ one.__init__.__globals__ }}{% endfor %}",
    "{{ cycler.__init__.__globals__.os.system('touch pris') }}",
    # Raises as soon as it is read.
    "{% for %}",
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
    async with open_llama(LlamaSettings(hostile, context=1024), allowing(tmp_path, hostile)) as engine:
        answers = [(await model.ainvoke(ASKED, max_tokens=8)).text for model in (engine.model, llama.model)]
        assert isinstance(engine.model, LlamaChat)
        assert not [key for key in engine.model._loaded().metadata if "template" in key]
    assert answers[0] == answers[1]
    assert ran == []
    assert not (tmp_path / "pris").exists()


async def test_the_test_would_notice_a_template_that_is_read(
    gemma: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(InterruptibleLlama, "metadata")
    broken = with_template(gemma, tmp_path / "broken.gguf", "{% for %}")
    async with open_llama(LlamaSettings(broken, context=1024), allowing(tmp_path, broken)) as engine:
        with pytest.raises(jinja2.TemplateSyntaxError):
            await engine.load()
