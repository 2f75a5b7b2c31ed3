"""Questions and tasks as they are answered: from the arrival of what was asked to the end, one span with its parts."""

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

from opentelemetry.trace import Span

from assistant.answer import Answer, Answered, SourcesFound
from assistant.draft import Draft
from assistant.figures import Figure
from ui.observability.outcomes import Outcome, of_answer, of_error
from ui.observability.spans import Value, current, epoch_ns, failed, past
from ui.observability.watching import Watching

T = TypeVar("T")


@dataclass(slots=True)
class Asked:
    """What is known of one that is being answered."""

    began_ns: int = field(default_factory=epoch_ns)
    began: float = field(default_factory=time.perf_counter)
    found_ns: int = 0
    draft: Draft | None = None
    figure: Figure | None = None
    joules: float | None = None
    answer: Answer | None = None

    def saw(self, event: object) -> None:
        """Note what is told on the way."""
        if isinstance(event, SourcesFound) and not self.found_ns:
            self.found_ns = epoch_ns()
        elif isinstance(event, Answered):
            self.answer = event.answer


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


def drafted(draft: Draft) -> None:
    """A question has got so far that there is a draft of its answer."""
    if asked := _asked.get():
        asked.draft = draft


def counted(figure: Figure, joules: float | None) -> None:
    """Its figure is kept."""
    if asked := _asked.get():
        asked.figure, asked.joules = figure, joules


async def watched(watching: Watching, kind: str, events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The same events; `kind` is « question » or « task »."""
    if not watching.on:
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()
        return
    asked, span = Asked(), watching.span(kind)
    outcome = Outcome.CANCELLED
    try:
        while True:
            with _within(span, asked):  # around each step alone: between two, whoever reads goes on in its own context
                try:
                    event = await anext(events)
                except StopAsyncIteration:
                    break
            asked.saw(event)
            yield event
    except BaseException as error:
        outcome = of_error(error)
        if outcome is Outcome.FAILED:
            failed(span, error)
        raise
    finally:
        with _within(span, asked):
            await events.aclose()
        _end(watching, span, kind, of_answer(asked.answer) if asked.answer else outcome, asked)


@contextmanager
def _within(span: Span, asked: Asked) -> Iterator[None]:
    token = _asked.set(asked)
    try:
        with current(span):
            yield
    finally:
        _asked.reset(token)


def _end(watching: Watching, span: Span, kind: str, outcome: Outcome, asked: Asked) -> None:
    if watching.metrics is not None:
        watching.metrics.answers.labels(kind, outcome.value).inc()
        watching.metrics.answer_time.labels(kind).observe(time.perf_counter() - asked.began)
    if watching.tracer is not None:
        _parts(watching, span, asked)
        span.set_attributes({"assistant.outcome": outcome.value, **_noted(asked)})
        span.end()


def _noted(asked: Asked) -> dict[str, Value]:
    noted: dict[str, Value] = {}
    if draft := asked.draft:
        noted |= {
            "assistant.decision": "answer" if draft.answerable else "refuse",
            "assistant.passages": len(draft.found.passages),
        }
    if figure := asked.figure:
        noted |= {
            "assistant.sentences.supported": figure.supported,
            "assistant.sentences.unsupported": figure.unsupported,
        }
    if asked.joules is not None:
        noted["assistant.energy.joules"] = round(asked.joules, 3)
    return noted


def _parts(watching: Watching, span: Span, asked: Asked) -> None:
    """What an engine did, as it told it itself: waiting, first word, writing; and the check, which is a sum."""
    draft = asked.draft
    if draft is None or draft.effort.waited_ms is None:
        return
    effort, tracer = draft.effort, watching.tracer
    waited, wrote = (effort.waited_ms or 0.0) / 1000, effort.generating_ms / 1000
    past(tracer, span, "engine.wait", asked.found_ns, waited, {"assistant.engine": draft.engine_name})
    writing_ns = asked.found_ns + round(waited * 1e9)
    if draft.first_token_ms is not None:
        first_ns = asked.began_ns + round((draft.began - asked.began + draft.first_token_ms / 1000) * 1e9)
        past(tracer, span, "engine.first_token", writing_ns, max(0.0, (first_ns - writing_ns) / 1e9), {})
        past(tracer, span, "answer.check", first_ns, draft.checking_ms / 1000, {})
    noted: dict[str, Value] = {
        "assistant.engine": draft.engine_name,
        "gen_ai.request.model": draft.engine.name,
        "gen_ai.usage.input_tokens": effort.tokens_in,
        "gen_ai.usage.output_tokens": effort.tokens_out,
        "assistant.tokens.estimated": effort.estimated,
    }
    past(tracer, span, "engine.generate", writing_ns, wrote, noted)
