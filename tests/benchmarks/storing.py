"""What PostgreSQL keeps of documents, chunks and records: bytes on disk, with indexes, of the sample of `scale`.

Texts of questions and answers are not among them: nobody has asked anything. Of a record that is purged its nodes stay.
"""

from pathlib import Path
from typing import Any, LiteralString

from retrieval.rows import Pool
from tests.benchmarks.corpus import open_corpus
from tests.benchmarks.scale import SAMPLE

# What is counted, and the tables that grow with it.
TABLES: dict[str, tuple[str, ...]] = {
    "document": ("document", "document_version", "listed_document", "received"),
    "embedding": ("embedding",),
    "ledger_record": ("ledger_record", "ledger_node", "review_record"),
    "ledger_node": ("ledger_node",),
}
SIZE: LiteralString = "select sum(pg_total_relation_size(name::regclass)) from unnest(%s::text[]) as name"
COUNT: dict[str, LiteralString] = {
    "document": "select count(*) from document",
    "embedding": "select count(*) from embedding",
    "ledger_record": "select count(*) from ledger_record",
    "ledger_node": "select count(*) from ledger_record",
}


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """How many there are, and bytes of one; the vectors of chunks are kept by content, apart from the index."""
    async with open_corpus(evaluation, home / f"sample-{SAMPLE}", SAMPLE) as services:
        return {name: await _one(services.pool, name) for name in TABLES}


async def _one(pool: Pool, name: str) -> dict[str, float]:
    async with pool.connection() as connection:
        [(rows,)] = await (await connection.execute(COUNT[name])).fetchall()
        [(size,)] = await (await connection.execute(SIZE, [list(TABLES[name])])).fetchall()
    return {"rows": rows, "bytes_of_one": float(size) / rows}
