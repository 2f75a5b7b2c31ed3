"""Two ways to answer tried side by side, before one takes the place of the other: another model, other instructions.

Invariants:
1. Each question is asked as the principal would ask it, of the one and then of the other, and leaves its own records.
2. The beginning of a trial is recorded before its first question, its figures before they are given.
3. A trial changes nothing: what answers others meanwhile is what did before.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from assistant.ask import Ask
from assistant.errors import NothingAsked, TrialTooLong
from assistant.evaluation import answered, evaluated
from assistant.metrics import EvaluatedAnswer, figures
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.evaluation_run import JudgedQuestion
from retrieval.question import validate_question
from retrieval.rows import Pool

MOST_QUESTIONS = 20


@dataclass(frozen=True, slots=True)
class TrialQuestion:
    """A question, with the documents that answer it where they are known."""

    id: str
    question: str
    relevant: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compared:
    """A question as it is answered now (`before`) and as it would be (`after`), of so many in all."""

    before: EvaluatedAnswer
    after: EvaluatedAnswer
    total: int


@dataclass(frozen=True, slots=True)
class TrialDone:
    """The figures of both, by key (`assistant.metrics.figures`)."""

    before: Mapping[str, float]
    after: Mapping[str, float]


TrialStep = Compared | TrialDone


@dataclass(frozen=True, slots=True)
class Trial:
    """`details` say in the register what is tried."""

    pool: Pool
    ledger: Ledger
    before: Ask
    after: Ask
    details: Mapping[str, Json] = field(default_factory=dict)

    async def run(
        self, principal: Principal, questions: Sequence[JudgedQuestion], names: Sequence[str] = ()
    ) -> AsyncGenerator[TrialStep, None]:
        """Each question when both have answered it, at last the figures; `names` are of collections, all without.

        Raises `NothingAsked`, `TrialTooLong`, and as `Ask.ask` does.
        """
        if not questions:
            raise NothingAsked
        if len(questions) > MOST_QUESTIONS:
            raise TrialTooLong(len(questions), MOST_QUESTIONS)
        for one in questions:  # none is asked where one of them cannot be
            validate_question(one.question)
        common: dict[str, Json] = {"trial": str(uuid4()), "collections": [*names], **self.details}
        await self._record(principal, common | {"phase": "started", "questions": len(questions)})
        done: list[Compared] = []
        for one in questions:
            before = evaluated("", one, await answered(self.before, principal, one.question, names))
            after = evaluated("", one, await answered(self.after, principal, one.question, names))
            done.append(Compared(before, after, len(questions)))
            yield done[-1]
        end = TrialDone(figures([one.before for one in done]), figures([one.after for one in done]))
        measured: dict[str, Json] = {"before": dict(end.before), "after": dict(end.after)}
        await self._record(principal, common | {"phase": "finished"} | measured)
        yield end

    async def _record(self, principal: Principal, details: Mapping[str, Json]) -> None:
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.TRIED, principal, details))
