"""Starting anew with another embedding model, where nothing depends on the one in use any more: recorded."""

from secrets import token_hex

from psycopg import Rollback

from policies import Act, Event, Json, Ledger, Principal
from retrieval.catalog import Catalog
from retrieval.errors import EmbeddingModelMissing, ModelUnknown
from retrieval.open_spaces import Indexes, Models
from retrieval.rows import Pool
from retrieval.space_table import SpaceRow, SpaceTable


async def replace_lost_model(
    pool: Pool, models: Models, indexes: Indexes, catalog: Catalog, ledger: Ledger, principal: Principal
) -> None:
    """Let the current model be in use where that in use is unknown or missing, and its index is not there or is empty.

    All documents then wait to be read again. Raises `IndexUnavailable`.
    """
    table = SpaceTable()
    async with pool.connection() as connection:
        row = await table.in_use(connection)
    if row is None or not await is_lost(row, models, indexes):
        return
    async with pool.connection() as connection, connection.transaction():
        await catalog.mark_all_pending(connection)  # first: who switches locks documents before the table
        await table.lock(connection)
        if await table.in_use(connection) != row:  # another process was faster, and has done this
            raise Rollback
        await table.start_anew(connection, token_hex(4), models.current)
        details: dict[str, Json] = {"embedding": models.current, "instead_of": row.embedding, "index": "lost"}
        await ledger.append(connection, Event(Act.EMBEDDING_SWITCHED, principal, details))


async def is_lost(row: SpaceRow, models: Models, indexes: Indexes) -> bool:
    """Whether its model cannot be opened, another one can take its place, and nothing is in its index.

    Raises `IndexUnavailable`.
    """
    if row.embedding == models.current or await indexes.points(row.place):
        return False
    try:
        async with models.opened(row.embedding):
            return False
    except (ModelUnknown, EmbeddingModelMissing):
        return True
