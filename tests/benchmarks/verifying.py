"""How long it takes to verify a ledger of a million records, against its tree, its checkpoints and a place outside.

Bodies are those of answers with four passages and two commitments, each with another subject and another time;
they are copied in, and a checkpoint is taken each hundred thousand.
"""

import datetime as dt
import shutil
import time
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from policies import Act, Checkpoints, Event, Json, PostgresLedger, Principal, Role, SigningKey
from policies.audit.body import body, salted
from policies.audit.finding import Verified
from policies.audit.folder_place import FolderPlace
from policies.audit.shipping import Shipping
from policies.audit.verification import Verification
from ui.database import DatabaseSettings, Pool, open_database
from ui.database_roles import as_owner
from ui.home import own

RECORDS = 1_000_000
RUN = 100_000  # records to a checkpoint

COPY: LiteralString = "copy ledger_record (index, at, body) from stdin (format binary)"
COUNT: LiteralString = "insert into ledger_head (size) values (%s) on conflict (one) do update set size = excluded.size"

PASSAGE: dict[str, Json] = {
    "collection_id": "5c9a6f0e-8a34-4b43-9d4e-0f7f5d0a8f11",
    "document_id": "fiches/F3052",
    "version": 1,
    "chunk": 12,
    "score": 0.731,
}
AGENT = Principal("s-agent", "agent", frozenset({"/DGS"}), frozenset({Role.AGENT}))
EVENT = Event(
    Act.QUESTION_ASKED,
    AGENT,
    {"answer_id": "0b6f8a2e-6f0d-4a53-9a55-6b8f5d0a8f11", "searched": ["Fiches"], "passages": [PASSAGE] * 4},
    {"question": "Combien de jours ?", "understood": "Combien de jours dure le congé ?"},
)
BEGUN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Seconds by the clock, and of this process's own work."""
    place = home / "verifying"
    shutil.rmtree(place, ignore_errors=True)
    with own(place):
        async with open_database(DatabaseSettings(folder=place / "postgres")) as pool:
            key, outside = SigningKey.generated("registre/mesure"), FolderPlace(place / "points")
            size = await _fill(pool, key, outside)
            verification = Verification(pool, PostgresLedger(), lambda: [key.public], [outside])
            started, worked = time.perf_counter(), time.process_time()
            *_, verified = [step async for step in verification.run(AGENT)]
            seconds, processor = time.perf_counter() - started, time.process_time() - worked
    shutil.rmtree(place, ignore_errors=True)
    assert isinstance(verified, Verified)
    assert verified.finding is None, verified.finding
    return {
        "records": verified.records,
        "checkpoints": verified.checkpoints,
        "body_bytes": size,
        "seconds": seconds,
        "seconds_in_process": processor,
        "records_per_second": verified.records / seconds,
    }


async def _fill(pool: Pool, key: SigningKey, outside: FolderPlace) -> int:
    """A million records, signed and shipped; gives the length of a body."""
    checkpoints, shipping = Checkpoints(pool, [key]), Shipping(pool, [outside])
    like = body(EVENT, BEGUN, salted(EVENT))
    at, subject = BEGUN.isoformat(timespec="microseconds").encode(), b"s-agent"
    for start in range(0, RECORDS, RUN):
        async with as_owner(pool) as owner:
            await _copy(owner, start, like, at, subject)
            await owner.execute("set session_replication_role = replica")  # the counter counts by one else
            await owner.execute(COUNT, [start + RUN])
        await checkpoints.take()
    await shipping.ship()
    return len(like)


async def _copy(owner: psycopg.AsyncConnection[Any], start: int, like: bytes, at: bytes, subject: bytes) -> None:
    async with owner.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(["int8", "timestamptz", "bytea"])
        for index in range(start, start + RUN):
            then = BEGUN + dt.timedelta(seconds=index)
            written = like.replace(at, then.isoformat(timespec="microseconds").encode())
            await copy.write_row((index, then, written.replace(subject, b"s-%05d" % index)))
