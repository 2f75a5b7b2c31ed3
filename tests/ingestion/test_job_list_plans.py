"""A page of jobs costs what it shows, not what there is: how PostgreSQL goes about it."""

from typing import LiteralString

from ingestion import JobState
from ingestion import job_list_queries as queries
from tests.benchmarks.console_corpus import fill
from ui.database import Pool
from ui.database_roles import as_owner

COLLECTIONS, DOCUMENTS, JOBS = 10, 4_000, 1_000


async def test_lists_of_jobs_are_looked_up_along_their_indexes(pool: Pool) -> None:
    await fill(pool, COLLECTIONS, DOCUMENTS, JOBS)
    every, waiting = queries.scope(None, ""), queries.scope(JobState.WAITING, "")
    along = queries.page(queries.by_collection(every, descending=False))
    asked: list[LiteralString] = [
        along,
        queries.page(queries.by_number(every, descending=True)),
        queries.page(queries.by_number(waiting, descending=True)),
        queries.count(waiting),
    ]
    async with as_owner(pool) as connection:
        rows = await (await connection.execute("select id from collection")).fetchall()
        values = {"collections": [row[0] for row in rows], "limit": 50, "offset": 0, "most": 10_001}
        # Of so few rows it would rather read all.
        await connection.execute("set local enable_hashjoin = off")
        await connection.execute("set local enable_mergejoin = off")
        for query in asked:
            plan = await connection.execute(f"explain {query}", values)
            lines = [line for (line,) in await plan.fetchall()]
            assert not [line for line in lines if "Seq Scan on received" in line or "Seq Scan on document" in line]
            if query == along:
                assert [line for line in lines if "Incremental Sort" in line]
