"""The Containerfile, stage by stage."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from tests.deploy.compose import DEPLOY

FILE = DEPLOY / "Containerfile"


@dataclass(frozen=True, slots=True)
class Stage:
    """What one is made from, and its instructions: each a word and what follows it."""

    name: str
    base: str
    instructions: Sequence[tuple[str, str]]

    def all(self, word: str) -> list[str]:
        """What follows that word, in order."""
        return [rest for found, rest in self.instructions if found == word]


def stages() -> dict[str, Stage]:
    """All of them, by name."""
    text = re.sub(r"^\s*#.*\n", "", FILE.read_text(), flags=re.MULTILINE)
    lines = [line.split(None, 1) for line in re.sub(r"\\\n\s*", "", text).splitlines() if line.strip()]
    found: dict[str, Stage] = {}
    for word, rest in lines:
        if word == "FROM":
            base, _, name = rest.split()
            found[name] = Stage(name, base, [])
        elif found:
            last = list(found.values())[-1]
            found[last.name] = Stage(last.name, last.base, [*last.instructions, (word, rest)])
    return found


def line_of(name: str) -> list[Stage]:
    """A stage and those that it is made from, the first one last."""
    known, line = stages(), [stages()[name]]
    while line[-1].base in known:
        line.append(known[line[-1].base])
    return line


def copied(stage: Stage) -> list[str]:
    """What it copies from the context."""
    words = (shlex.split(rest) for rest in stage.all("COPY"))
    return [source for line in words if not line[0].startswith("--from") for source in line[:-1]]
