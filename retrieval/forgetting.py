"""The vectors kept of texts (`embedding_cache`) go with what is removed: a vector tells what its text was about.

What was embedded is told by the index: this comes before its points go.
"""

from collections.abc import Set
from uuid import UUID

from retrieval.embedding import contextualise
from retrieval.embedding_cache import forget
from retrieval.index import Index
from retrieval.rows import Pool


async def texts_of(index: Index, collection_id: UUID, document_id: str) -> list[str]:
    """What was embedded of a document, as far as its points are there. Raises `IndexUnavailable`."""
    points = await index.points(collection_id, document_id)
    return [contextualise(point.metadata.title, point.chunk) for point in points]


async def forget_collections(pool: Pool, index: Index, collections: Set[UUID]) -> None:
    """Keep no vector of what is in there, known to the catalogue or not. Raises `IndexUnavailable`."""
    if not collections:
        return
    left = {(one.collection_id, one.document_id) async for one in index.stored() if one.collection_id in collections}
    for place in left:
        texts = await texts_of(index, *place)
        async with pool.connection() as connection:
            await forget(connection, texts)
