"""Jobs as rows alone: what the catalogue, the receptions and the queue say of them, without files or workers."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

from retrieval.rows import Pool

# What a worker is at; what waits for one. A job that is over need not be there any more.
QUEUED: LiteralString = """
insert into procrastinate_jobs (id, queue_name, task_name, status, args)
overriding system value values (%s, 'default', 'read', %s::procrastinate_job_status, '{}')
"""


async def job(pool: Pool, collection_id: UUID, number: int, *states: str, reason: str = "", status: str = "") -> None:
    """A job of that number, with a document in each of these states; `status` is the queue's, empty: it is gone."""
    async with pool.connection() as connection:
        reception = uuid4()
        await connection.execute(
            "insert into reception (id, collection_id, principal) values (%s, %s, '{}')", [reception, collection_id]
        )
        for place, state in enumerate(states):
            name = f"{number}-{place}.pdf"
            failure = reason if state == "failed" else ""
            delay = reason if state == "pending" else ""
            document: list[Any] = [collection_id, name, state, failure]
            await connection.execute(
                "insert into document (collection_id, id, version, sha256, state, failure)"
                " values (%s, %s, 1, 'x', %s, %s)",
                document,
            )
            await connection.execute(
                "insert into received (collection_id, document_id, version, reception_id, job_id, name, blob, delay)"
                " values (%s, %s, 1, %s, %s, %s, 'x', %s)",
                [collection_id, name, reception, number, name, delay],
            )
        if status:
            await connection.execute(QUEUED, [number, status])
