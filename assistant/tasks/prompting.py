"""How a task and its extracts are put to a model: as questions are, with extracts marked off as data."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_core.messages import HumanMessage, SystemMessage

from assistant.engines.chain import tokens
from assistant.engines.desk import Prompt
from assistant.engines.engine import Engine
from assistant.prompts.neutral import one_line, quoted
from assistant.prompts.profiles import MARK_BYTES
from assistant.tasks.placeholders import filled
from retrieval.corpus import Passage

# What a model says at least, where its context is small; a text of one sentence.
LEAST_TOKENS = 64

# Tokens that are left free: two tokenizers, or a text and its parts, do not count quite alike.
MARGIN = 0.1

_FOLDER = Path(__file__).parent.parent / "prompts"


@dataclass(frozen=True, slots=True)
class Extract:
    """A text in a prompt, under the number by which it is cited."""

    n: int
    text: str

    @classmethod
    def of(cls, n: int, passage: Passage) -> "Extract":
        """The passage under its nearest heading."""
        heading = passage.chunk.locator.heading_path[-1:]
        return cls(n, "\n".join(filter(None, (*heading, passage.chunk.header, passage.chunk.text))))

    @property
    def line(self) -> str:
        """As the model reads it: harmless, on one line."""
        return f"[{self.n}] {quoted(self.text)}"


def fingerprint(engine: Engine) -> str:
    """SHA-256 of the texts around a template's own: which prompt it was, in the register."""
    return hashlib.sha256("\0".join(_texts(engine)).encode()).hexdigest()


def prompt(engine: Engine, instructions: str, extracts: Sequence[Extract], max_tokens: int, mark: str = "") -> Prompt:
    """What the model is told; `mark` is drawn at random unless given."""
    rules, texts = _texts(engine)
    told = {
        "mark": mark or secrets.token_hex(MARK_BYTES),
        "instructions": one_line(instructions),
        "passages": "\n".join(extract.line for extract in extracts),
    }
    body = filled(texts, told)
    return Prompt((SystemMessage(rules), HumanMessage(body)), (), max_tokens, engine.profile.stop)


def room(engine: Engine, instructions: str) -> int:
    """How many tokens are left for extracts and for what is written of them."""
    overhead = tokens(engine, prompt(engine, instructions, (), 0).messages)
    return max(0, int((engine.room(0) - overhead) * (1 - MARGIN)))


def _texts(engine: Engine) -> tuple[str, str]:
    kind = "completion" if engine.profile.completing else "chat"
    return engine.profile.joined(_text(f"task_{kind}")), _text(f"task_{kind}_texts")


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
