"""Texts that a question names by a legal reference come before whatever else is found for it.

Of several texts of one name, the order is: as the question names them, then the exact name before a vaguer one (the
article of the code that is named, before that of a collection that does not say of which code), then the shorter
title (an article before a commentary that begins with its name), then the nearer to the question.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from retrieval.index import Hit, Index, Link, PartialHits, Vector
from retrieval.references import Reference, asked, names
from retrieval.within import Within

REFERENCES = 8  # of one question
READ = 64  # chunks, of all the texts that are named
CHUNKS_PER_TEXT = 4


async def named_first(question: str, index: Index, dense: Vector, within: Within, hits: list[Hit]) -> list[Hit]:
    """The hits, behind those of the texts in there that the question names (`Hit.named`).

    The index is asked once more only where there is a reference in the question, and twice for a NOR that is no text's
    number: where a text has another number, its NOR stands in its first lines. Raises `IndexUnavailable`.
    """
    references = asked(question)[:REFERENCES]
    if not references:
        return hits
    wanted = _wanted(references)
    found = await index.linked(Link.NAMED, wanted, dense, within=within, limit=READ)
    nors = [key for key in wanted if key.startswith("NOR ")]
    if not found and nors:
        quoting = await index.linked(Link.CITING, nors, dense, within=within, limit=READ)
        found = _like(quoting, [hit for hit in quoting if hit.chunk.ordinal == 0])
    return _ahead(_like(found, _ordered(found, wanted)), hits)


def _wanted(references: Sequence[Reference]) -> dict[str, int]:
    """The index's words for the texts that are named, the first wanted first."""
    wanted: dict[str, int] = {}
    for reference in references:
        for key in reference.looked_for():
            wanted.setdefault(key, len(wanted))
    return wanted


def _ordered(found: Sequence[Hit], wanted: dict[str, int]) -> list[Hit]:
    """The best texts first, each by its nearest chunks."""

    def place(hit: Hit) -> tuple[int, int]:
        keys = names(hit.metadata) & wanted.keys()
        return min((wanted[key] for key in keys), default=len(wanted)), len(hit.metadata.title)

    chunks: Counter[tuple[object, str]] = Counter()
    some = []
    for hit in sorted(found, key=place):
        text = hit.collection_id, hit.document_id
        chunks[text] += 1
        if chunks[text] <= CHUNKS_PER_TEXT:
            some.append(hit)
    return some


def _ahead(named: list[Hit], hits: list[Hit]) -> list[Hit]:
    """All of them, those that are named once only, and with the higher scores."""
    top = hits[0].score if hits else 0.0
    first = [replace(hit, score=top + 1 / rank, named=True) for rank, hit in enumerate(named, 1)]
    places = {_chunk(hit) for hit in named}
    rest = [hit for hit in hits if _chunk(hit) not in places]
    return _like(named, [*first, *rest]) if isinstance(named, PartialHits) else _like(hits, [*first, *rest])


def _chunk(hit: Hit) -> tuple[object, ...]:
    return hit.collection_id, hit.document_id, hit.version, hit.chunk.ordinal


def _like(hits: list[Hit], others: list[Hit]) -> list[Hit]:
    """The others, said to be partial if the hits are."""
    return PartialHits(others) if isinstance(hits, PartialHits) else others
