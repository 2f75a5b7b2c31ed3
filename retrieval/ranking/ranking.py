"""The chunks of an index in the order of a ranker."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

import numpy as np

from retrieval.index import Hit, Index, Listed, PartialHits, Respect
from retrieval.ranking.features import Candidates, candidates
from retrieval.ranking.listing import Question, listed
from retrieval.ranking.ranker import Ranker
from retrieval.ranking.standing import Floats
from retrieval.ranking.table import LENGTHS, OF_WORDS, DocumentKey, Lists, firsts
from retrieval.watch import UNWATCHED, Step, Watch
from retrieval.within import Within

# What a chunk loses of its document's score for each deviation that it stands below the document's best.
BELOW = 0.25


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best chunks; `PartialHits` where a part of the index is away. `near` as in `Listing`, where that was made."""

    hits: list[Hit]
    near: Sequence[Listed] | None = None


async def ranked(
    index: Index,
    question: Question,
    ranker: Ranker,
    *,
    within: Within,
    readable: Within,
    limit: int,
    documents: bool,
    watch: Watch = UNWATCHED,
) -> Ranking:
    """The best chunks in there, with `documents` one of each.

    Feedback takes its passages from all that is `readable`, whatever the person has narrowed the search to; none of
    them is given back for that. Raises `IndexUnavailable`, `IndexOutdated`.
    """
    with watch.step(Step.SEARCH):
        listing = await listed(index, question, within, readable)
    with watch.step(Step.RANK):
        found = candidates(listing.lists)
        preferred = _having_words(listing.lists) if len(question.words.indices) == 1 else frozenset()
        scores = _best(found, ranker.scores(found), preferred, limit, documents=documents)
        hits = await index.hits(scores, question.meaning)
    return Ranking(PartialHits(hits) if listing.is_partial else hits, listing.near)


def _having_words(lists: Lists) -> frozenset[DocumentKey]:
    """Documents that have the one word of a question: who types a single word looks for it, before what is near it.

    None where so many have it that not all are listed: which of them are is then a matter of order.
    """
    if len(lists.first[Respect.WHOLE]) >= LENGTHS[Respect.WHOLE]:
        return frozenset()
    some = chain.from_iterable(lists.first[respect] for respect in OF_WORDS)
    return frozenset((one.collection_id, one.document_id) for one in some)


def _best(
    found: Candidates, scores: Floats, preferred: frozenset[DocumentKey], limit: int, *, documents: bool
) -> dict[UUID, float]:
    """The ids of the best chunks with their scores, the best first; the documents that are preferred before others."""
    ahead = float(np.ptp(scores)) + 1 if len(scores) else 0.0
    favoured = scores + ahead * np.array([key in preferred for key in found.documents], dtype=np.float64)
    of_chunks = favoured[found.document_of] - BELOW * found.below
    places = firsts(found.document_of) if documents else range(len(found.chunks))
    scored = sorted((-float(of_chunks[place]), found.chunks[place]) for place in places)
    return {chunk: -score for score, chunk in scored[:limit]}
