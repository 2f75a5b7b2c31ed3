"""Where each passage stood at each stage of a search: by meaning, by words, fused, in the search's order, reranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from retrieval.corpus import Passage
from retrieval.index import Fusion, Hit, Listed, Respect, Wanted
from retrieval.ranking.table import LENGTHS
from retrieval.references import asked
from retrieval.results import Found
from retrieval.trace import ChunkKey, Trace, key_of

LISTED = LENGTHS[Respect.MEANING]
"""So many of the nearest are compared at each stage; what is further away has no place there."""


@dataclass(frozen=True, slots=True)
class Place:
    """The rank, from 1, and the score there, higher is better."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Stages:
    """A passage's places; None where it was not among the first `LISTED`, or where there was no such stage.

    `meaning` is by cosine, `words` by BM25, `fused` both by rank, `ordered` what the search made of them (the same as
    `fused` where no order was learned), `reranked` what a reranker gave.
    """

    meaning: Place | None
    words: Place | None
    fused: Place | None
    ordered: Place | None
    reranked: Place | None


@dataclass(frozen=True, slots=True)
class Explained:
    """What was found, and how; `stages` are those of its passages, in their order.

    `for_meaning` and `for_words` are the question as each was searched, `references` the legal texts that it names.
    """

    found: Found
    stages: tuple[Stages, ...]
    for_meaning: str
    for_words: str
    references: tuple[str, ...]
    learned: bool
    reranked: bool


async def explain(question: str, found: Found, trace: Trace, fusion: Fusion) -> Explained:
    """What the trace of the search says of it. Asks the index again, in the same scope. Raises `IndexUnavailable`."""
    sought = trace.sought
    assert sought is not None  # noqa: S101 - a search that has ended has filled it
    within, vectors = sought.scope.within, sought.vectors
    wanted = [Wanted(Respect.MEANING, vectors.meaning, LISTED), Wanted(Respect.WORDS, vectors.words, LISTED)]
    meaning, words = await sought.index.lists(wanted, within=within)
    points = await sought.index.read(_of(found.passages, [*meaning, *words]))
    keys = {point.id: key_of(point) for point in points}
    fused = await sought.index.search(vectors.meaning, vectors.words, within=within, fusion=fusion, limit=LISTED)
    places = [
        _listed(meaning, keys),
        _listed(words, keys),
        _placed(fused),
        _placed(sought.hits),
        _ranked(trace.reranked),
    ]
    return Explained(
        found=found,
        stages=tuple(Stages(*(stage.get(key_of(passage)) for stage in places)) for passage in found.passages),
        for_meaning=sought.understood.text_for_meaning,
        for_words=sought.understood.text_for_words,
        references=tuple(map(str, asked(question))),
        learned=sought.learned,
        reranked=bool(trace.reranked),
    )


def _of(passages: Sequence[Passage], listed: Sequence[Listed]) -> list[UUID]:
    """The chunks in lists that are of the passages' documents: the passages are among them."""
    documents = {(str(one.collection_id), one.document_id) for one in passages}
    return list(dict.fromkeys(one.id for one in listed if (one.collection_id, one.document_id) in documents))


def _listed(listed: Sequence[Listed], keys: Mapping[UUID, ChunkKey]) -> dict[ChunkKey, Place]:
    ranked = enumerate(listed, start=1)
    return {keys[one.id]: Place(rank, one.score) for rank, one in ranked if one.id in keys}


def _placed(hits: Sequence[Hit]) -> dict[ChunkKey, Place]:
    return {key_of(hit): Place(rank, hit.score) for rank, hit in enumerate(hits, start=1)}


def _ranked(scores: Mapping[ChunkKey, float]) -> dict[ChunkKey, Place]:
    best = sorted(scores, key=lambda key: -scores[key])
    return {key: Place(rank, scores[key]) for rank, key in enumerate(best, start=1)}
