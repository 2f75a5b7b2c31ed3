"""The tables of the review, made out of the ledger on a real PostgreSQL."""

import asyncio
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings

from policies import Act, Event, PostgresLedger, Principal, Record, Role
from policies.review.bodies import read_body
from policies.review.entry import entry
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from tests.policies.review.drawn import COLLECTIONS, PEOPLE, PSEUDONYMS, happened, put_in
from ui.database import Pool
from ui.database_roles import as_owner

CAMILLE = PEOPLE[0]
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
SIGNED_IN = (Event(Act.SIGNED_IN, CAMILLE), NOON)

Rows = list[tuple[object, ...]]


async def held(pool: Pool) -> dict[str, Rows]:
    """All that the tables hold."""
    async with pool.connection() as connection:
        return {
            name: await (await connection.execute(query)).fetchall()
            for name, query in {
                "record": "select * from review_record order by index",
                "day": "select * from review_day order by day",
                "use": "select * from review_use order by day, act, collection",
                "head": "select * from review_head",
            }.items()
        }


@given(happened, happened)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_reading_in_steps_is_reading_all_anew(
    pool: Pool, before: list[tuple[Event, dt.datetime]], after: list[tuple[Event, dt.datetime]]
) -> None:
    projection = Projection(pool, PSEUDONYMS)
    await put_in(pool, before)
    await projection.catch_up(most=len(before) // 2)
    await put_in(pool, after)
    assert await projection.catch_up() == 0
    in_steps = await held(pool)
    await projection.start_over()
    assert await projection.catch_up() == 0
    assert await held(pool) == in_steps


async def test_what_is_left_to_be_read_is_told(pool: Pool) -> None:
    await put_in(pool, [SIGNED_IN] * 5)
    projection = Projection(pool, PSEUDONYMS)
    assert await projection.catch_up(most=2) == 3
    async with pool.connection() as connection:
        assert await projection.count(connection) == 2
    assert await projection.catch_up() == 0
    assert await projection.catch_up() == 0


async def test_many_that_read_at_once_read_each_record_once(pool: Pool) -> None:
    await put_in(pool, [SIGNED_IN] * 20)
    projection = Projection(pool, PSEUDONYMS)
    await asyncio.gather(*(projection.catch_up(most=3) for _ in range(8)))
    async with pool.connection() as connection:
        assert await projection.count(connection) == 20


async def test_another_key_of_pseudonyms_makes_all_anew(pool: Pool) -> None:
    await put_in(pool, [SIGNED_IN] * 2)
    await Projection(pool, PSEUDONYMS).catch_up()
    other = Pseudonyms(b"another")
    await Projection(pool, other).catch_up()
    assert {row[3] for row in (await held(pool))["record"]} == {other.of(CAMILLE.subject)}


async def test_purged_records_leave_the_review_and_their_use_stays_counted(pool: Pool) -> None:
    records = await put_in(pool, [SIGNED_IN] * 6)
    projection = Projection(pool, PSEUDONYMS)
    await projection.catch_up()
    first, kept, last = records[1].index, records[2].index, records[4].index
    async with as_owner(pool) as owner:
        await owner.execute("set local session_replication_role = replica")
        await owner.execute(
            "delete from ledger_record where index between %s and %s and index <> %s", [first, last, kept]
        )
    purged = Event(Act.LEDGER_PURGED, CAMILLE, {"from": first, "to": last, "kept": [[kept, kept]], "records": 2})
    await put_in(pool, [(purged, NOON)])
    await projection.catch_up()
    tables = await held(pool)
    assert [row[0] for row in tables["record"]] == [records[0].index, kept, records[5].index, records[5].index + 1]
    assert tables["use"] == [(NOON.date(), "ledger.purged", "", 1), (NOON.date(), "session.started", "", 6)]


@pytest.mark.parametrize(
    "body",
    [
        b'{"act":"ledger.purged"}',
        b'{"act":"ledger.purged","details":{"from":"x","to":5}}',
        b'{"act":"ledger.purged","details":{"from":0,"to":99999999999999999999}}',
        b'{"act":"\\ud800","details":{"\\ud800":"\\ud800"}}',
        b'{"act":' + b"[" * 100_000,
        b"\xff",
    ],
)
async def test_what_somebody_forged_does_not_stop_the_review(pool: Pool, body: bytes) -> None:
    async with pool.connection() as connection:
        await connection.execute("select ledger_append(array[now()], array[%b::bytea], '{}', '{}', '{}', '{}')", [body])
    await put_in(pool, [SIGNED_IN])
    await Projection(pool, PSEUDONYMS).catch_up()
    assert PSEUDONYMS.of(CAMILLE.subject) in repr(await held(pool))


@pytest.mark.parametrize(("depth", "is_read"), [(90, True), (110, False), (900, False)])
def test_a_body_is_read_only_where_whoever_goes_through_it_comes_to_its_end(depth: int, is_read: bool) -> None:
    body = b'{"act":"search.done","details":{"a":' + b"[" * depth + b"]" * depth + b"}}"
    assert bool(read_body(body)) is is_read
    entry(Record(0, NOON, body), PSEUDONYMS)


async def test_no_name_enters_the_tables(pool: Pool) -> None:
    person = Principal("s-durand", "m.durand", frozenset({"/DGS/Bureau-A"}), frozenset({Role.AGENT}), "192.0.2.77")
    revoked: dict[str, str] = {"session": "1", "subject": "s-dupont"}
    async with pool.connection() as connection:
        await PostgresLedger().append(connection, Event(Act.SESSION_REVOKED, person, {**revoked}))
        await PostgresLedger().append(connection, Event(Act.REFUSALS_SUMMED, person, {"peer": "192.0.2.78"}))
    await Projection(pool, PSEUDONYMS).catch_up()
    written = repr(await held(pool))
    assert PSEUDONYMS.of("s-durand") in written
    assert PSEUDONYMS.of("s-dupont") in written
    assert not any(name in written for name in ("durand", "dupont", "Bureau-A", "192.0.2"))


async def test_use_is_counted_by_day_act_and_collection(pool: Pool) -> None:
    opened = [Event(Act.DOCUMENT_OPENED, CAMILLE, {"collection": one, "document": "F1"}) for one in COLLECTIONS[:2]]
    late = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)  # in Paris it is the next day
    await put_in(pool, [(opened[0], NOON), (opened[1], NOON), (opened[0], NOON), (opened[0], late)])
    await Projection(pool, PSEUDONYMS).catch_up()
    first, second, act = dt.date(2026, 3, 2), dt.date(2026, 3, 3), "document.opened"
    assert (await held(pool))["use"] == [
        (first, act, "", 3),
        (first, act, COLLECTIONS[0], 2),
        (first, act, COLLECTIONS[1], 1),
        (second, act, "", 1),
        (second, act, COLLECTIONS[0], 1),
    ]
