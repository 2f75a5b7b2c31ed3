"""The answer alone, of what a reasoning model says.

Invariants:
1. However the same text is cut into pieces, what is shown is the same in all.
2. Nothing of a trace is shown; it counts against the limits of time and length like any other text.
3. A trace that does not end, or that nothing follows, is a failure, and so is an end without a beginning: what was
   shown before it was a trace.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Self

from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.output_parsers import StrOutputParser

from assistant.engines.stop_sequences import overlap
from assistant.errors import ModelUnavailable
from assistant.prompts.reasoning import TRACES, Reasoning

# Where a server's client puts a piece of a trace that came apart from the text.
THOUGHT = "reasoning_content"

ENDLESS = (
    "Le modèle a épuisé sa réponse à raisonner, sans répondre. Reposez la question plus simplement ; si cela dure, "
    'demandez à un administrateur d’augmenter « reasoning_tokens » de ce moteur, ou d’y régler reasoning = "off".'
)
UNOPENED = (
    "Le modèle a montré son raisonnement au lieu de répondre. Ne tenez pas compte de ce texte, et demandez à un "
    'administrateur de régler reasoning = "begun" pour ce moteur.'
)

_CLOSINGS = tuple(TRACES.values())
# That of GPT-OSS begins with a word, and what precedes it is certainly a trace.
_UNOPENED = tuple(closing for closing in _CLOSINGS if not closing[0].isalpha())


class Thought(str):
    """A piece of a trace that a server gives apart: a sign of life, and nothing to show."""

    __slots__ = ()


class Usage(str):
    """Not a word of the answer: how many tokens were read and written for it up to here, as the engine counts them."""

    __slots__ = ("read", "written")

    read: int
    written: int

    @classmethod
    def of(cls, read: int, written: int) -> Self:
        """An empty piece that says so."""
        usage = cls()
        usage.read, usage.written = read, written
        return usage


class Spoken(StrOutputParser):
    """What a model streams, in pieces of text, `Thought`s, and a `Usage` where the engine reports one."""

    async def _atransform(self, input: AsyncIterator[Any]) -> AsyncIterator[str]:  # noqa: A002  # LangChain's name
        async for chunk in input:
            assert isinstance(chunk, BaseMessage)  # noqa: S101  # of a chat model
            if thought := chunk.additional_kwargs.get(THOUGHT):
                yield Thought(thought)
            yield chunk.text
            if isinstance(chunk, AIMessageChunk) and (told := chunk.usage_metadata):
                yield Usage.of(told["input_tokens"], told["output_tokens"])


async def without_reasoning(pieces: AsyncIterator[str], reasoning: Reasoning) -> AsyncGenerator[str, None]:
    """The answer in pieces, none empty. Raises `ModelUnavailable`."""
    answer = AnswerAlone(reasoning)
    async for piece in pieces:
        if shown := answer.feed(piece):
            yield shown
    if shown := answer.finish():
        yield shown


class AnswerAlone:
    """Text and `Thought`s in, the answer out."""

    def __init__(self, reasoning: Reasoning) -> None:
        begun = reasoning is Reasoning.BEGUN
        self._sought = () if reasoning is Reasoning.NONE else (*TRACES, *_UNOPENED)  # outside of traces
        self._closings = _CLOSINGS if begun else ()  # of the trace that is open, if one is
        self._reasoned = begun
        self._held = ""  # what may be the beginning of a mark
        self._answered = False

    def feed(self, piece: str) -> str:
        """What of the text so far is certainly of the answer and was not given yet. Raises `ModelUnavailable`."""
        if isinstance(piece, Thought):
            self._reasoned = True
            return ""
        text, shown = self._held + piece, ""
        while mark := self._first(text):
            before, _, text = text.partition(mark)
            if self._closings:
                self._closings = ()
                continue
            if mark not in TRACES:
                raise ModelUnavailable(UNOPENED)
            shown += before
            self._closings, self._reasoned = (TRACES[mark],), True
        certain = len(text) - max((overlap(text, mark) for mark in self._marks), default=0)
        self._held = text[certain:]
        return self._begun(shown if self._closings else shown + text[:certain])

    def finish(self) -> str:
        """What is left to show. Raises `ModelUnavailable`."""
        shown = "" if self._closings else self._begun(self._held)
        if self._closings or (self._reasoned and not self._answered):
            raise ModelUnavailable(ENDLESS)
        return shown

    @property
    def _marks(self) -> tuple[str, ...]:
        return self._closings or self._sought

    def _first(self, text: str) -> str:
        """The mark that comes first; empty where none is whole."""
        return min((mark for mark in self._marks if mark in text), key=text.index, default="")

    def _begun(self, text: str) -> str:
        """The text without the blanks before an answer."""
        text = text if self._answered else text.lstrip()
        self._answered = self._answered or bool(text)
        return text
