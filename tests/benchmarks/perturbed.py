"""A corpus of any size, made of a real one: its chunks many times over, each copy changed a little.

The first copy is the corpus itself. In the others each dense vector is moved as two other chunks' vectors differ, so
that copies spread in the directions in which texts differ; noise on every coordinate alike would make knots of hundreds
of copies, each as near as the next. One word in twelve is of one of these chunks, one in sixteen is gone. A document's
chunks stay together; its copies lie in collections of very uneven size. Most texts are in force from a day on, some of
them no more.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from retrieval import DocumentMetadata, Point, SparseEncoder
from retrieval.embedding import contextualise

MOVED = 0.53  # of the difference: as near to the real vector as the chunk nearest to it is, in the median (cosine .962)
EXCHANGED, DROPPED = 1 / 12, 1 / 16
SKEW = 0.8  # the n-th collection has n^-SKEW of the first one's documents
KNOWN, REPEALED = 0.8, 0.2
FIRST, LAST = dt.date(1990, 1, 1).toordinal(), dt.date(2027, 6, 30).toordinal()
LONGEST = 6_000  # days in force


def perturbed(real: Sequence[Point], collections: Sequence[UUID], count: int) -> Iterator[Point]:
    """So many points, the same at each call; the id of a document's copy is `copy/id`."""
    words, documents = SparseEncoder(), list(dict.fromkeys(point.document_id for point in real))
    for copy in range(-(-count // len(real))):
        draw = np.random.default_rng(copy)
        drawn = draw.choice(len(collections), len(documents), p=shares_of(len(collections)))
        homes = dict(zip(documents, drawn, strict=True))
        days = {document: _days(draw) for document in documents}
        for number, point in enumerate(real[: count - copy * len(real)]):
            home = collections[homes[point.document_id]]
            moved = replace(
                point,
                id=UUID(int=copy * len(real) + number + 1),
                collection_id=home,
                document_id=f"{copy}/{point.document_id}",
                metadata=_dated(point.metadata, *days[point.document_id]),
            )
            yield _changed(moved, real, words, draw) if copy else moved


def shares_of(collections: int) -> NDArray[np.float64]:
    """Of the documents, the share that each of so many collections is to have; the first has the most."""
    weights = np.arange(1, collections + 1) ** -SKEW
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def _days(draw: np.random.Generator) -> tuple[dt.date | None, dt.date | None]:
    if draw.random() > KNOWN:
        return None, None
    start = int(draw.integers(FIRST, LAST))
    end = start + int(draw.integers(1, LONGEST)) if draw.random() < REPEALED else None
    return dt.date.fromordinal(start), None if end is None else dt.date.fromordinal(end)


def _dated(metadata: DocumentMetadata, start: dt.date | None, end: dt.date | None) -> DocumentMetadata:
    return replace(metadata, in_force_from=start, repealed_on=end)


def _changed(point: Point, real: Sequence[Point], words: SparseEncoder, draw: np.random.Generator) -> Point:
    one, another = (real[number] for number in draw.integers(len(real), size=2))
    dense = point.dense + np.float32(MOVED) * (one.dense - another.dense)
    other = one.chunk.text.split()
    own = point.chunk.text.split()
    chances = draw.random(len(own))
    text = " ".join(
        other[place % len(other)] if other and chance < EXCHANGED else word
        for place, (word, chance) in enumerate(zip(own, chances, strict=True))
        if chance < 1 - DROPPED
    )
    chunk = replace(point.chunk, text=text)
    return replace(
        point,
        chunk=chunk,
        dense=dense / np.linalg.norm(dense),
        sparse=words.document(contextualise(point.metadata.title, chunk)),
    )
