"""What the chart and the compose file tell llama-server is what ours understands, and as careful as what we tell it."""

import itertools
import subprocess

import pytest

from assistant.engines.llama_server import PROMPT_CACHE
from tests.deploy.chart import containers, pods, render
from tests.deploy.compose import DEPLOY, services

PROGRAM = DEPLOY.parent / ".cache" / "llama-server" / "llama-server"
KEY = "/run/secrets/llm"


def understood(arguments: list[str]) -> bool:
    """It reads its arguments in their order, and ends at `--version`."""
    given = [argument for argument in arguments if argument != "--api-key-file" and not argument.startswith(KEY)]
    ran = subprocess.run([str(PROGRAM), *given, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return ran.returncode == 0


def careful(arguments: list[str]) -> bool:
    """It takes no more memory than it needs, and says no prompt."""
    told = dict(itertools.pairwise(arguments))
    return (told["--cache-ram"], told["--log-verbosity"]) == (str(PROMPT_CACHE), "2")


@pytest.mark.parametrize("gpus", [0, 2])
def test_those_of_the_chart(gpus: int) -> None:
    (engine,) = (
        container
        for _, _, spec in pods(render({"llm": {"gpus": gpus}}))
        for container in containers(spec)
        if container["name"] == "engine"
    )
    assert understood(engine["args"])
    assert careful(engine["args"])
    assert engine["args"][engine["args"].index("--chat-template") + 1] == "mistral-v7-tekken"


def test_those_of_the_composition() -> None:
    command = services()["llama-server"]["command"]
    assert understood(command)
    assert careful(command)


def test_one_that_it_does_not_know_would_be_seen() -> None:
    assert not understood(["--no-such-argument"])
