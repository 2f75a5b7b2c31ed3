"""What is counted of answers, and that it is a plain count."""

import datetime as dt
import math
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Ask
from assistant.engines.effort import Effort, SharedTime
from assistant.figure_reports import FigureReports
from assistant.figure_sums import Period, Spread, Sums
from assistant.figures import AnswerFigures, Figure, Outcome, forget_figures, step_of
from assistant.tasks.request import TaskRequest
from assistant.tasks.tasks import Tasks
from assistant.tasks.templates import Templates
from policies import CedarPolicy, Event, LedgerUnavailable, PostgresLedger, Principal, Role
from policies.audit.clock import Clock
from policies.audit.ledger import Transaction
from retrieval import Catalog, CollectionNotFound, Search
from retrieval.permission import Permission
from retrieval.rows import all_rows
from tests.assistant.asking import FALSE, QUESTION, TRUE, acts, answer
from tests.assistant.scripted import Scripted, engines
from tests.assistant.tasks.doing import answered, copying, material
from ui.database import Pool

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
FIGURES = AnswerFigures(b"tests", power_watts=300.0)
ROOT = Principal("s-root", "root", frozenset({"/DSI"}), frozenset({Role.ADMINISTRATEUR}))
KEEPER = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.GESTIONNAIRE}))


def aged(days: int) -> Clock:
    """So many days before now."""
    return lambda: NOW - dt.timedelta(days=days)


def asking(search: Search, pool: Pool, *pieces: str, ledger: PostgresLedger | None = None) -> Ask:
    return Ask(search, engines(Scripted(pieces=pieces)), ledger or PostgresLedger(), pool, figures=FIGURES)


async def figures(pool: Pool) -> list[dict[str, object]]:
    async with pool.connection() as connection:
        return [dict(row) for row in await all_rows(connection, "select * from answer_figure order by at")]


def reports(pool: Pool, policy: CedarPolicy, now: dt.datetime = NOW) -> FigureReports:
    return FigureReports(Permission(pool, policy, Catalog(), PostgresLedger()), now=lambda: now)


async def test_an_answer_a_refusal_one_abandoned_and_a_task_are_counted_once_each(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal, collection: str
) -> None:
    await answer(asking(search, pool, TRUE, ". ", FALSE, ".").ask(agent, QUESTION))
    await answer(asking(search, pool, FALSE, ".").ask(agent, QUESTION))
    async with aclosing(asking(search, pool, TRUE, ".").ask(agent, QUESTION)) as events:
        await anext(events)
    ledger = PostgresLedger()
    tasks = Tasks(Templates(pool, policy, ledger), search, engines(copying()), ledger, pool, figures=FIGURES)
    note = material("Note", "Le congé de maternité dure seize semaines pour toutes les salariées.")
    await answered(tasks.run(agent, TaskRequest("resume", {}, {"textes": [note]})))

    kept = await figures(pool)
    assert [(one["kind"], one["outcome"], one["supported"], one["unsupported"]) for one in kept][:3] == [
        ("question", "answered", 1, 1),
        ("question", "refused", 0, 1),
        ("question", "abandoned", 0, 0),
    ]
    assert (kept[3]["kind"], kept[3]["outcome"], kept[3]["searched"]) == ("task", "answered", [])
    assert kept[0]["cited"] == kept[0]["searched"] != []
    assert [one["waited_ms"] is None for one in kept] == [False, False, True, False]
    assert all(one["tokens_in"] and one["tokens_out"] for one in kept if one["waited_ms"] is not None)
    assert all(isinstance(one["energy_wh"], float) for one in kept)

    read = reports(pool, policy, dt.datetime.now(dt.UTC))
    report = await read.report(await read.sight(ROOT), Period.last(1, dt.datetime.now(dt.UTC).date()))
    sums = report.now.sums
    assert (sums.questions, sums.tasks, sums.answered, sums.refused, sums.abandoned) == (3, 1, 2, 1, 1)
    assert (sums.doubtful, sums.cited, report.now.people) == (2, 1, 1)


async def test_without_its_record_an_answer_has_no_figure(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    class Mute(PostgresLedger):
        async def append(self, connection: Transaction, event: Event) -> int:
            if event.act.startswith("answer."):
                raise LedgerUnavailable
            return await super().append(connection, event)

    with pytest.raises(LedgerUnavailable):
        await answer(asking(search, pool, TRUE, ".", ledger=Mute()).ask(agent, QUESTION))
    assert await figures(pool) == []
    async with pool.connection() as connection:
        assert await all_rows(connection, "select * from figure_day") == []


async def test_without_its_figure_an_answer_has_no_record(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    class Broken(AnswerFigures):
        async def keep(self, connection: Transaction, person: Principal, figure: Figure) -> None:
            raise LookupError

    ask = Ask(search, engines(Scripted(pieces=(TRUE, "."))), PostgresLedger(), pool, figures=Broken(b""))
    with pytest.raises(LookupError):
        await answer(ask.ask(agent, QUESTION))
    assert await acts(pool) == ["question.asked"]


def test_who_asks_is_one_within_a_month_and_another_in_the_next() -> None:
    first, last, next_month = dt.date(2026, 11, 1), dt.date(2026, 11, 30), dt.date(2026, 12, 1)
    assert FIGURES.asker("s", first) == FIGURES.asker("s", last) != FIGURES.asker("s", next_month)
    assert FIGURES.asker("s", first) not in (FIGURES.asker("t", first), AnswerFigures(b"autre").asker("s", first))
    assert b"s-camille" not in FIGURES.asker("s-camille", first)


def test_shares_of_those_who_are_answered_at_once_add_up_to_the_time_of_the_machine() -> None:
    at = 0.0
    time = SharedTime(lambda: at)
    one, other = Effort(), Effort()
    with time.taken(one):
        at = 2.0
        with time.taken(other):
            at = 6.0
        at = 7.0
    at = 100.0
    with time.taken(other):
        at = 101.0
    assert (one.generating_ms, one.shared_ms) == (7000.0, 5000.0)
    assert (other.generating_ms, other.shared_ms) == (5000.0, 3000.0)


@dataclass(frozen=True)
class Drawn:
    """An answer of some day before today, of the collections of these places."""

    age: int
    task: bool
    outcome: Outcome
    searched: frozenset[int]
    cited: frozenset[int]
    unsupported: int
    asker: int
    waited_ms: float | None
    total_ms: float
    useful: bool | None
    saved: int | None


drawn_answers = st.lists(
    st.builds(
        Drawn,
        age=st.integers(0, 59),
        task=st.booleans(),
        outcome=st.sampled_from(Outcome),
        searched=st.frozensets(st.integers(0, 2)),
        cited=st.frozensets(st.integers(0, 2)),
        unsupported=st.integers(0, 3),
        asker=st.integers(0, 4),
        waited_ms=st.none() | st.floats(0, 100_000),
        total_ms=st.floats(0, 100_000),
        useful=st.none() | st.booleans(),
        saved=st.none() | st.sampled_from((0, 5, 60)),
    ),
    max_size=25,
)


@given(drawn_answers, st.sampled_from((7, 30, 60)))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_figures_are_a_plain_count_of_what_was_answered(
    pool: Pool, policy: CedarPolicy, drawn: list[Drawn], days: int
) -> None:
    async with pool.connection() as connection:
        for table in ("answer_figure", "figure_day", "figure_month", "figure_time", "figure_asker", "collection"):
            await connection.execute(f"delete from {table}")  # noqa: S608 - a constant
        held = [
            await Catalog().create_collection(connection, f"C{n}", owner="/DGS", readers=frozenset()) for n in range(3)
        ]
        for one in drawn:
            keeping = AnswerFigures(b"tests", 300.0, aged(one.age))
            person = Principal(f"s{one.asker}", "x", frozenset(), frozenset())
            answer_id = uuid4()
            figure = Figure(
                answer_id=answer_id,
                kind="task" if one.task else "question",
                outcome=one.outcome,
                searched=[held[n].id for n in one.searched],
                cited=[held[n].id for n in one.cited & one.searched],
                supported=1,
                unsupported=one.unsupported,
                first_token_ms=None,
                total_ms=one.total_ms,
                model="m",
                effort=Effort(waited_ms=one.waited_ms, shared_ms=3_600_000.0, tokens_in=3, tokens_out=2),
            )
            await keeping.keep(connection, person, figure)
            await keeping.keep(connection, person, figure)  # the same once more counts nothing
            await keeping.rate(connection, answer_id, not one.useful, 15)
            await keeping.rate(connection, answer_id, one.useful, one.saved)

    period = Period.last(days, TODAY)
    read = reports(pool, policy)
    sight = await read.sight(ROOT)
    for place in (None, 0, 1, 2):
        report = await read.report(sight, period, None if place is None else held[place].id)
        for told, first in ((report.now, 0), (report.before, days)):
            of = [one for one in drawn if first <= one.age < first + days and (place is None or place in one.searched)]
            sums = told.sums
            assert sums.questions == sum(not one.task for one in of)
            assert sums.tasks == sum(one.task for one in of)
            assert [sums.answered, sums.refused, sums.abandoned] == [
                sum(one.outcome is outcome for one in of) for outcome in Outcome
            ]
            assert sums.doubtful == sum(one.unsupported > 0 for one in of)
            assert sums.unsupported == sum(one.unsupported for one in of)
            cited = [one.cited & one.searched for one in of]
            assert sums.cited == sum(bool(one) if place is None else place in one for one in cited)
            assert (sums.useful, sums.useless) == (
                sum(one.useful is True for one in of),
                sum(one.useful is False for one in of),
            )
            assert (sums.told, sums.saved_minutes) == (
                sum(one.saved is not None for one in of),
                sum(one.saved or 0 for one in of),
            )
            assert (sums.tokens_in, sums.tokens_out) == (3 * len(of), 2 * len(of))
            assert math.isclose(sums.energy_wh, 300.0 * len(of))
            months = {((NOW - dt.timedelta(days=one.age)).month, one.asker) for one in of}
            assert told.people == len(months)
            ended = sorted(one.total_ms for one in of if one.outcome is not Outcome.ABANDONED)
            if ended:
                half = ended[math.ceil(len(ended) / 2) - 1]
                assert told.answering.half == pytest.approx(half, rel=0.06, abs=0.2)
        assert sum(day.sums.asked for day in report.days) == report.now.sums.asked
        listed = {one.collection.id: one.sums for one in report.collections}
        for n, searched in enumerate(held):
            of = [answer for answer in drawn if answer.age < days and n in answer.searched]
            sums = listed.get(searched.id, Sums())
            assert (sums.asked, sums.cited) == (len(of), sum(n in answer.cited for answer in of))
            assert (sums.useful, sums.refused) == (
                sum(answer.useful is True for answer in of),
                sum(answer.outcome is Outcome.REFUSED for answer in of),
            )


async def test_who_keeps_collections_sees_their_figures_and_no_others(pool: Pool, policy: CedarPolicy) -> None:
    async with pool.connection() as connection:
        ours = await Catalog().create_collection(connection, "Nôtre", owner="/DGS", readers=frozenset())
        theirs = await Catalog().create_collection(connection, "Leur", owner="/DAJ", readers=frozenset())
        effort = Effort()
        for searched in ([ours.id], [theirs.id], [ours.id, theirs.id]):
            figure = Figure(uuid4(), "question", Outcome.ANSWERED, searched, [], 1, 0, None, 1.0, "m", effort)
            await AnswerFigures(b"", now=lambda: NOW).keep(connection, ROOT, figure)
    read = reports(pool, policy)
    period = Period.last(7, TODAY)
    report = await read.report(await read.sight(KEEPER), period)
    assert (report.collection_id, report.now.sums.questions) == (ours.id, 2)
    assert [one.collection.name for one in report.collections] == ["Nôtre"]
    with pytest.raises(CollectionNotFound):
        await read.report(await read.sight(KEEPER), period, theirs.id)
    assert (await read.report(await read.sight(ROOT), period)).now.sums.questions == 3
    nobody = Principal("s-x", "x", frozenset({"/Autre"}), frozenset({Role.GESTIONNAIRE}))
    assert (await read.report(await read.sight(nobody), period)).now.sums.questions == 0


async def test_files_of_a_conversation_are_no_collection_in_figures(pool: Pool, policy: CedarPolicy) -> None:
    async with pool.connection() as connection:
        private = await Catalog().private_collection(connection, "s-root", uuid4(), create=True)
        assert private is not None
        figure = Figure(
            uuid4(), "question", Outcome.ANSWERED, [private.id], [private.id], 1, 0, None, 1.0, "m", Effort()
        )
        await FIGURES.keep(connection, ROOT, figure)
        rows = await all_rows(connection, "select collection_id, cited from figure_day")
    assert [(row["collection_id"], row["cited"]) for row in rows] == [(UUID(int=0), 0)]


async def test_past_their_time_figures_and_askers_go_and_sums_stay(pool: Pool, policy: CedarPolicy) -> None:
    async with pool.connection() as connection:
        for age in (1, 400):
            keeping = AnswerFigures(b"", now=aged(age))
            figure = Figure(uuid4(), "question", Outcome.REFUSED, [], [], 0, 0, None, 1.0, "", Effort())
            await keeping.keep(connection, ROOT, figure)
        assert await forget_figures(connection, NOW - dt.timedelta(days=365)) == 1
        assert len(await all_rows(connection, "select from figure_asker")) == 1
    read = reports(pool, policy)
    report = await read.report(await read.sight(ROOT), Period.last(7, TODAY - dt.timedelta(days=398)))
    assert (report.now.sums.refused, report.now.people) == (1, None)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2027, 1, 1)), st.integers(1, 400))
def test_a_period_is_its_whole_months_and_the_days_around_them(until: dt.date, days: int) -> None:
    period = Period.last(days, until)
    whole, rest = period.whole_months
    assert period.since <= whole <= rest <= until + dt.timedelta(days=1)
    inside = {period.since + dt.timedelta(days=n) for n in range(days)}
    ends = {day: (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1) for day in inside}
    assert {day for day in inside if whole <= day < rest} == {
        day for day in inside if {day.replace(day=1), ends[day]} <= inside
    }


def test_a_spread_says_what_half_and_nearly_all_are_below() -> None:
    steps = sorted({step_of(time): 0 for time in range(1, 101)})
    counted = [(step, sum(step_of(time) == step for time in range(1, 101))) for step in steps]
    spread = Spread.of(counted)
    assert spread.half == pytest.approx(50, rel=0.06)
    assert spread.most == pytest.approx(95, rel=0.06)
    assert Spread.of([]) == Spread(None, None)
