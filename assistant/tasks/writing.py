"""Having an engine write about extracts, in its turn: each call queues up anew, so that others come in between."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

from assistant.answer import TextStreamed, Waiting
from assistant.checking.checked_text import CheckedText
from assistant.checking.citations import CitationCheck
from assistant.engines.choice import Engines
from assistant.engines.circuit_breaker import ENGINE_FAILURES
from assistant.engines.desk import Prompt, Prompted
from assistant.engines.engine import Engine
from assistant.errors import QuestionTooWide, QueueFull
from assistant.injected import screened
from assistant.prompts.neutral import inert, seen
from assistant.tasks.draft import Draft
from assistant.tasks.placeholders import filled
from assistant.tasks.prompting import LEAST_TOKENS, Extract, prompt, room
from retrieval.corpus import Passage
from retrieval.unsupported import Unsupported

# What ends the work on a task without losing what was done of it.
INTERRUPTIONS = (*ENGINE_FAILURES, QueueFull, QuestionTooWide)

# A piece of a text has at most so many tokens, whatever the context: of more a model leaves out the most.
PIECE_TOKENS = 1_500


@dataclass(frozen=True, slots=True)
class Writing:
    """`rule` says what is done with sentences that no passage bears out."""

    engines: Engines
    draft: Draft
    rule: Unsupported

    def instructions(self, text: str) -> str:
        """A text of the template with what was filled in."""
        return filled(text, self.draft.filled.values)

    def measure(self) -> Callable[[str], int]:
        """How many tokens a text has as an extract, by the tokenizer of the engine with the smallest context."""
        model = self._narrowest.model
        return lambda text: model.get_num_tokens(Extract(100, text).line) + 1

    def room(self, instructions: str, share: float) -> int:
        """How many tokens the extracts may have where for one of theirs so many are written."""
        left = room(self._narrowest, instructions)
        return max(1, min(PIECE_TOKENS, int(left / (1 + share)), left - LEAST_TOKENS))

    def whole_room(self, instructions: str, written: int) -> int:
        """How many tokens the extracts may have in all where at most so many are written."""
        return room(self._narrowest, instructions) - self.length(instructions, written)

    def length(self, instructions: str, written: int) -> int:
        """So many tokens, or a third of the room where that is less."""
        return min(written, room(self._narrowest, instructions) // 3)

    def besides(self) -> tuple[Passage, ...]:
        """The passages found in collections, as many as leave two thirds of the room to the texts, without orders."""
        if self.draft.found is None:
            return ()
        measure, left = self.measure(), room(self._narrowest, "") // 3
        passages = screened(self.draft.found.passages).passages
        sizes = accumulate(measure(passage.chunk.text) for passage in passages)
        return tuple(passage for passage, size in zip(passages, sizes, strict=True) if size <= left)

    async def write(
        self, instructions: str, extracts: Sequence[Extract], max_tokens: int
    ) -> AsyncGenerator[Waiting | str, None]:
        """The model's text in pieces, not checked, after each wait. Raises `INTERRUPTIONS`."""
        draft = self.draft
        told = partial(_told, instructions=instructions, extracts=extracts, max_tokens=max(LEAST_TOKENS, max_tokens))
        events = self.engines.write(draft.principal.subject, told, draft.template.name, draft.effort)
        async with aclosing(events):
            async for event in events:
                match event:
                    case Prompted():
                        draft.engine, draft.engine_name = event.engine, event.name
                    case Waiting():
                        yield event
                    case piece:
                        draft.first_token_ms = draft.first_token_ms or draft.elapsed_ms
                        yield piece

    async def checked(
        self, instructions: str, extracts: Sequence[Extract], max_tokens: int, checked: CheckedText
    ) -> AsyncGenerator[Waiting | str, None]:
        """The same, checked as it comes."""
        async with aclosing(self.write(instructions, extracts, max_tokens)) as events:
            async for event in events:
                if isinstance(event, Waiting):
                    yield event
                elif shown := checked.feed(event):
                    yield shown
        if shown := checked.finish():
            yield shown

    def check(self, passages: Mapping[int, Passage], rule: Unsupported | None = None) -> CheckedText:
        """A check against these passages, by their numbers."""
        return CheckedText(CitationCheck([*passages.values()], [*passages]), rule or self.rule)

    def show(self, text: str) -> TextStreamed:
        """Add to the result."""
        self.draft.text += text
        return TextStreamed(text)

    def frame(self, text: str) -> str:
        """A text of the template around the result: nothing in it is a link, a mark or HTML."""
        return inert(seen(self.instructions(text))).strip()

    def interrupted(self, error: BaseException) -> None:
        """Say where the work on the pieces ended."""
        draft = self.draft
        draft.failure = type(error).__name__
        read = f"{draft.done} partie{'s' if draft.done > 1 else ''} sur {draft.pieces}"
        draft.note(
            f"Le travail s’est arrêté après {read}\u202f: {error} Ce qui suit n’a pas été lu\u202f: relancez la tâche."
        )

    def unfinished(self, error: BaseException) -> None:
        """Say that the result was not put together to its end."""
        self.draft.failure = type(error).__name__
        self.draft.note(f"La mise en forme s’est arrêtée avant la fin\u202f: {error}")

    @property
    def _narrowest(self) -> Engine:
        return self.engines.narrowest(self.draft.template.name)


def _told(engine: Engine, instructions: str, extracts: Sequence[Extract], max_tokens: int) -> Prompt:
    return prompt(engine, instructions, extracts, max_tokens)
