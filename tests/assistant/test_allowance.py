"""Questions within an hour: counted over all processes, refused beyond the limit, and each refusal recorded."""

import asyncio
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Ask, TooManyQuestions
from assistant.allowance import Allowance
from policies import Act, PostgresLedger, Principal, Role
from retrieval import Search
from tests.assistant.asking import QUESTION, TRUE, acts, answer, records
from tests.assistant.scripted import Scripted, engines
from ui.database import Pool
from ui.failures import failure_of


def allowance(pool: Pool, **limits: int) -> Allowance:
    return Allowance(pool, PostgresLedger(), {Role(role): limit for role, limit in limits.items()})


async def spent(pool: Pool, agent: Principal, limit: int) -> bool:
    """By a process of its own: whether one more was allowed."""
    try:
        await allowance(pool, agent=limit).spend(agent)
    except TooManyQuestions:
        return False
    return True


async def test_of_many_questions_at_once_just_as_many_pass_as_may(pool: Pool, agent: Principal) -> None:
    outcomes = await asyncio.gather(*(spent(pool, agent, 5) for _ in range(20)))
    assert sum(outcomes) == 5
    assert await acts(pool) == [Act.REFUSED] * 15


async def test_an_hour_later_one_may_ask_again(pool: Pool, agent: Principal) -> None:
    assert [await spent(pool, agent, 2) for _ in range(3)] == [True, True, False]
    async with pool.connection() as connection:
        await connection.execute("update asked_lately set at = at - interval '1 hour'")
    assert await spent(pool, agent, 2)


async def test_of_who_never_asks_again_nothing_stays_once_another_asks(pool: Pool, agent: Principal) -> None:
    gone = Principal("s-partie", "partie", frozenset(), frozenset({Role.AGENT}))
    assert await spent(pool, gone, 1)
    async with pool.connection() as connection:
        await connection.execute("update asked_lately set at = at - interval '1 hour'")
    assert await spent(pool, agent, 1)
    async with pool.connection() as connection:
        rows = await (await connection.execute("select subject from asked_lately")).fetchall()
    assert rows == [(agent.subject,)]


async def test_what_another_is_about_to_forget_keeps_nobody_from_asking(pool: Pool, agent: Principal) -> None:
    assert await spent(pool, agent, 1)
    async with pool.connection() as connection:
        await connection.execute("update asked_lately set at = at - interval '1 hour'")
    async with pool.connection() as other:
        await other.execute("select from asked_lately for update")
        assert await spent(pool, agent, 1)


async def test_the_refusal_says_when_to_ask_again_and_is_recorded(pool: Pool, agent: Principal) -> None:
    assert await spent(pool, agent, 1)
    with pytest.raises(TooManyQuestions) as refused:
        await allowance(pool, agent=1).spend(agent)
    again = refused.value.again.astimezone()
    assert dt.timedelta(minutes=59) < again - dt.datetime.now().astimezone() <= dt.timedelta(hours=1)
    failure = failure_of(refused.value)
    assert failure.status == 429
    assert failure.message == (
        f"Vous avez posé 1 question en une heure, le maximum. Vous pourrez en poser une autre à {again:%H h %M}."
    )
    [record] = await records(pool)
    assert record["details"] == {"action": "ask", "reason": "questions-per-hour", "limit": 1}
    assert 0 < refused.value.after <= 3600


async def test_each_person_has_their_own(pool: Pool, agent: Principal) -> None:
    other = Principal("s-autre", "autre", frozenset(), frozenset({Role.AGENT}))
    assert [await spent(pool, agent, 1), await spent(pool, other, 1), await spent(pool, agent, 1)] == [
        True,
        True,
        False,
    ]


@given(st.dictionaries(st.sampled_from(Role), st.integers(0, 9)), st.frozensets(st.sampled_from(Role), min_size=1))
def test_the_most_generous_role_counts(limits: dict[Role, int], roles: frozenset[Role]) -> None:
    limit = Allowance(None, PostgresLedger(), limits).limit(Principal("s", "n", frozenset(), roles))  # type: ignore[arg-type]
    if any(not limits.get(role) for role in roles):
        assert limit == 0
    else:
        assert limit == max(limits[role] for role in roles)


async def test_beyond_the_limit_nothing_is_searched_and_no_question_recorded(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    model = Scripted(pieces=(TRUE, "."))
    ask = Ask(search, engines(model), PostgresLedger(), pool, allowance=allowance(pool, agent=1))
    await answer(ask.ask(agent, QUESTION))
    with pytest.raises(TooManyQuestions):
        await answer(ask.ask(agent, QUESTION))
    assert await acts(pool) == [Act.QUESTION_ASKED, Act.ANSWER_GIVEN, Act.REFUSED]
    assert len(model.prompts) == 1
