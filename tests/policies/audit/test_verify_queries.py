"""A page of a large ledger is read without reading the rest."""

from typing import LiteralString

import pytest

from policies.audit import verify_queries as queries
from ui.database import Pool
from ui.database_roles import as_owner

LEAVES = 20_000

FILL: LiteralString = """
insert into ledger_node (level, index, hash)
select level, index, sha256(int8send(index))
from generate_series(0, 14) as level (level)
cross join lateral generate_series(0, (%s >> level) - 1) as index (index)
"""


@pytest.mark.parametrize("query", [queries.NODES, queries.LEAVES])
async def test_a_page_is_looked_up_by_its_place(pool: Pool, query: LiteralString) -> None:
    async with as_owner(pool) as owner:
        await owner.execute(FILL, [LEAVES])
        await owner.execute("analyze ledger_node")
        await owner.execute("set local enable_nestloop = off")  # a hash join is what it chooses for millions of nodes
        plan = await owner.execute("explain " + query, {"start": LEAVES // 2, "end": LEAVES // 2 + 256})
        assert not [line for (line,) in await plan.fetchall() if "Seq Scan" in line]
        await owner.rollback()
