"""What the catalogue says of documents that are rows of jobs alone (`tests.ingestion.job_rows`)."""

from typing import LiteralString

from retrieval.rows import Pool

DESCRIBE: LiteralString = """
insert into document_version (collection_id, document_id, version, title, url, text)
select collection_id, id, version, '', '', '' from document on conflict do nothing
"""


async def described(pool: Pool) -> None:
    """Give each document without one a version that nothing is known of."""
    async with pool.connection() as connection:
        await connection.execute(DESCRIBE)
