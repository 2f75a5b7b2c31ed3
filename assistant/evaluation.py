"""Measuring answers on questions whose documents are known, and on questions that no document answers.

Invariants:
1. The beginning of an evaluation is recorded before its first question is asked, its figures before they are given.
2. Each question is asked as the principal would ask it, one after the other, and leaves its own records.
"""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import uuid4

from assistant.answer import Answer, Answered
from assistant.ask import Ask
from assistant.errors import NothingAsked
from assistant.metrics import EvaluatedAnswer, figures
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.calibration import JudgedSet
from retrieval.corpus import Passage
from retrieval.evaluation import EvaluationProgress
from retrieval.evaluation_run import JudgedQuestion
from retrieval.question import validate_question
from retrieval.rows import Pool


@dataclass(frozen=True, slots=True)
class AnswersRun:
    """One evaluation of answers, at least one, by the model that gave the last of them."""

    at: dt.datetime
    model: str
    searched: tuple[str, ...]
    answers: tuple[EvaluatedAnswer, ...]

    @property
    def figures(self) -> Mapping[str, float]:
        return figures(self.answers)

    @property
    def by_set(self) -> Mapping[str, Mapping[str, float]]:
        names = dict.fromkeys(one.set for one in self.answers)
        return {name: figures([one for one in self.answers if one.set == name]) for name in names}


@dataclass(frozen=True, slots=True)
class AnswerEvaluation:
    """Asks each question, and compares the answer with what is known."""

    pool: Pool
    ledger: Ledger
    ask: Ask
    prepare: Callable[[], Awaitable[None]] | None = None
    """What is waited for before the first question."""

    async def run(
        self, principal: Principal, sets: Sequence[JudgedSet]
    ) -> AsyncIterator[EvaluationProgress | AnswersRun]:
        """Progress after each question, at last the run, recorded before it is given.

        Raises `NothingAsked`, and as `Ask.ask` does.
        """
        plan = [(one, question) for one in sets for question in one.questions]
        if not plan:
            raise NothingAsked
        for _, question in plan:  # none is asked where one of them cannot be
            validate_question(question.question)
        named: list[Json] = [*sorted({name for one in sets for name in one.collections})]
        common: dict[str, Json] = {"evaluation": str(uuid4()), "of": "answers", "collections": named}
        await self._record(principal, common | {"phase": "started", "questions": len(plan)})
        if self.prepare:
            await self.prepare()
        at, answers, searched, model = dt.datetime.now(dt.UTC), list[EvaluatedAnswer](), dict[str, None](), ""
        for one, question in plan:
            answer = await answered(self.ask, principal, question.question, one.collections)
            answers.append(evaluated(one.name, question, answer))
            searched |= dict.fromkeys(answer.searched)
            model = answer.model
            yield EvaluationProgress(done=len(answers), total=len(plan))
        run = AnswersRun(at, model, tuple(searched), tuple(answers))
        await self._record(principal, common | {"phase": "finished", "model": model, "metrics": dict(run.figures)})
        yield run

    async def _record(self, principal: Principal, details: Mapping[str, Json]) -> None:
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.EVALUATED, principal, details))


async def answered(ask: Ask, principal: Principal, question: str, names: Sequence[str]) -> Answer:
    """The answer to one question. Raises as `Ask.ask` does."""
    async with aclosing(ask.ask(principal, question, names)) as events:
        return [event.answer async for event in events if isinstance(event, Answered)][-1]


def evaluated(name: str, question: JudgedQuestion, answer: Answer) -> EvaluatedAnswer:
    """The answer beside what is known of its question, which is of the set of that name."""
    relevant = frozenset(question.relevant)
    cited = [_standing_for(one.passage, relevant) for one in answer.citations if one.supported]
    return EvaluatedAnswer(
        set=name,
        id=question.id,
        question=question.question,
        relevant=relevant,
        refused=answer.refused,
        extracted=answer.extracted,
        text=answer.text,
        supported=answer.supported,
        unsupported=answer.unsupported,
        cited=tuple(dict.fromkeys(cited)),
        retrieval_ms=answer.timings.retrieval_ms,
        first_token_ms=answer.timings.first_token_ms,
        total_ms=answer.timings.total_ms,
    )


def _standing_for(passage: Passage, relevant: frozenset[str]) -> str:
    """A copy or another version that is relevant stands where it is seen: under the passage that is cited."""
    ids = (passage.document_id, *(variant.document_id for variant in passage.variants))
    return next((id_ for id_ in ids if id_ in relevant), passage.document_id)
