"""Records go by the rules of retention alone, and the ledger still verifies; what a hold keeps stays."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import Act, Checkpoints, Event, LedgerUnavailable, PostgresLedger, Purging, Retention, read_retention
from policies.audit.finding import What
from policies.audit.purge import between
from policies.retention import months_before
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from tests.policies.audit.ledgers import SOMEBODY, SmallLedger
from ui.database import Pool
from ui.database_roles import as_owner

NOW = dt.datetime.now(dt.UTC)
OLD, YOUNG = months_before(NOW, 13), months_before(NOW, 11)


class Kept(SmallLedger):
    """A ledger with records of a given age, and what purges it."""

    def purging(self, retention: Retention | None = None) -> Purging:
        return Purging(
            self.pool, partial(as_owner, self.pool), PostgresLedger(), retention or read_retention(), SOMEBODY, batch=4
        )

    async def add(self, at: dt.datetime, count: int) -> None:
        """So many records with a text each, of that time; a checkpoint of then covers them."""
        async with self.pool.connection() as connection:
            for number in range(count):
                event = Event(Act.QUARANTINE_LISTED, SOMEBODY, {"documents": number}, {"note": "un texte"})
                await PostgresLedger(lambda: at).append(connection, event)
        await self.sign(at)

    async def sign(self, at: dt.datetime) -> None:
        """Sign all records at that time, or that of the last checkpoint where that is later."""
        now, self.checkpoints = self.checkpoints, Checkpoints(self.pool, [self.key], clock=lambda: at)
        await self.grow(0)
        self.checkpoints = now

    async def hold(self, first: int, last: int) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(
                "insert into review_case (title, reason, opened_by, opened_at) values ('d', 'r', 'a', now())"
            )
            await connection.execute(
                "insert into review_hold (case_id, kind, first, last, reason, placed_by, placed_at) "
                "select max(id), 'records', %s, %s, 'r', 'a', now() from review_case",
                [first, last],
            )

    async def indexes(self, query: str = "select index from ledger_record order by index") -> Sequence[int]:
        async with self.pool.connection() as connection:
            return [index for (index,) in await (await connection.execute(query.encode())).fetchall()]

    async def texts(self) -> Sequence[int]:
        return await self.indexes("select record from ledger_content order by record")


@pytest.fixture
def kept(pool: Pool, tmp_path: Path) -> Kept:
    return Kept(pool, tmp_path / "places")


async def test_old_records_go_with_their_texts_and_the_ledger_verifies(kept: Kept) -> None:
    await kept.add(OLD, 10)
    await kept.add(YOUNG, 5)
    assert await kept.purging().records() == 10
    assert [index for index in await kept.indexes() if index < 15] == [10, 11, 12, 13, 14]
    assert await kept.texts() == [10, 11, 12, 13, 14]
    seen = await kept.verified()
    assert (seen.finding, seen.purged) == (None, 10)
    await kept.grow(3)
    assert (await kept.verified()).finding is None


async def test_what_purged_is_told_by_records_that_stay(kept: Kept) -> None:
    await kept.add(OLD, 10)
    await kept.purging().records()
    assert await kept.indexes() == [10, 11, 12]
    async with as_owner(kept.pool) as connection:
        await connection.execute("set session_replication_role = replica")
        await connection.execute("delete from ledger_record where index = 11")
    found = await kept.found()
    assert found is not None
    assert (found.kind, found.index) == (What.MISSING, 4)


async def test_a_deletion_that_no_record_tells_of_is_found_after_a_purge(kept: Kept) -> None:
    await kept.add(OLD, 4)
    await kept.add(YOUNG, 4)
    await kept.purging().records()
    async with as_owner(kept.pool) as connection:
        await connection.execute("set session_replication_role = replica")
        await connection.execute("delete from ledger_content where record = 6")
        await connection.execute("delete from ledger_record where index = 6")
    found = await kept.found()
    assert found is not None
    assert (found.kind, found.index) == (What.MISSING, 6)


async def test_what_a_hold_keeps_stays_until_it_is_released(kept: Kept) -> None:
    await kept.add(OLD, 9)
    await kept.hold(3, 4)
    assert await kept.purging().records() == 7
    assert [index for index in await kept.indexes() if index < 9] == [3, 4]
    assert await kept.texts() == [3, 4]
    assert (await kept.verified()).finding is None
    async with kept.pool.connection() as connection:
        await connection.execute("update review_hold set released_by = 'b', released_at = now()")
    assert await kept.purging().records() == 2
    assert (await kept.verified()).finding is None


async def test_what_no_checkpoint_covers_stays(kept: Kept) -> None:
    async with kept.pool.connection() as connection:
        await PostgresLedger(lambda: OLD).append(connection, Event(Act.GROUPS_LISTED, SOMEBODY))
    assert await kept.purging().records() == 0
    await kept.sign(OLD)
    assert await kept.purging().records() == 1


async def test_a_record_that_calls_itself_old_stays_as_long_as_its_signature_is_young(kept: Kept) -> None:
    async with kept.pool.connection() as connection:
        await PostgresLedger(lambda: OLD).append(connection, Event(Act.GROUPS_LISTED, SOMEBODY))
    await kept.grow(0)
    assert await kept.purging().records() == 0
    async with as_owner(kept.pool) as connection:
        await connection.execute("set local ledger.purge = 'on'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("delete from ledger_record")


async def test_a_forged_purge_hides_nothing_that_was_signed_lately(kept: Kept) -> None:
    await kept.add(OLD, 2)
    await kept.add(months_before(NOW, 5), 2)
    async with kept.pool.connection() as connection:
        forged = Event(Act.LEDGER_PURGED, SOMEBODY, {"from": 0, "to": 4, "records": 4, "rule": "records.months=12"})
        await PostgresLedger(lambda: NOW).append(connection, forged)
    await kept.grow(0)
    async with as_owner(kept.pool) as connection:
        await connection.execute("set session_replication_role = replica")
        await connection.execute("delete from ledger_content where record < 4")
        await connection.execute("delete from ledger_record where index < 4")
    found = await kept.found()
    assert found is not None
    assert (found.kind, found.index) == (What.MISSING, 2)


async def test_the_database_itself_refuses_what_is_younger_than_six_months(kept: Kept) -> None:
    await kept.add(months_before(NOW, 5), 3)
    async with as_owner(kept.pool) as connection:
        gone = await (await connection.execute("select ledger_purge(now(), 10)")).fetchone()
        assert gone == ([],)
        await connection.execute("set local ledger.purge = 'on'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("delete from ledger_record")


async def test_nobody_deletes_old_records_but_by_the_function(kept: Kept) -> None:
    await kept.add(OLD, 3)
    await kept.purging().texts()
    async with as_owner(kept.pool) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("delete from ledger_record")
    async with kept.pool.connection() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("select ledger_purge(now(), 10)")
        await connection.rollback()


async def test_texts_go_before_their_records(kept: Kept) -> None:
    await kept.add(months_before(NOW, 7), 6)
    await kept.add(months_before(NOW, 5), 2)
    await kept.hold(1, 1)
    assert await kept.purging().texts() == 5
    assert await kept.texts() == [1, 6, 7]
    assert len([index for index in await kept.indexes() if index < 8]) == 8
    assert (await kept.verified()).finding is None
    assert await kept.purging().texts() == 0


async def test_what_is_due_is_told_with_what_is_held(kept: Kept) -> None:
    await kept.add(OLD, 5)
    await kept.add(YOUNG, 5)
    await kept.hold(2, 3)
    texts, records = await kept.purging().due()
    assert (texts.count, texts.held, records.count, records.held, records.oldest) == (10, 2, 5, 2, OLD)


async def test_a_purge_that_cannot_be_recorded_purges_nothing(kept: Kept) -> None:
    await kept.add(OLD, 5)

    class Full(PostgresLedger):
        async def append(self, *_: object) -> int:
            raise LedgerUnavailable("plein")

    purging = Purging(kept.pool, partial(as_owner, kept.pool), Full(), read_retention(), SOMEBODY)
    for purge in (purging.texts, purging.records):
        with pytest.raises(LedgerUnavailable, match="plein"):
            await purge()
    assert (len(await kept.indexes()), len(await kept.texts())) == (5, 5)


async def test_the_review_forgets_what_was_purged(kept: Kept) -> None:
    await kept.add(OLD, 5)
    projection = Projection(kept.pool, Pseudonyms(b"tests"))
    await projection.catch_up()
    await kept.purging().records()
    await projection.catch_up()
    assert await kept.indexes("select index from review_record order by index") == [5, 6]


@given(st.sets(st.integers(0, 60), min_size=1))
def test_what_lies_between_is_all_that_does_not_go(gone: set[int]) -> None:
    spans = between(sorted(gone))
    kept = {index for start, end in spans for index in range(start, end)}
    assert kept == set(range(min(gone), max(gone) + 1)) - gone
