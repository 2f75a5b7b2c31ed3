"""However a question ends, it is counted once, as it ended, and its span is over."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest
from opentelemetry.trace import get_current_span

from assistant.answer import Answer, Answered, AskEvent, TextStreamed, Timings
from assistant.errors import ModelUnavailable
from tests.ui.observability.conftest import Kept
from ui.observability.answers import watched
from ui.observability.outcomes import Outcome
from ui.observability.watching import NOT_WATCHING, Watching


def answer(*, refused: bool = False, extracted: bool = False, asked: bool = True) -> Answer:
    timings = Timings(1.0, 2.0 if asked else None, 3.0)
    words, none = ("secret", "secret"), ((), (), (), ())
    return Answer(uuid4(), *words, refused, *none, "m", timings, dt.date(2026, 11, 27), extracted=extracted)


async def answering(*events: AskEvent, error: Exception | None = None) -> AsyncGenerator[AskEvent, None]:
    for event in events:
        yield event
    if error:
        raise error


def outcomes(watching: Watching) -> dict[str, float]:
    """How many questions ended so; those that none did are left out."""
    assert watching.metrics is not None
    registry = watching.metrics.registry
    counted = {
        one.value: registry.get_sample_value("assistant_answers_total", {"kind": "question", "outcome": one.value})
        for one in Outcome
    }
    return {outcome: count for outcome, count in counted.items() if count}


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (answer(), "answered"),
        (answer(extracted=True), "extract"),
        (answer(refused=True, asked=False), "refused_before"),
        (answer(refused=True), "refused_after"),
    ],
)
async def test_an_answer_is_counted_as_what_it_is(watching: Watching, kept: Kept, given: Answer, outcome: str) -> None:
    said: list[AskEvent] = [TextStreamed("a"), Answered(given)]
    assert [event async for event in watched(watching, "question", answering(*said))] == said
    assert outcomes(watching) == {outcome: 1}
    (span,) = kept.spans
    assert span.attributes == {"assistant.outcome": outcome}
    assert "secret" not in repr(span.to_json())


async def test_what_fails_is_told_by_its_kind(watching: Watching, kept: Kept) -> None:
    with pytest.raises(ModelUnavailable):
        async for _ in watched(watching, "question", answering(error=ModelUnavailable("secret"))):
            pass
    assert outcomes(watching) == {"failed": 1}
    assert kept.spans[0].attributes == {"error.type": "ModelUnavailable", "assistant.outcome": "failed"}


async def test_a_reader_who_leaves_cancels_unless_the_answer_was_there(watching: Watching) -> None:
    for events in ((TextStreamed("a"), TextStreamed("b")), (Answered(answer()), TextStreamed("b"))):
        asked = watched(watching, "question", answering(*events))
        await anext(asked)
        await asked.aclose()
    assert outcomes(watching) == {"cancelled": 1, "answered": 1}


async def test_two_that_are_read_in_turns_and_in_other_tasks_keep_their_own_traces(watching: Watching) -> None:
    seen: dict[str, set[int]] = {"a": set(), "b": set()}

    async def noting(name: str) -> AsyncGenerator[int, None]:
        for step in range(3):
            seen[name].add(get_current_span().get_span_context().trace_id)
            yield step

    one, other = (watched(watching, "question", noting(name)) for name in seen)
    for _ in range(3):
        await asyncio.create_task(anext(one))
        await anext(other)
        assert not get_current_span().get_span_context().is_valid
    assert [len(traces) for traces in seen.values()] == [1, 1]
    assert seen["a"] != seen["b"]
    await one.aclose()
    await other.aclose()


async def test_without_anybody_watching_events_go_through_and_leaving_closes_them() -> None:
    closed = asyncio.Event()

    async def open_ended() -> AsyncGenerator[int, None]:
        try:
            yield 1
            yield 2
        finally:
            closed.set()

    asked = watched(NOT_WATCHING, "question", open_ended())
    assert await anext(asked) == 1
    await asked.aclose()
    assert closed.is_set()
