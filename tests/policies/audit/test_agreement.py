"""The verifier that travels with exports agrees with the one that reads the database, on a thousand random ledgers."""

import datetime as dt
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from psycopg import AsyncConnection

from policies import Checkpoint, Held, LedgerBroken, SigningKey, Tree
from policies.audit.archive import Archive
from policies.audit.export_span import JSONL, Span
from policies.audit.finding import Finding, Verified
from policies.audit.note import signed
from policies.audit.standalone import Verdict, verified
from policies.audit.trust import Trust
from policies.audit.verify import verify
from ui.database import Pool
from ui.database_roles import as_owner

LEDGERS = 1_000
BEGUN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
KEY = SigningKey.generated("registre/hasard")

Owner = AsyncConnection[Any]


@pytest.fixture
async def owner(pool: Pool) -> AsyncIterator[Owner]:
    """Whoever has all rights on the database, in a transaction that is undone after each ledger."""
    async with as_owner(pool) as owner:
        await owner.execute("set session_replication_role = replica")
        await owner.commit()
        yield owner


@dataclass(frozen=True)
class Signed:
    """A random ledger and its last checkpoint."""

    size: int
    last: Held


async def random_ledger(owner: Owner, draw: random.Random) -> Signed:
    """One to forty records of any shape, in one to three runs that are each signed."""
    held, size = None, 0
    for _ in range(draw.randint(1, 3)):
        rows = [(index, *_record(index, draw)) for index in range(size, size + draw.randint(1, 13))]
        async with owner.cursor() as cursor:
            await cursor.executemany("insert into ledger_record values (%s, %s, %s)", rows)
        size += len(rows)
        await owner.execute(
            "insert into ledger_head (size) values (%s) on conflict (one) do update set size = excluded.size", [size]
        )
        await Tree().integrate(owner)
        checkpoint = Checkpoint(KEY.name, size, await Tree().root(owner, size), BEGUN + dt.timedelta(days=size))
        held = Held(size, checkpoint.at, signed(checkpoint.text(), [KEY]))
        await owner.execute("insert into ledger_checkpoint values (%s, %s, %s)", [held.size, held.at, held.note])
    assert held is not None
    return Signed(size, held)


def _record(index: int, draw: random.Random) -> tuple[dt.datetime, bytes]:
    at = BEGUN + dt.timedelta(seconds=index)
    details = {
        f"é{draw.randrange(9)}": draw.choice([draw.random(), draw.randrange(99), "a\nb", None]) for _ in range(3)
    }
    told: Any = {
        "act": "search.done",
        "at": at.isoformat(timespec="microseconds"),
        "details": details,
        "n": draw.getrandbits(50),
    }
    return at, rfc8785.dumps(told)


async def damaged(owner: Owner, ledger: Signed, draw: random.Random) -> None:
    """Nothing, or one thing that an export shows."""
    index, other = draw.randrange(ledger.size), draw.randrange(ledger.size)
    match draw.randrange(8):
        case 0:
            await owner.execute("update ledger_record set body = body || ' '::bytea where index = %s", [index])
        case 1:
            await owner.execute("delete from ledger_record where index = %s", [index])
        case 2:
            await owner.execute(
                "update ledger_record set body = (select body from ledger_record where index = %s) where index = %s",
                [other, index],
            )
        case 3:
            await owner.execute("update ledger_node set hash = sha256(hash) where level = 0 and index = %s", [index])
        case 4:
            await owner.execute(
                "update ledger_node set hash = sha256(hash) "
                "where (level, index) = (select level, index from ledger_node order by sha256(hash) limit 1)"
            )
        case 5:
            await owner.execute("delete from ledger_node where level = 0 and index = %s", [index])


async def both(owner: Owner, ledger: Signed, path: Path) -> tuple[Finding | None, Verdict]:
    """What either verifier says."""
    *_, last = [seen async for seen in verify(owner, Trust([KEY.public]))]
    assert isinstance(last, Verified)
    span, archive = Span(owner, ledger.last, 0, ledger.size - 1), Archive(path)
    try:
        async for _ in span.write(archive, JSONL):
            pass
        await span.close(archive, path, JSONL, [KEY.public])
        return last.finding, verified(path, [KEY.vkey])
    except LedgerBroken as error:
        return last.finding, Verdict(wrong=str(error))
    finally:
        archive.abandon()


async def test_both_verifiers_agree(owner: Owner, tmp_path: Path) -> None:
    draw, sound = random.Random(9162), 0  # noqa: S311
    for number in range(LEDGERS):
        ledger = await random_ledger(owner, draw)
        await damaged(owner, ledger, draw)
        found, verdict = await both(owner, ledger, tmp_path / f"{number}.zip")
        await owner.rollback()
        assert (found is None) == (verdict.status == 0), (number, found, verdict)
        if found is None:
            sound += 1
            assert verdict.records == ledger.size
    assert LEDGERS / 8 < sound < LEDGERS / 2
