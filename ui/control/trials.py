"""How a trial is told on the socket behind the command line."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from pydantic import Field

from assistant import Compared, TrialQuestion, TrialStep
from assistant.metrics import EvaluatedAnswer
from ui.control.streams import Events
from ui.wire import Request


class AskedQuestion(Request):
    """A question, with the documents that answer it where they are known."""

    id: str = ""
    question: str
    relevant: tuple[str, ...] = ()


class TrialRequest(Request):
    """The questions of a trial, and the collections that are searched for them; all without."""

    questions: tuple[AskedQuestion, ...] = Field(min_length=1)
    collections: tuple[str, ...] = ()


def questions_of(asked: Sequence[AskedQuestion]) -> list[TrialQuestion]:
    """The questions, each with a name of its own."""
    return [
        TrialQuestion(one.id or str(n), one.question, frozenset(one.relevant)) for n, one in enumerate(asked, start=1)
    ]


async def told(steps: AsyncGenerator[TrialStep, None]) -> Events:
    """Each step as a line."""
    async with aclosing(steps) as running:
        async for step in running:
            yield step_json(step)


def step_json(step: TrialStep) -> dict[str, Any]:
    """A question as both answer it, or the figures of both."""
    if isinstance(step, Compared):
        sides = {"before": _side(step.before), "after": _side(step.after)}
        return {"kind": "compared", "question": step.before.question, "total": step.total, **sides}
    return {"kind": "done", "before": dict(step.before), "after": dict(step.after)}


def _side(answer: EvaluatedAnswer) -> dict[str, Any]:
    return {
        "text": answer.text,
        "refused": answer.refused,
        "extracted": answer.extracted,
        "supported": answer.supported,
        "unsupported": answer.unsupported,
        "expected": len(answer.relevant & {*answer.cited}) if answer.relevant else None,
        "first_token_ms": answer.first_token_ms,
        "total_ms": answer.total_ms,
    }
