"""How strongly what was found carries a question: by its words, and by what else lies near it.

No single number tells. A question that nothing answers still has a nearest passage, which may be as near as that of
another question that is answered: what tells them apart is whether the rare words of the question stand there, and
whether what else may be read is about the same matter.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.embedding import contextualise
from retrieval.index import Hit, Index, Listed, Respect, Vector, Wanted
from retrieval.ranking.table import LENGTHS
from retrieval.sparse import SparseEncoder
from retrieval.understanding.lexicon import Lexicon
from retrieval.understanding.words import fold, words
from retrieval.within import Within

# Passages whose words count: as many as an answer stands on.
PASSAGES = 4

# Chunks whose mean nearness says whether the texts are about what is asked: a list by meaning.
NEIGHBOURS = LENGTHS[Respect.MEANING]

# Of all words, the share that a word is given which nobody uses.
UNKNOWN = 1e-7

# By token id, what a word tells (in nats).
Information = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Nearby:
    """What lies nearest to a question by meaning, among the `chunks` of all that the person may read.

    `nearest` is the cosine of the nearest chunk, `around` the mean of the first hundred; all are 0 where the question's
    meaning could not be had. The more chunks there are, the nearer the nearest is of itself.
    """

    nearest: float = 0.0
    around: float = 0.0
    chunks: int = 0


async def nearby(index: Index, meaning: Vector, readable: Within, near: Sequence[Listed] | None = None) -> Nearby:
    """`near` is the list by meaning of what is readable, where it is known already.

    Raises `IndexUnavailable`, `IndexOutdated`.
    """
    if not meaning.size:
        return Nearby()
    if near is None:
        (near,) = await index.lists([Wanted(Respect.MEANING, meaning, NEIGHBOURS)], within=readable)
    if not near:
        return Nearby()
    scores = [one.score for one in near]
    return Nearby(scores[0], sum(scores) / len(scores), await index.count(readable.collections))


def information(question: str, lexicon: Lexicon, sparse: SparseEncoder) -> Information:
    """What each word of the question tells: the rarer, the more (Shannon, 1948).

    Of a question without words, and of one of whose words nothing is known, everything tells as much.
    """
    told: dict[int, float] = {}
    for word in (fold(place[0]) for place in words(question)):
        share = sum(form.share for form in lexicon.forms.get(word, ()))
        for stem in sparse.stems(word):
            told[stem] = max(told.get(stem, 0.0), -math.log(max(share, UNKNOWN)))
    return told or dict.fromkeys(sparse.query(question).indices, 1.0)


def coverage(told: Information, hits: Sequence[Hit], sparse: SparseEncoder) -> float:
    """The share of what the question's words tell that stands in one passage, its title or its headings; the best."""
    total = sum(told.values())
    texts = (contextualise(hit.metadata.title, hit.chunk) for hit in hits[:PASSAGES])
    held = (told.keys() & sparse.document(text).indices for text in texts)
    return max((sum(told[stem] for stem in stems) / total for stems in held), default=0.0) if total else 0.0
