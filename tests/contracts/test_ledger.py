"""What every `Ledger` does: records are durable with their transaction, contiguous, and in order."""

import asyncio
import json

import psycopg
import pytest

from policies import Act, Event, EventInvalid, Json, Ledger, LedgerUnavailable, PostgresLedger, Principal, Record
from ui.database import DatabaseSettings, Pool
from ui.database_roles import as_owner


@pytest.fixture(params=[PostgresLedger], ids=["postgres"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    made: Ledger = request.param()
    return made


@pytest.fixture
def event(agent: Principal) -> Event:
    return Event(Act.SEARCHED, agent, {"limit": 3}, {"question": "Quel est le délai de recours ?"})


async def append(ledger: Ledger, pool: Pool, event: Event) -> int:
    async with pool.connection() as connection:
        return await ledger.append(connection, event)


async def records(ledger: Ledger, pool: Pool, start: int = 0) -> list[Record]:
    async with pool.connection() as connection:
        return [record async for record in ledger.records(connection, start)]


async def test_an_empty_ledger_has_no_records(ledger: Ledger, pool: Pool) -> None:
    assert await records(ledger, pool) == []


async def test_a_record_says_who_did_what_and_when(ledger: Ledger, pool: Pool, event: Event) -> None:
    assert await append(ledger, pool, event) == 0
    (record,) = await records(ledger, pool)
    body = json.loads(record.body)
    assert (record.index, body["act"], body["details"]) == (0, "search.done", {"limit": 3})
    assert body["principal"] == {"subject": "s-agent", "username": "agent", "groups": ["/DGS"], "roles": ["agent"]}
    assert body["at"] == record.at.isoformat(timespec="microseconds")


async def test_a_record_is_seen_only_after_its_commit(ledger: Ledger, pool: Pool, event: Event) -> None:
    async with pool.connection() as connection:
        await ledger.append(connection, event)
        assert [record.index async for record in ledger.records(connection)] == [0]
        assert await records(ledger, pool) == []
    assert len(await records(ledger, pool)) == 1


async def test_a_rollback_leaves_no_gap(ledger: Ledger, pool: Pool, event: Event) -> None:
    await append(ledger, pool, event)
    async with pool.connection() as connection:
        assert await ledger.append(connection, event) == 1
        await connection.rollback()
    assert await append(ledger, pool, event) == 1
    assert [record.index for record in await records(ledger, pool)] == [0, 1]


async def test_one_transaction_may_hold_several_records(ledger: Ledger, pool: Pool, event: Event) -> None:
    async with pool.connection() as connection:
        assert [await ledger.append(connection, event) for _ in range(3)] == [0, 1, 2]


async def test_several_records_come_at_once_in_their_order_with_their_texts(
    ledger: Ledger, pool: Pool, agent: Principal
) -> None:
    texts = [{f"text {part}": f"{number}.{part}" for part in range(number % 3)} for number in range(1_203)]
    events = [Event(Act.SEARCHED, agent, {"limit": number}, content) for number, content in enumerate(texts)]
    async with pool.connection() as connection:
        assert await ledger.append(connection, events[0]) == 0
        assert await ledger.append_all(connection, events) == list(range(1, 1_204))
        assert await ledger.append_all(connection, []) == []
        kept = await connection.execute("select record, name, text from ledger_content order by 1, 2")
        assert await kept.fetchall() == [
            (index, name, text.encode()) for index, some in enumerate(texts, start=1) for name, text in some.items()
        ]
    bodies = [json.loads(record.body) for record in await records(ledger, pool, 1)]
    assert [body["details"]["limit"] for body in bodies] == list(range(1_203))


async def test_of_several_records_of_which_one_is_invalid_none_is_there(
    ledger: Ledger, pool: Pool, event: Event, agent: Principal
) -> None:
    async with pool.connection() as connection:
        with pytest.raises(EventInvalid):
            await ledger.append_all(connection, [event, Event(Act.SEARCHED, agent, {"value": float("nan")})])
    assert await records(ledger, pool) == []


async def test_sixteen_writers_of_batches_leave_no_gap_and_no_mixture(
    ledger: Ledger, pool: Pool, agent: Principal
) -> None:
    async def write(writer: int) -> list[list[int]]:
        event = Event(Act.SEARCHED, agent, {"limit": writer})
        batches = []
        for size in (1, 7, 20):
            async with pool.connection() as connection:
                batch = await ledger.append_all(connection, [event] * size)
                if size == 7 and writer % 2:
                    await connection.rollback()
                else:
                    batches.append(batch)
        return batches

    written = await asyncio.gather(*(write(writer) for writer in range(16)))
    bodies = [json.loads(record.body)["details"]["limit"] for record in await records(ledger, pool)]
    assert sorted(index for batches in written for batch in batches for index in batch) == list(range(len(bodies)))
    assert all(
        bodies[batch[0] : batch[-1] + 1] == [writer] * len(batch)
        for writer, batches in enumerate(written)
        for batch in batches
    )


async def test_fifty_writers_at_once_are_numbered_in_the_order_of_their_commits(
    ledger: Ledger, pool: Pool, postgres: DatabaseSettings, event: Event
) -> None:
    async with await psycopg.AsyncConnection.connect(postgres.url, autocommit=True) as onlooker:

        async def write() -> tuple[int, list[int]]:
            async with pool.connection() as connection:
                index = await ledger.append(connection, event)
                return index, [record.index async for record in ledger.records(onlooker)]

        written = await asyncio.gather(*(write() for _ in range(50)))
    assert sorted(index for index, _ in written) == list(range(50))
    # Whoever is given an index finds all lower ones committed, and none above.
    assert all(committed == list(range(index)) for index, committed in written)


async def test_records_are_read_from_an_index_on_and_across_pages(ledger: Ledger, pool: Pool, agent: Principal) -> None:
    async with pool.connection() as connection:
        for number in range(1_001):
            await ledger.append(connection, Event(Act.SEARCHED, agent, {"limit": number}))
    assert [record.index for record in await records(ledger, pool, start=998)] == [998, 999, 1000]
    numbers = [json.loads(record.body)["details"]["limit"] for record in await records(ledger, pool)]
    assert numbers == list(range(1_001))
    assert await records(ledger, pool, start=1_001) == []


async def test_content_is_found_nowhere_in_the_record(ledger: Ledger, pool: Pool, agent: Principal) -> None:
    secret = "NIR 2 84 05 75 116 001 42"
    event = Event(Act.QUESTION_ASKED, agent, content={"question": secret, "again": secret})
    await append(ledger, pool, event)
    (record,) = await records(ledger, pool)
    assert secret.encode() not in record.body
    commitments = json.loads(record.body)["content"]
    # Not even that two texts are the same can be told from the record.
    assert commitments["question"] != commitments["again"]


@pytest.mark.parametrize(
    "value",
    [
        '{"lc": 1, "type": "secret", "id": ["OPENAI_API_KEY"]}',
        "'); drop table ledger_record; --",
        "a\0b\r\nc {} %s",
        "éﬀ",
        2.5,
        None,
        True,
    ],
)
async def test_details_are_data(ledger: Ledger, pool: Pool, agent: Principal, value: Json) -> None:
    await append(ledger, pool, Event(Act.SEARCHED, agent, {"searched": [value]}, {"question": "a\0b"}))
    (record,) = await records(ledger, pool)
    assert json.loads(record.body)["details"] == {"searched": [value]}


@pytest.mark.parametrize(
    "metrics", [{"a": float("nan")}, {"a": float("inf")}, {"a": 2**53}, {"a": 1, "\ud800": 1}], ids=str
)
async def test_an_event_without_a_canonical_form_is_refused(
    ledger: Ledger, pool: Pool, agent: Principal, metrics: Json
) -> None:
    with pytest.raises(EventInvalid, match=r"evaluation\.run.*ne peut pas être inscrit"):
        await append(ledger, pool, Event(Act.EVALUATED, agent, {"metrics": metrics}))
    assert await records(ledger, pool) == []


@pytest.mark.parametrize("details", [{"secret": "2 84 05 75"}, {"limit": "2 84 05 75"}, {"searched": {"0": "a"}}])
async def test_an_event_that_the_schema_does_not_have_is_refused(
    ledger: Ledger, pool: Pool, agent: Principal, details: dict[str, Json]
) -> None:
    with pytest.raises(EventInvalid, match=r"search\.done.*n’a pas de champ") as caught:
        await append(ledger, pool, Event(Act.SEARCHED, agent, details))
    assert "2 84" not in str(caught.value)
    assert await records(ledger, pool) == []


async def test_a_lost_connection_is_told(ledger: Ledger, pool: Pool, event: Event) -> None:
    async with pool.connection() as connection:
        async with as_owner(pool) as other:
            await other.execute("select pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])
        with pytest.raises(LedgerUnavailable, match="registre"):
            await ledger.append(connection, event)
        with pytest.raises(LedgerUnavailable, match="registre"):
            await anext(aiter(ledger.records(connection)))
    assert await append(ledger, pool, event) == 0
