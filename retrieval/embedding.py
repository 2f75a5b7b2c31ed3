"""Text to dense vectors: the port, and the text that stands for a chunk."""

from collections.abc import Sequence
from typing import Protocol

from retrieval.corpus import Chunk
from retrieval.index import Vector

PREFIX_HEADINGS = 2


class Embedder(Protocol):
    """A sentence embedding model. Calls run outside the event loop; vectors are L2-normalised."""

    @property
    def name(self) -> str:
        """Model and precision; part of the key under which vectors are cached."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        """One vector a text, shape (len(texts), dimension). Raises `EmbeddingFailed`."""

    async def embed_query(self, text: str) -> Vector:
        """Shape (dimension,). Raises `EmbeddingFailed`."""


def contextualise(title: str, chunk: Chunk) -> str:
    """A chunk as the model and the word index read it: under its title, its nearest headings and its header row.

    A piece of a long text seldom names what it is about; its title and headings do, and a piece of a table
    what its columns are.
    """
    prefix = (title, *chunk.locator.heading_path[-PREFIX_HEADINGS:], chunk.header)
    return "\n".join([*filter(None, prefix), chunk.text])
