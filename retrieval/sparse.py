"""Text to sparse vectors: BM25 with French stems and stop words.

The engine multiplies a document's term weights by the inverse document frequency when it searches
(Robertson & Zaragoza, 2009), so that nothing here depends on the rest of the corpus. Token ids are
hashes of stems and are the same whichever engine holds the index.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from qdrant_edge import Bm25, Bm25Config, Language, StopwordsSet
from qdrant_edge import SparseVector as EdgeSparseVector

from retrieval.corpus import Chunk
from retrieval.index import DocumentWords, SparseVector

# Names this way of making tokens and weights: an index made by another is not compatible with it.
NAME = "bm25-fr-1"

# Words of a mean chunk, stop words left out; the usual 256 takes every chunk for a short one.
MEAN_LENGTH = 90.0

# Of a mean document, taken short: so that a long one does not win by its length.
MEAN_DOCUMENT = 120.0

# Words whose stems are remembered.
STEMS = 20_000

# Accents go first, since people who type in a hurry leave them out; so the stop words that have one
# must stand without it too. The words that make a question say nothing of what it is about.
STOP_WORDS = """
    a ete etee etees etes etant etais etait etions etiez etaient meme memes
    combien comment pourquoi quand quel quelle quelles quels lequel laquelle lesquels lesquelles
    faut peut peuvent doit doivent
"""


class SparseEncoder:
    """Elided articles (l’, d’, qu’), case, accents, endings and ligatures make no difference."""

    def __init__(self) -> None:
        stop_words = StopwordsSet(languages={Language.French}, custom=set(STOP_WORDS.split()))
        french: dict[str, Any] = {"language": "french", "ascii_folding": True, "stopwords": stop_words}
        self._bm25 = Bm25(Bm25Config(**french, avg_len=MEAN_LENGTH))
        self._of_documents = Bm25(Bm25Config(**french, avg_len=MEAN_DOCUMENT))

    def document(self, text: str) -> SparseVector:
        """Saturated, length-normalised term frequencies."""
        return _vector(self._bm25.embed_document(_normal(text)))

    def whole(self, title: str, chunks: Sequence[Chunk]) -> DocumentWords:
        """A document, as its first chunk stands for it; its chunks come in their order."""
        headings = chunks[0].locator.heading_path if chunks else ()
        text = "\n".join([title, *headings, *(chunk.text for chunk in chunks)])
        return DocumentWords(self.document(title), _vector(self._of_documents.embed_document(_normal(text))))

    def query(self, text: str) -> SparseVector:
        """Each distinct term once; a text of stop words alone gives an empty vector."""
        return _vector(self._bm25.embed_query(_normal(text)))

    @lru_cache(maxsize=STEMS)  # noqa: B019 - a process has one encoder
    def stems(self, word: str) -> tuple[int, ...]:
        """The token ids of one word, none for a stop word."""
        return self.document(word).indices


def _vector(vector: EdgeSparseVector) -> SparseVector:
    return SparseVector(indices=tuple(vector.indices), values=tuple(vector.values))


def _normal(text: str) -> str:
    """One code point for each accented letter and each letter of a ligature, whatever the author typed on."""
    return unicodedata.normalize("NFKC", text)
