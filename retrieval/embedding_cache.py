"""Vectors kept by the content of their text, so that what was embedded once is not embedded again."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

import numpy as np

from retrieval.embedding import Embedder
from retrieval.index import Vector
from retrieval.rows import Connection, Pool

SELECT_VECTORS: LiteralString = "select key, vector from embedding where model = %s and key = any(%s)"

# Two imports may embed one text at once; their vectors are the same.
INSERT_VECTORS: LiteralString = """
insert into embedding (model, key, vector)
select %s, key, vector from unnest(%s::bytea[], %s::bytea[]) as new (key, vector)
on conflict do nothing
"""

# Of texts of conversations' files, which go when they go: a vector tells what its text was about.
FORGET_PRIVATE: LiteralString = """
delete from embedding using unnest(%s::uuid[], %s::bytea[]) as indexed (collection_id, key), collection
where model = %s and embedding.key = indexed.key
    and collection.id = indexed.collection_id and conversation_id is not null
"""

# Of texts that were erased: where another document says the same, it is embedded once more.
FORGET: LiteralString = "delete from embedding where key = any(%s::bytea[])"

# Kept little-endian, whatever the machine.
STORED = np.dtype("<f4")


class CachedEmbedder:
    """`Embedder` that asks another one only for passages it has not seen. Questions are not kept."""

    def __init__(self, embedder: Embedder, pool: Pool) -> None:
        self._embedder = embedder
        self._pool = pool

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        """Shape (len(texts), dimension). Raises `EmbeddingFailed`."""
        keys = [_key(text) for text in texts]
        vectors = await self._known(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}
        if missing:
            embedded = await self._embedder.embed_passages(list(missing.values()))
            new = dict(zip(missing, embedded, strict=True))
            await self._keep(new)
            vectors |= new
        return np.array([vectors[key] for key in keys], dtype=np.float32).reshape(len(texts), self.dimension)

    async def embed_query(self, text: str) -> Vector:
        """Shape (dimension,). Raises `EmbeddingFailed`."""
        return await self._embedder.embed_query(text)

    async def _known(self, keys: Sequence[bytes]) -> dict[bytes, Vector]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SELECT_VECTORS, [self.name, list(keys)])).fetchall()
        return {key: np.frombuffer(vector, dtype=STORED) for key, vector in rows}

    async def _keep(self, vectors: Mapping[bytes, Vector]) -> None:
        stored = [vector.astype(STORED).tobytes() for vector in vectors.values()]
        async with self._pool.connection() as connection:
            await connection.execute(INSERT_VECTORS, [self.name, list(vectors), stored])


async def forget_private(connection: Connection, model: str, texts: Sequence[tuple[UUID, str]]) -> None:
    """Keep no vector of those texts, by their collections, that are of files of conversations: the index has them."""
    collections, keys = [one for one, _ in texts], [_key(text) for _, text in texts]
    await connection.execute(FORGET_PRIVATE, [collections, keys, model])


async def forget(connection: Connection, texts: Sequence[str]) -> None:
    """Keep no vector of those texts, of whatever model."""
    await connection.execute(FORGET, [[_key(text) for text in texts]])


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
