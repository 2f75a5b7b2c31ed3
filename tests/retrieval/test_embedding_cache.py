"""Vectors are kept by their texts, but not those of files of conversations."""

from uuid import uuid4

from retrieval.catalog import Catalog
from retrieval.embedding import Embedder
from retrieval.embedding_cache import CachedEmbedder, forget_private
from tests.retrieval.small_corpus import Corpus


async def kept(corpus: Corpus) -> int:
    async with corpus.pool.connection() as connection:
        row = await (await connection.execute("select count(*) from embedding")).fetchone()
    assert row is not None
    return int(row[0])


async def test_only_texts_of_files_of_conversations_are_forgotten(corpus: Corpus, e5: Embedder) -> None:
    embedder = CachedEmbedder(e5, corpus.pool)
    await embedder.embed_passages(["Un texte de tous.", "Un fichier joint."])
    shared = await corpus.collection("Notes", {})
    async with corpus.pool.connection() as connection:
        private = await Catalog().private_collection(connection, "s-agent", uuid4(), create=True)
        assert private is not None
        await forget_private(connection, "another model", [(private.id, "Un fichier joint.")])
        await forget_private(connection, e5.name, [(shared.id, "Un texte de tous.")])
    assert await kept(corpus) == 2
    async with corpus.pool.connection() as connection:
        await forget_private(connection, e5.name, [(private.id, "Un fichier joint."), (private.id, "Un autre.")])
    assert await kept(corpus) == 1
