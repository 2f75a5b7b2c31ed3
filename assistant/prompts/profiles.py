"""How a question and its passages are put to a model.

Both profiles begin with a constant text, which the engine keeps in its cache between questions. Only
then come this request's passages, between marks that nobody could guess and that a passage therefore
cannot close.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten

from langchain_core.messages import SystemMessage
from langchain_core.prompts import ChatPromptTemplate

from assistant.prompts.formats import Format
from assistant.prompts.guidance import joined
from assistant.prompts.neutral import quoted
from assistant.prompts.reasoning import Reasoning
from retrieval.corpus import Passage

MARK_BYTES = 8

# How much of the question may head a passage.
HEADING_CHARACTERS = 200

UNTITLED = "Extrait"

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Profile:
    """The texts for one kind of model, and the bounds of its answers.

    `instructions` come first and never change but for a ministry's `guidance`; `question` holds the passages, each as
    `passage` says. One that is `completing` is for a base model.
    `max_tokens` is how long an answer may get, and `stop` what ends it before; `reasoning_tokens` is how much longer
    the model may be for what it thinks, which it marks as `reasoning` says.
    """

    name: str
    instructions: str
    question: str
    passage: str
    max_tokens: int
    stop: tuple[str, ...] = ()
    reasoning: Reasoning = Reasoning.NONE
    reasoning_tokens: int = 0
    guidance: str = ""

    @property
    def completing(self) -> bool:
        """Whether the model completes a text, and knows no turns."""
        return self.name == "completion"

    @property
    def told(self) -> str:
        """What comes first: the instructions, with the guidance at its place."""
        return self.joined(self.instructions)

    def joined(self, rules: str) -> str:
        """Other rules of ours with the same guidance."""
        return joined(rules, self.guidance, completing=self.completing)

    @property
    def prompt(self) -> ChatPromptTemplate:
        """Takes what `variables` gives."""
        return ChatPromptTemplate.from_messages([SystemMessage(self.told), ("human", self.question)])

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the texts: which prompt it was, in the register."""
        return hashlib.sha256("\0".join((self.told, self.question, self.passage)).encode()).hexdigest()

    def variables(self, question: str, passages: Sequence[Passage], mark: str = "") -> dict[str, str]:
        """The prompt's variables; `mark` is drawn at random unless given."""
        question = quoted(question)
        numbered = [
            self.passage.format(
                number=number,
                title=_title(passage),
                question=shorten(question, HEADING_CHARACTERS, placeholder="…"),
                text=quoted(f"{passage.chunk.header}\n{passage.chunk.text}"),
            )
            for number, passage in enumerate(passages, start=1)
        ]
        return {
            "mark": mark or secrets.token_hex(MARK_BYTES),
            "question": question,
            "passages": "\n".join(numbered),
        }


def _title(passage: Passage) -> str:
    """The document and its nearest heading; a text that no longer applies is named as such."""
    headings = passage.chunk.locator.heading_path[-1:]
    title = " — ".join(filter(None, (passage.metadata.title, *headings))) or UNTITLED
    if passage.metadata.repealed_on:
        title += f" (texte abrogé le {passage.metadata.repealed_on:%d/%m/%Y})"
    return quoted(title)


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


CHAT = Profile(
    name="chat",
    instructions=_text("chat"),
    question=_text("chat_question"),
    passage="[{number}] {title}\n{text}",
    max_tokens=400,
    reasoning=Reasoning.MARKED,
)

COMPLETION = Profile(
    name="completion",
    instructions=_text("completion"),
    question=_text("completion_question"),
    # Under the question, a small base model copies the passage's answer; under the title alone it makes one up.
    passage="[{number}] {title} : {question}\n{text}",
    max_tokens=160,
    stop=("\n\n", "\nExtraits", "\nFin des extraits", "\nQuestion", "\nRéponse", "\n["),
)


def profile_for(style: Format, reasoning: Reasoning = Reasoning.MARKED, reasoning_tokens: int = 0) -> Profile:
    """Base models complete a text, and do not reason; all others converse."""
    if style is Format.COMPLETION:
        return COMPLETION
    return replace(CHAT, reasoning=reasoning, reasoning_tokens=reasoning_tokens)
