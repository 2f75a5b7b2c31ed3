"""Evaluations of question sets, kept: they go on while nobody looks, one at a time.

Invariants:
1. One is made at a time; others wait in the order in which they were asked for. Each question of answers waits for the
   model like anybody's (`assistant.engines.fair_queue`).
2. Who may keep a set may see, begin and cancel its evaluations; to others there are none.
3. One whose process has ended is interrupted, and says so; nothing is taken up half done.
4. What was asked for, and how it ended where not by itself, is recorded; so does each evaluation its own beginning and
   end.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from assistant import AnswerEvaluation, AnswersRun
from assistant.errors import NothingAsked
from policies import Act, Event, Json, Ledger, Principal
from retrieval import (
    Evaluation,
    EvaluationProgress,
    EvaluationReport,
    EvaluationRun,
    JudgedSet,
    KeptQuestion,
    NothingJudged,
    QuestionSet,
    QuestionSetNotFound,
    QuestionSets,
)
from retrieval.permission import Which
from retrieval.rows import COUNTED, Connection, all_rows, one_row, total_of
from ui.database import Pool
from ui.errors import EvaluationNotFound, EvaluationUnfinished
from ui.evaluation import runs_queries as queries
from ui.evaluation.answers_file import ANSWERS
from ui.evaluation.kept import KeptEvaluation, Measured, RunState
from ui.evaluation.run_file import SEARCHES
from ui.failures import failure_of
from ui.identity import service_principal
from ui.meanwhile import meanwhile

BEAT_S = 15.0
FORSAKEN = dt.timedelta(seconds=4 * BEAT_S)
DEPTH = 100

_log = logging.getLogger(__name__)


class Evaluations:
    """`conditions` tells under which settings one is made."""

    def __init__(
        self,
        pool: Pool,
        ledger: Ledger,
        sets: QuestionSets,
        evaluation: Evaluation,
        answers: AnswerEvaluation,
        conditions: Callable[[], Awaitable[Mapping[str, str]]],
    ) -> None:
        self._pool = pool
        self._ledger = ledger
        self._sets = sets
        self._evaluation = evaluation
        self._answers = answers
        self._conditions = conditions
        self._turn = asyncio.Lock()
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._moved: dict[UUID, asyncio.Event] = {}

    async def start(self, principal: Principal, set_id: UUID, kind: Measured, depth: int = DEPTH) -> UUID:
        """Have the set's questions asked, once it is their turn; gives the evaluation's identifier.

        Raises `QuestionSetNotFound`, `NothingAsked`, `NothingJudged`.
        """
        held = await self._sets.get(principal, set_id)
        questions = await self._sets.questions(principal, set_id)
        asked = [one for one in questions if one.relevant or kind is Measured.ANSWERS]
        if not asked:
            raise NothingJudged if questions else NothingAsked
        run_id = uuid4()
        values = {"id": run_id, "set": set_id, "kind": kind.value, "depth": depth}
        values |= {"by": principal.username, "subject": principal.subject}
        async with self._pool.connection() as connection:
            await connection.execute(queries.INSERT, values | {"questions": len(asked)})
            details = _details(run_id, kind.value, held.name, held.collection.id) | {"questions": len(asked)}
            await self._record(connection, principal, details | {"phase": "asked"})
        work = self._do(run_id, principal, held, kind, asked, depth)
        task = self._tasks[run_id] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._tasks.pop(run_id, None))
        return run_id

    async def again(self, principal: Principal, run_id: UUID) -> UUID:
        """Begin another like it. Raises as `start` does, and `EvaluationNotFound`."""
        held = await self.get(principal, run_id)
        return await self.start(principal, held.set.id, held.kind, held.depth)

    async def cancel(self, principal: Principal, run_id: UUID) -> None:
        """End it where it is; nothing happens where it has ended. Raises `EvaluationNotFound`."""
        await self.get(principal, run_id)
        await self._end([run_id], RunState.CANCELLED, principal)
        if task := self._tasks.get(run_id):
            task.cancel()
            await asyncio.wait([task])

    async def ended(self, run_id: UUID) -> None:
        """Wait until it is no longer at work here."""
        if task := self._tasks.get(run_id):
            await asyncio.wait([task])

    async def followed(self, principal: Principal, run_id: UUID) -> AsyncIterator[KeptEvaluation]:
        """As it is now, and after each question of it that is made here; at last when it has ended.

        Raises `EvaluationNotFound`.
        """
        while task := self._tasks.get(run_id):
            moved = self._moved.setdefault(run_id, asyncio.Event())
            moved.clear()  # before it is told: what moves while that is being read counts
            yield await self.get(principal, run_id)
            waiting = asyncio.ensure_future(moved.wait())
            await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        self._moved.pop(run_id, None)
        yield await self.get(principal, run_id)

    async def get(self, principal: Principal, run_id: UUID) -> KeptEvaluation:
        """One of them. Raises `EvaluationNotFound`."""
        await self._sweep()
        async with self._pool.connection() as connection:
            row = await one_row(connection, queries.SELECT, [run_id])
        if row is None:
            raise EvaluationNotFound
        try:
            held = await self._sets.get(principal, row["set_id"])
        except QuestionSetNotFound as error:
            raise EvaluationNotFound from error
        return _kept(row, held)

    async def result(self, principal: Principal, run_id: UUID) -> EvaluationRun | AnswersRun:
        """What it found, question by question. Raises `EvaluationNotFound`, `EvaluationUnfinished`, `RunInvalid`."""
        held = await self.get(principal, run_id)
        async with self._pool.connection() as connection:
            row = await one_row(connection, queries.SELECT_RESULT, [run_id])
        if row is None or row["result"] is None:
            raise EvaluationUnfinished
        return SEARCHES.of(row["result"]) if held.kind is Measured.SEARCH else ANSWERS.of(row["result"])

    async def page(
        self,
        principal: Principal,
        *,
        collection: Which | None = None,
        set_id: UUID | None = None,
        kind: Measured | None = None,
        state: RunState | None = None,
        sort: str = "date",
        descending: bool = True,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[list[KeptEvaluation], int]:
        """One page of those that the principal may see, in an order of `SORTS`; and how many there are, counted up to
        one more than `COUNTED`. Raises, for a collection that is asked for, `CollectionNotFound`, `Refused`.
        """
        await self._sweep()
        sets = {one.id: one for one in await self._sets.all(principal, collection)}
        values = {"sets": [*sets], "set": set_id, "kind": kind, "state": state, "offset": offset, "limit": limit}
        async with self._pool.connection() as connection:
            rows = await all_rows(connection, queries.page(sort, descending=descending), values)
            total = await total_of(connection, queries.COUNT, values | {"most": COUNTED + 1}, len(rows))
        return [_kept(row, sets[row["set_id"]]) for row in rows], total

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """What is still at work in the end is interrupted."""
        async with meanwhile(self._beat()):
            try:
                yield
            finally:
                await self._interrupt()

    async def _interrupt(self) -> None:
        tasks = dict(self._tasks)
        for task in tasks.values():
            task.cancel()
        if tasks:
            await asyncio.wait(tasks.values())
            await self._end([*tasks], RunState.INTERRUPTED, service_principal())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            async with self._pool.connection() as connection:
                await connection.execute(queries.SEEN, [[*self._tasks]])

    async def _sweep(self) -> None:
        """End those whose process no longer lives."""
        async with self._pool.connection() as connection:
            rows = await all_rows(connection, queries.FORSAKEN, [FORSAKEN])
        if left := [row["id"] for row in rows if row["id"] not in self._tasks]:
            await self._end(left, RunState.INTERRUPTED, service_principal())

    async def _do(
        self,
        run_id: UUID,
        principal: Principal,
        held: QuestionSet,
        kind: Measured,
        questions: Sequence[KeptQuestion],
        depth: int,
    ) -> None:
        async with self._turn:
            try:
                settings = Jsonb({**await self._conditions()})
                if not await self._step(queries.BEGIN, {"id": run_id, "settings": settings}):
                    return
                names = [held.collection.name]
                if kind is Measured.SEARCH:
                    steps: Any = self._evaluation.run(principal, questions, names, depth)
                else:
                    steps = self._answers.run(principal, [JudgedSet(held.name, questions, names)])
                await self._follow(run_id, steps)
            except Exception as error:  # noqa: BLE001 - it is logged, and whoever comes back is told
                _log.exception("An evaluation came to no end.")
                await self._end([run_id], RunState.FAILED, principal, failure_of(error).message)

    async def _follow(self, run_id: UUID, steps: Any) -> None:
        async with aclosing(steps) as told:
            async for step in told:
                match step:
                    case EvaluationProgress():
                        if not await self._step(queries.ADVANCE, {"id": run_id, "done": step.done}):
                            return
                        if moved := self._moved.get(run_id):
                            moved.set()
                    case EvaluationReport():
                        await self._finish(run_id, step.metrics, SEARCHES.as_json(step.run))
                    case AnswersRun():
                        await self._finish(run_id, step.figures, ANSWERS.as_json(step))

    async def _step(self, query: Any, values: Mapping[str, Any]) -> bool:
        """Whether it is still to go on."""
        async with self._pool.connection() as connection:
            return await one_row(connection, query, values) is not None

    async def _finish(self, run_id: UUID, figures: Mapping[str, float], result: Mapping[str, Any]) -> None:
        values = {"id": run_id, "figures": Jsonb({**figures}), "result": Jsonb({**result})}
        async with self._pool.connection() as connection:
            await connection.execute(queries.FINISH, values)

    async def _end(self, ids: Sequence[UUID], state: RunState, principal: Principal, failure: str = "") -> None:
        """What is at work of these ends so, and each is recorded."""
        async with self._pool.connection() as connection:
            values = {"ids": [*ids], "state": state.value, "failure": failure}
            for row in await all_rows(connection, queries.END, values):
                details = _details(row["id"], row["kind"], row["name"], row["collection_id"])
                await self._record(connection, principal, details | {"phase": state.value})

    async def _record(self, connection: Connection, principal: Principal, details: Mapping[str, Json]) -> None:
        await self._ledger.append(connection, Event(Act.EVALUATED, principal, details))


def _details(run_id: UUID, kind: str, name: str, collection_id: UUID) -> dict[str, Json]:
    return {"run": str(run_id), "of": kind, "set": name, "collection_id": str(collection_id)}


def _kept(row: DictRow, held: QuestionSet) -> KeptEvaluation:
    return KeptEvaluation(
        id=row["id"],
        set=held,
        kind=Measured(row["kind"]),
        state=RunState(row["state"]),
        depth=row["depth"],
        asked_at=row["asked_at"],
        asked_by=row["asked_by"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        questions=row["questions"],
        done=row["done"],
        settings=row["settings"],
        figures=row["figures"],
        failure=row["failure"],
    )
