"""Learning when to refuse, and proving it on questions that it was not learned on.

Each set of questions that documents answer is asked in its collections, and in all; the questions that none answers
are asked in the same ways. The questions are dealt into folds, and each is decided by what was learned on the others.

Invariants:
1. The beginning is recorded before the first question is asked, the figures before they are given.
2. A question stands in the same fold however often it is asked.
"""

import asyncio
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from assistant.ask import PASSAGES
from assistant.errors import NothingToTellApart
from assistant.evidence import Basis, Evidence, suffices
from assistant.evidence_learning import Example, learned
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.calibration import JudgedSet
from retrieval.corpus import Collection
from retrieval.evaluation import EvaluationProgress
from retrieval.question import validate_question
from retrieval.results import Found
from retrieval.rows import Pool
from retrieval.search import Search

FOLDS = 5

# Of the questions that documents answer, the share that may be refused without asking the model.
REFUSED = 0.08


@dataclass(frozen=True, slots=True)
class RefusalCalibration:
    """Weights learned on all questions; by set and way of asking, the share refused by those of the other folds."""

    evidence: Evidence
    answerable: Mapping[str, float]
    unanswerable: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Way:
    """Where questions are asked, by one who may read so much."""

    name: str
    collections: Sequence[Collection]
    readable: Sequence[Collection]
    is_usual: bool = False


@dataclass(frozen=True, slots=True)
class _Decided:
    """A question as it was asked in one of the ways, with what was found."""

    group: str
    fold: int
    example: Example
    found: Found


@dataclass(frozen=True, slots=True)
class CalibratingRefusal:
    """Asks each question as the principal would, without any model."""

    pool: Pool
    ledger: Ledger
    search: Search
    passages: int = PASSAGES
    prepare: Callable[[], Awaitable[None]] | None = None
    """What is waited for before the first question."""

    async def run(
        self,
        principal: Principal,
        answerable: Sequence[JudgedSet],
        unanswerable: Sequence[JudgedSet],
        refused: float = REFUSED,
    ) -> AsyncIterator[EvaluationProgress | RefusalCalibration]:
        """Progress after each question, at last what was learned, recorded before it is given.

        Questions of `answerable` without a relevant document are left out. Raises `NothingToTellApart`, and as
        `Search.search` does.
        """
        judged = [replace(one, questions=[q for q in one.questions if q.relevant]) for one in answerable]
        if not judged or not unanswerable or not all(one.questions for one in (*judged, *unanswerable)):
            raise NothingToTellApart
        for question in (question for one in (*judged, *unanswerable) for question in one.questions):
            validate_question(question.question)
        ways = {one.name: await self._ways(principal, one.collections) for one in judged}
        everywhere = list({way.name: way for some in ways.values() for way in some}.values())
        plan = [(one, way, True) for one in judged for way in ways[one.name]]
        plan += [(one, way, False) for one in unanswerable for way in everywhere]
        total = sum(len(one.questions) for one, _, _ in plan)
        where: list[Json] = [way.name for way in everywhere]
        common: dict[str, Json] = {"calibration": str(uuid4()), "of": "refusal", "searched": where}
        await self._record(principal, common | {"phase": "started", "questions": total})
        if self.prepare:
            await self.prepare()
        asked: list[_Decided] = []
        for one, way, answers in plan:
            for question in one.questions:
                found = await self.search.find(question.question, way.collections, self.passages, readable=way.readable)
                example = Example(Basis.of(found).signs, answers, way.is_usual)
                fold = _fold(question.relevant or [question.question])
                asked.append(_Decided(f"{one.name}, {way.name}", fold, example, found))
                yield EvaluationProgress(done=len(asked), total=total)
        calibration = await asyncio.to_thread(_calibrated, asked, refused)
        figures: dict[str, Json] = {
            "answerable": dict(calibration.answerable),
            "unanswerable": dict(calibration.unanswerable),
        }
        await self._record(principal, common | {"phase": "finished"} | figures)
        yield calibration

    async def _ways(self, principal: Principal, names: Sequence[str]) -> list[_Way]:
        """In all that may be read; where collections are named, in them too, by one who may read all or them alone."""
        readable = await self.search.permitted(principal)
        ways = [_Way("toutes les collections", readable, readable, is_usual=True)]
        if names:
            own = await self.search.permitted(principal, names)
            named = ", ".join(collection.name for collection in own)
            ways += [_Way(named, own, readable), _Way(f"{named} (rien d’autre n’est lisible)", own, own)]
        return ways

    async def _record(self, principal: Principal, details: Mapping[str, Json]) -> None:
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.EVALUATED, principal, details))


def _fold(key: Iterable[str]) -> int:
    return zlib.crc32("\n".join(sorted(key)).encode("utf-8", "surrogatepass")) % FOLDS


def _calibrated(asked: Sequence[_Decided], refused: float) -> RefusalCalibration:
    embedding = asked[0].found.embedding
    by_fold = [[one.example for one in asked if one.fold != fold] for fold in range(FOLDS)]
    if any(len({one.answerable for one in examples}) < 2 for examples in by_fold):
        raise NothingToTellApart
    folds = [learned(embedding, examples, refused) for examples in by_fold]
    sizes = Counter(one.group for one in asked)
    shares = dict.fromkeys(sizes, 0.0)
    for one in asked:
        if not suffices(Basis.of(one.found), folds[one.fold]):
            shares[one.group] += 1 / sizes[one.group]
    answers = {one.group: one.example.answerable for one in asked}
    answerable = {name: round(share, 4) for name, share in shares.items() if answers[name]}
    unanswerable = {name: round(share, 4) for name, share in shares.items() if not answers[name]}
    proof = {
        "questions": dict(sizes),
        "folds": FOLDS,
        "allowed": refused,
        "answerable refused": answerable,
        "unanswerable refused": unanswerable,
    }
    whole = learned(embedding, [one.example for one in asked], refused)
    return RefusalCalibration(replace(whole, learned=proof), answerable, unanswerable)
