"""The chunks of an index in the order of a ranker."""

from uuid import UUID

from retrieval.index import Hit, Index, PartialHits
from retrieval.ranking.features import Candidates, candidates
from retrieval.ranking.listing import Question, listed
from retrieval.ranking.ranker import Ranker
from retrieval.within import Within

# What a chunk loses of its document's score for each deviation that it stands below the document's best.
BELOW = 0.25


async def ranked(
    index: Index, question: Question, ranker: Ranker, *, within: Within, readable: Within, limit: int, documents: bool
) -> list[Hit]:
    """The best chunks in there, with `documents` one of each; `PartialHits` where a part of the index is away.

    Feedback takes its passages from all that is `readable`, whatever the person has narrowed the search to; none of
    them is given back for that. Raises `IndexUnavailable`, `IndexOutdated`.
    """
    listing = await listed(index, question, within, readable)
    scores = _best(candidates(listing.lists), ranker, limit, documents=documents)
    hits = await index.hits(scores, question.meaning)
    return PartialHits(hits) if listing.is_partial else hits


def _best(found: Candidates, ranker: Ranker, limit: int, *, documents: bool) -> dict[UUID, float]:
    """The ids of the best chunks with their scores, the best first."""
    scored = [
        (float(score) - BELOW * below, chunk)
        for key, score in zip(found.documents, ranker.scores(found), strict=True)
        for chunk, below in (found.chunks[key][:1] if documents else found.chunks[key])
    ]
    scored.sort(key=lambda one: (-one[0], one[1]))
    return {chunk: score for score, chunk in scored[:limit]}
