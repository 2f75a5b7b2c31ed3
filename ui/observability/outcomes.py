"""How a question or a task ends, in the words of metrics and traces."""

import asyncio
from enum import StrEnum

from assistant.answer import Answer


class Outcome(StrEnum):
    """`REFUSED_BEFORE`: no model was asked; `EXTRACT`: passages were quoted in the model's place."""

    ANSWERED = "answered"
    REFUSED_BEFORE = "refused_before"
    REFUSED_AFTER = "refused_after"
    EXTRACT = "extract"
    FAILED = "failed"
    CANCELLED = "cancelled"


def of_answer(answer: Answer) -> Outcome:
    """That of an answer that was given."""
    if answer.extracted:
        return Outcome.EXTRACT
    if not answer.refused:
        return Outcome.ANSWERED
    return Outcome.REFUSED_BEFORE if answer.timings.first_token_ms is None else Outcome.REFUSED_AFTER


def of_error(error: BaseException) -> Outcome:
    """That of one that came to no end."""
    left = isinstance(error, GeneratorExit | asyncio.CancelledError | KeyboardInterrupt)
    return Outcome.CANCELLED if left else Outcome.FAILED
