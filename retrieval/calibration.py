"""Learning the ranker's weights on judged questions, and proving them on questions that they were not learned on.

The questions are dealt into folds; each fold is ranked by weights learned on the others, and compared with the plain
fusion of the index. Only weights that win there are worth using.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

import numpy as np

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.errors import NothingJudged, NothingLearned
from retrieval.evaluation import EvaluationProgress
from retrieval.evaluation_run import JudgedQuestion
from retrieval.figures import MEASURES
from retrieval.question import validate_question
from retrieval.ranking.ranker import Ranker
from retrieval.ranking.training import Example, learned
from retrieval.rows import Pool
from retrieval.search import Search

FOLDS = 5
DEPTH = 100
DIGITS = 4  # of a weight, in the file too: the weights that are proved are those that are kept
DECIDES = "ndcg@10"

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Questions that are asked of these collections, all that the person may read where none is named.

    Each set counts as much as any other, however many questions it has.
    """

    name: str
    questions: Sequence[JudgedQuestion]
    collections: Sequence[str]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights learned on all questions; by set, figures of the plain fusion and of weights learned on other folds."""

    ranker: Ranker
    fused: Mapping[str, Figures]
    ranked: Mapping[str, Figures]

    @property
    def wins(self) -> bool:
        """Whether what was learned is better on questions that it was not learned on, in the mean over the sets."""
        return _mean(self.ranked) > _mean(self.fused)


@dataclass(frozen=True, slots=True)
class _Asked:
    example: Example
    fold: int
    fused: Figures


@dataclass(frozen=True, slots=True)
class Calibrating:
    """Asks each question as the principal would."""

    pool: Pool
    ledger: Ledger
    search: Search
    prepare: Callable[[], Awaitable[None]] | None = None
    """What is waited for before the first question."""

    async def run(
        self, principal: Principal, sets: Sequence[JudgedSet]
    ) -> AsyncIterator[EvaluationProgress | Calibration]:
        """Progress after each question, at last what was learned, recorded before it is given.

        Raises `NothingJudged` where a set names no document, `NothingLearned`, and as `Search.search` does.
        """
        judged = [replace(one, questions=[q for q in one.questions if q.relevant]) for one in sets]
        if not judged or not all(one.questions for one in judged):
            raise NothingJudged
        for question in (question for one in judged for question in one.questions):
            validate_question(question.question)
        permitted = [await self.search.permitted(principal, one.collections) for one in judged]
        searched: list[Json] = [*sorted({collection.name for some in permitted for collection in some})]
        common: dict[str, Json] = {"calibration": str(uuid4()), "searched": searched}
        total = sum(len(one.questions) for one in judged)
        begun: dict[str, Json] = {"phase": "started", "questions": total}
        await self._record(principal, common | begun)
        if self.prepare:
            await self.prepare()
        asked: dict[str, list[_Asked]] = {one.name: [] for one in judged}
        embedding, done = "", 0
        for one in judged:
            for question in one.questions:
                embedding, answer = await self._asked(principal, question, one)
                asked[one.name].append(answer)
                done += 1
                yield EvaluationProgress(done=done, total=total)
        calibration = await asyncio.to_thread(_calibrated, embedding, asked)
        found: dict[str, Json] = {"ranked": _json(calibration.ranked), "fused": _json(calibration.fused)}
        await self._record(principal, common | {"phase": "finished"} | found)
        yield calibration

    async def _record(self, principal: Principal, details: Mapping[str, Json]) -> None:
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.EVALUATED, principal, details))

    async def _asked(self, principal: Principal, question: JudgedQuestion, one: JudgedSet) -> tuple[str, _Asked]:
        plain = replace(self.search, ranker=None)
        fused = await plain.find_documents(principal, question.question, one.collections, limit=DEPTH)
        candidates = await self.search.candidates(principal, question.question, one.collections)
        relevant = frozenset(question.relevant)
        ranking = list(dict.fromkeys(passage.document_id for passage in fused.passages))
        example = Example(candidates, relevant, 1 / len(one.questions))
        return fused.embedding, _Asked(example, _fold(relevant), _figures(ranking, relevant))


def _fold(relevant: frozenset[str]) -> int:
    """The same for questions that the same documents answer: they ask the same in other words."""
    return zlib.crc32("\n".join(sorted(relevant)).encode("utf-8", "surrogatepass")) % FOLDS


def _calibrated(embedding: str, asked: Mapping[str, Sequence[_Asked]]) -> Calibration:
    everything = [answer for answers in asked.values() for answer in answers]
    if len({answer.fold for answer in everything if answer.example.is_instructive}) < 2:  # nothing outside a fold
        raise NothingLearned
    rankers = [_ranker(embedding, [one for one in everything if one.fold != fold]) for fold in range(FOLDS)]
    fused = {name: _means([answer.fused for answer in answers]) for name, answers in asked.items()}
    ranked = {name: _means([_ranked(rankers, answer) for answer in answers]) for name, answers in asked.items()}
    proof = {
        "questions": {name: len(answers) for name, answers in asked.items()},
        "folds": FOLDS,
        "ranked": ranked,
        "fused": fused,
    }
    return Calibration(replace(_ranker(embedding, everything), learned=proof), fused, ranked)


def _ranker(embedding: str, asked: Sequence[_Asked]) -> Ranker:
    weights = learned([answer.example for answer in asked])
    return Ranker(embedding, {name: round(weight, DIGITS) for name, weight in weights.items()}, {})


def _ranked(rankers: Sequence[Ranker], answer: _Asked) -> Figures:
    """By the weights learned on the other folds."""
    return _figures(_ranking(rankers[answer.fold], answer.example), answer.example.relevant)


def _ranking(ranker: Ranker, example: Example) -> list[str]:
    best = np.argsort(-ranker.scores(example.candidates), kind="stable")[:DEPTH]
    return list(dict.fromkeys(example.candidates.documents[place][1] for place in best))


def _figures(ranking: Sequence[str], relevant: frozenset[str]) -> Figures:
    return {name: measure(ranking, relevant, k) for name, (measure, k) in MEASURES.items()}


def _means(figures: Sequence[Figures]) -> Figures:
    return {name: round(float(np.mean([one[name] for one in figures])), 4) for name in MEASURES}


def _mean(figures: Mapping[str, Figures]) -> float:
    return float(np.mean([one[DECIDES] for one in figures.values()]))


def _json(figures: Mapping[str, Figures]) -> dict[str, Json]:
    return {name: dict(one) for name, one in figures.items()}
