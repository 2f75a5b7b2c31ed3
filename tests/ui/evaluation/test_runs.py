"""Evaluations that are kept: over real stores, with a model that waits until it may speak."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field

from assistant import AnswerEvaluation, AnswersRun, Ask
from assistant.errors import NothingAsked
from policies import Act, CedarPolicy, PostgresLedger, Principal, Role
from retrieval import Evaluation, EvaluationRun, KeptQuestion, NothingJudged, QuestionSetNotFound, QuestionSets, Search
from tests.assistant.asking import LEAVE, QUESTION, TRUE, records
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool
from ui.errors import EvaluationNotFound, EvaluationUnfinished
from ui.evaluation.conditions import changed, conditions
from ui.evaluation.kept import KeptEvaluation, Measured, RunState
from ui.evaluation.runs import Evaluations

GINA = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
GUSTAVE = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
JUDGED = KeptQuestion("q1", QUESTION, frozenset({"Congé de maternité"}))
UNANSWERED = KeptQuestion("q2", "zzz qqq")


class Waited(Scripted):
    """Says when it was asked."""

    asked: asyncio.Event = Field(default_factory=asyncio.Event)

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        self.asked.set()
        async for piece in super()._astream(*args, **kwargs):
            yield piece


@dataclass
class World:
    pool: Pool
    sets: QuestionSets
    set_id: UUID
    model: Waited
    runs: Evaluations
    search: Search

    def process(self) -> Evaluations:
        """What another process has over the same stores."""
        return _evaluations(self.pool, self.sets, self.search, self.model)

    async def state(self, run_id: UUID) -> RunState:
        return (await self.get(run_id)).state

    async def get(self, run_id: UUID) -> KeptEvaluation:
        return await self.runs.get(GINA, run_id)

    async def phases(self) -> list[str]:
        return [one["details"]["phase"] for one in await records(self.pool) if one["act"] == Act.EVALUATED]


def _evaluations(pool: Pool, sets: QuestionSets, search: Search, model: Scripted) -> Evaluations:
    ledger, held = PostgresLedger(), engines(model)

    async def guidance() -> str:
        return ""

    answers = AnswerEvaluation(pool, ledger, Ask(search, held, ledger, pool))
    told = conditions(search, held, guidance, None, 4)
    return Evaluations(pool, ledger, sets, Evaluation(pool, ledger, search), answers, told)


@pytest.fixture
async def world(pool: Pool, policy: CedarPolicy, corpus: Corpus, search: Search) -> AsyncIterator[World]:
    collection = await corpus.collection("Santé", LEAVE)
    sets = QuestionSets(pool, policy, corpus.catalog, PostgresLedger())
    held = await sets.create(GINA, collection, "Accueil")
    await sets.put(GINA, held.id, [JUDGED, UNANSWERED])
    model = Waited(pieces=(f"{TRUE}.",))
    runs = _evaluations(pool, sets, search, model)
    async with runs.at_work():
        yield World(pool, sets, held.id, model, runs, search)


async def test_a_search_is_measured_and_kept_with_its_figures_its_questions_and_its_conditions(world: World) -> None:
    run_id = await world.runs.start(GINA, world.set_id, Measured.SEARCH, 10)
    await world.runs.ended(run_id)
    kept = await world.get(run_id)
    assert (kept.state, kept.done, kept.questions, kept.depth, kept.asked_by) == (RunState.FINISHED, 1, 1, 10, "gina")
    assert kept.figures["success@1"] == 1
    assert kept.settings["embedding"] == world.search.spaces.embedder.name  # type: ignore[attr-defined]
    result = await world.runs.result(GINA, run_id)
    assert isinstance(result, EvaluationRun)
    assert [(one.id, one.first_rank) for one in result.questions] == [("q1", 1)]
    assert await world.phases() == ["asked", "started", "finished"]
    asked = (await records(world.pool))[-3]["details"]
    assert (asked["run"], asked["set"], asked["of"], asked["questions"]) == (str(run_id), "Accueil", "search", 1)


async def test_answers_are_measured_with_those_that_must_be_refused(world: World) -> None:
    run_id = await world.runs.start(GINA, world.set_id, Measured.ANSWERS)
    await world.runs.ended(run_id)
    kept = await world.get(run_id)
    assert (kept.state, kept.questions, kept.settings["model"]) == (RunState.FINISHED, 2, "essai")
    assert (kept.figures["refusal"], kept.figures["false_refusal"], kept.figures["supported"]) == (1, 0, 1)
    result = await world.runs.result(GINA, run_id)
    assert isinstance(result, AnswersRun)
    assert {one.id: one.refused for one in result.answers} == {"q1": False, "q2": True}


async def test_two_at_once_are_made_one_after_the_other_and_either_can_be_cancelled(world: World) -> None:
    world.model.gate = asyncio.Event()
    first = await world.runs.start(GINA, world.set_id, Measured.ANSWERS)
    second = await world.runs.start(GINA, world.set_id, Measured.ANSWERS)
    third = await world.runs.start(GINA, world.set_id, Measured.SEARCH)
    await world.model.asked.wait()
    assert [await world.state(one) for one in (first, second, third)] == [
        RunState.RUNNING,
        RunState.QUEUED,
        RunState.QUEUED,
    ]
    await world.runs.cancel(GINA, second)
    assert await world.state(second) is RunState.CANCELLED
    await world.runs.cancel(GINA, first)
    await world.runs.ended(third)
    assert [await world.state(one) for one in (first, second, third)] == [
        RunState.CANCELLED,
        RunState.CANCELLED,
        RunState.FINISHED,
    ]
    with pytest.raises(EvaluationUnfinished):
        await world.runs.result(GINA, first)
    await world.runs.cancel(GINA, third)  # it has ended already
    assert await world.state(third) is RunState.FINISHED
    assert (await world.phases()).count("cancelled") == 2


async def test_one_that_ends_with_its_process_is_interrupted_and_can_be_started_again(world: World) -> None:
    other, gate = world.process(), asyncio.Event()
    world.model.gate = gate
    async with other.at_work():
        run_id = await other.start(GINA, world.set_id, Measured.ANSWERS)
        await world.model.asked.wait()
    assert await world.state(run_id) is RunState.INTERRUPTED
    assert (await world.phases())[-1] == "interrupted"
    gate.set()
    again = await world.runs.again(GINA, run_id)
    await world.runs.ended(again)
    assert await world.state(again) is RunState.FINISHED
    assert await world.state(run_id) is RunState.INTERRUPTED


async def test_one_whose_process_was_killed_is_interrupted_once_it_no_longer_says_that_it_lives(world: World) -> None:
    async with world.pool.connection() as connection:
        for hours in (1, 0):
            await connection.execute(
                "insert into evaluation_run (id, set_id, kind, state, depth, asked_by, questions, seen_at) "
                "values (%s, %s, 'search', 'running', 10, 'gina', 1, now() - make_interval(hours => %s))",
                [uuid4(), world.set_id, hours],
            )
    held, total = await world.runs.page(GINA)
    assert total == 2
    assert {one.state for one in held} == {RunState.INTERRUPTED, RunState.RUNNING}
    assert await world.phases() == ["interrupted"]


async def test_what_fails_says_why(world: World) -> None:
    world.model.error = RuntimeError("secret")
    run_id = await world.runs.start(GINA, world.set_id, Measured.ANSWERS)
    await world.runs.ended(run_id)
    kept = await world.get(run_id)
    assert kept.state is RunState.FAILED
    assert kept.failure
    assert "secret" not in kept.failure


async def test_to_whoever_does_not_keep_the_set_there_is_none(world: World, agent: Principal) -> None:
    run_id = await world.runs.start(GINA, world.set_id, Measured.SEARCH)
    await world.runs.ended(run_id)
    for person in (GUSTAVE, agent):
        for call in (
            world.runs.get(person, run_id),
            world.runs.result(person, run_id),
            world.runs.cancel(person, run_id),
            world.runs.again(person, run_id),
        ):
            with pytest.raises(EvaluationNotFound):
                await call
        with pytest.raises(QuestionSetNotFound):
            await world.runs.start(person, world.set_id, Measured.SEARCH)
        assert await world.runs.page(person) == ([], 0)
    with pytest.raises(EvaluationNotFound):
        await world.runs.get(GINA, uuid4())


async def test_a_set_without_a_judged_question_measures_no_search_and_an_empty_one_nothing(world: World) -> None:
    await world.sets.remove(GINA, world.set_id, ["q1"])
    with pytest.raises(NothingJudged):
        await world.runs.start(GINA, world.set_id, Measured.SEARCH)
    await world.sets.remove(GINA, world.set_id, ["q2"])
    with pytest.raises(NothingAsked):
        await world.runs.start(GINA, world.set_id, Measured.ANSWERS)


async def test_a_list_is_narrowed_sorted_and_read_page_by_page(world: World) -> None:
    made = [await world.runs.start(GINA, world.set_id, kind) for kind in (Measured.SEARCH, Measured.ANSWERS)]
    for run_id in made:
        await world.runs.ended(run_id)
    newest, total = await world.runs.page(GINA, limit=1)
    assert ([one.id for one in newest], total) == ([made[1]], 2)
    oldest, _ = await world.runs.page(GINA, descending=False, limit=1)
    assert [one.id for one in oldest] == [made[0]]
    second, _ = await world.runs.page(GINA, offset=1, limit=1)
    assert [one.id for one in second] == [made[0]]
    only, total = await world.runs.page(GINA, kind=Measured.SEARCH, state=RunState.FINISHED, set_id=world.set_id)
    assert ([one.id for one in only], total) == ([made[0]], 1)
    assert (await world.runs.page(GINA, set_id=uuid4()))[1] == 0
    by_set, _ = await world.runs.page(GINA, sort="jeu", descending=False)
    assert len(by_set) == 2


def test_conditions_that_differ_are_named() -> None:
    before = {"model": "a", "prompt": "1", "fusion": "k"}
    assert changed(before, {**before, "model": "b", "later": "x"}) == [("Modèle de langue", "a", "b")]
