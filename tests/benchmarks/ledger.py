"""What the audit ledger costs: appends against a bare insert of the same bytes, checkpoints, proofs.

Two writers have a batch of records a transaction each. By turns they append it at once and one by one, and insert the
same bodies and texts, at once (by a parameter a value, or by an array a column as we do) and one by one, into plain
tables that promise nothing. The bare sides are given their bytes; appending makes them from events. The ledger that
proofs are drawn from has a million records, of which those that nobody appended are copied in.
"""

import asyncio
import datetime as dt
import random
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, LiteralString

from policies import Act, Checkpoints, Event, Json, PostgresLedger, Principal, Role, SigningKey, Transaction, Tree
from policies.audit.body import body, salted
from policies.audit.clock import system_clock
from policies.audit.merkle import leaf_hash, verify_inclusion
from retrieval.metrics import percentile
from ui.database import DatabaseSettings, Pool, open_database
from ui.database_roles import as_owner
from ui.home import own

WRITERS = 2
BATCH = 50
ROUNDS = 20  # of a batch a writer and side
WARM_UP = 3
PROVEN = 1_000_000
PROOFS = 1_000
SEED = 2026

BARE_TABLE: LiteralString = """
create table bare (index bigint generated always as identity primary key, at timestamptz, body bytea);
create table bare_content (record bigint, name text, salt bytea, text bytea, primary key (record, name));
grant all on bare, bare_content to public
"""

BARE: LiteralString = """
with record as (insert into bare (at, body) values (%s, %s) returning index)
insert into bare_content select index, %s, %s, %s from record
"""

# Bodies of the same length, each another one: what the number replaces is the subject.
COPY: LiteralString = """
insert into ledger_record (index, at, body)
select index, now(), convert_to(replace(%(body)s, 's-agent', lpad(index::text, 7, '0')), 'UTF8')
from generate_series(%(first)s::bigint, %(end)s::bigint - 1) as index
"""

# The same for a batch, each value a parameter or each column an array.
BARE_AT_ONCE: LiteralString = """
with given as (
    select * from unnest({columns})
        with ordinality as given (at, body, name, salt, text, place)
), record as (
    insert into bare (at, body) select at, body from given order by place returning index
)
insert into bare_content
select record.index, given.name, given.salt, given.text
from given join (select index, row_number() over (order by index) as place from record) as record using (place)
"""

BARE_BY_ARRAYS: LiteralString = BARE_AT_ONCE.format(
    columns="%b::timestamptz[], %b::bytea[], %b::text[], %b::bytea[], %b::bytea[]"
)

AGENT = Principal("s-agent", "agent", frozenset({"/DGS"}), frozenset({Role.AGENT}))
PASSAGE: dict[str, Json] = {
    "collection_id": "5c9a6f0e-8a34-4b43-9d4e-0f7f5d0a8f11",
    "document_id": "fiches/F3052",
    "version": 1,
    "chunk": 12,
    "score": 0.731,
}
EVENT = Event(
    Act.SEARCHED,
    AGENT,
    {"searched": ["Fiches"], "passages": [PASSAGE] * 4},
    {"question": "Combien de jours dure un congé de proche aidant, et qui le paie ?"},
)


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Records a second, milliseconds; `ratio` is appending over the bare insert."""
    place = home / "ledger"
    shutil.rmtree(place, ignore_errors=True)
    with own(place):
        async with open_database(DatabaseSettings(folder=place / "postgres")) as pool:
            figures = {**await _appending(pool), **await _proving(pool)}
    shutil.rmtree(place, ignore_errors=True)
    return figures


async def _appending(pool: Pool) -> dict[str, Any]:
    async with as_owner(pool) as owner:
        await owner.execute(BARE_TABLE)
    ledger, rows = PostgresLedger(), [_row() for _ in range(BATCH)]

    async def at_once(connection: Transaction) -> None:
        await ledger.append_all(connection, [EVENT] * BATCH)

    async def one_by_one(connection: Transaction) -> None:
        for _ in range(BATCH):
            await ledger.append(connection, EVENT)

    async def bare(connection: Transaction) -> None:
        for row in rows:
            await connection.execute(BARE, row)

    async def bare_at_once(connection: Transaction) -> None:
        await connection.execute(_bare_at_once(), [value for column in zip(*rows, strict=True) for value in column])

    async def bare_by_arrays(connection: Transaction) -> None:
        await connection.execute(BARE_BY_ARRAYS, [list(column) for column in zip(*rows, strict=True)])

    sides = {
        "appends": at_once,
        "bare_inserts": bare_at_once,
        "bare_inserts_by_arrays": bare_by_arrays,
        "appends_one_by_one": one_by_one,
        "bare_inserts_one_by_one": bare,
    }
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(WARM_UP + ROUNDS):
        for side, write in sides.items():
            seconds[side].append(await _together(pool, write))
    rates = {f"{side}_per_second": WRITERS * BATCH * ROUNDS / sum(some[WARM_UP:]) for side, some in seconds.items()}
    return {
        "writers": WRITERS,
        "batch": BATCH,
        **rates,
        "ratio": rates["appends_per_second"] / rates["bare_inserts_per_second"],
        "ratio_by_arrays": rates["appends_per_second"] / rates["bare_inserts_by_arrays_per_second"],
        "ratio_one_by_one": rates["appends_one_by_one_per_second"] / rates["bare_inserts_one_by_one_per_second"],
    }


def _bare_at_once() -> LiteralString:
    text, binary = ", ".join(["%s"] * BATCH), ", ".join(["%b"] * BATCH)
    at, body, name = f"array[{text}]::timestamptz[]", f"array[{binary}]::bytea[]", f"array[{text}]::text[]"
    return BARE_AT_ONCE.format(columns=f"{at}, {body}, {name}, {body}, {body}")


async def _together(pool: Pool, write: Callable[[Transaction], Awaitable[None]]) -> float:
    """Seconds that all writers take for a transaction each."""

    async def commit() -> None:
        async with pool.connection() as connection:
            await write(connection)

    started = time.perf_counter()
    await asyncio.gather(*(commit() for _ in range(WRITERS)))
    return time.perf_counter() - started


def _row() -> tuple[dt.datetime, bytes, str, bytes, bytes]:
    """What a bare insert writes: the same bytes as the ledger."""
    at, (text,) = system_clock(), salted(EVENT)
    return at, body(EVENT, at, [text]), text.name, text.salt, text.text


async def _proving(pool: Pool) -> dict[str, Any]:
    """What a checkpoint costs a record, and how long a proof of any of a million takes, with its verification."""
    written, ledger = _row()[1], PostgresLedger()
    checkpoints, tree = Checkpoints(pool, [SigningKey.generated("registre/mesure")]), Tree()
    await checkpoints.take()
    async with pool.connection() as connection:
        first = await tree.size(connection)
    async with as_owner(pool) as owner:
        await owner.execute("alter table ledger_head disable trigger all")
        await owner.execute(COPY, {"body": written.decode(), "first": first, "end": PROVEN})
        await owner.execute("update ledger_head set size = %s", [PROVEN])
        await owner.execute("alter table ledger_head enable trigger all")
    started = time.perf_counter()
    await checkpoints.take()
    many = time.perf_counter() - started
    few = []
    for _ in range(5):
        async with pool.connection() as connection:
            await ledger.append_all(connection, [EVENT] * 1_000)
        started = time.perf_counter()
        await checkpoints.take()
        few.append((time.perf_counter() - started) * 1000)
    milliseconds = [await _proof(pool, tree, index) for index in random.Random(SEED).sample(range(PROVEN), PROOFS)]  # noqa: S311
    return {
        "bytes_of_a_record": len(written),
        "checkpoint_us_a_record": many / (PROVEN - first) * 1e6,
        "checkpoint_of_1000_ms": percentile(few, 0.5),
        "records": PROVEN,
        "proof_ms_p50": percentile(milliseconds, 0.5),
        "proof_ms_p95": percentile(milliseconds, 0.95),
    }


async def _proof(pool: Pool, tree: Tree, index: int) -> float:
    started = time.perf_counter()
    async with pool.connection() as connection:
        row = await (await connection.execute("select body from ledger_record where index = %s", [index])).fetchone()
        path = await tree.inclusion(connection, index, PROVEN)
        root = await tree.root(connection, PROVEN)
    assert row is not None
    verify_inclusion(leaf_hash(bytes(row[0])), index, PROVEN, path, root)
    return (time.perf_counter() - started) * 1000
