"""Asking an index for all that a ranker weighs: what is near to a question, and to the question made richer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from retrieval.index import Index, Listed, PartialLists, Point, Respect, SparseVector, Vector, Wanted
from retrieval.ranking.feedback import drawn, feedback, widened
from retrieval.ranking.table import LENGTHS, Lists
from retrieval.within import Within


@dataclass(frozen=True, slots=True)
class Question:
    """In vectors; `meaning` has shape (dimension,), `words` are the question's."""

    meaning: Vector
    words: SparseVector


@dataclass(frozen=True, slots=True)
class Listing:
    """`near` are the nearest by meaning in all that is readable; `is_partial` where a part of the index could not be
    asked."""

    lists: Lists
    near: Sequence[Listed]
    is_partial: bool


async def listed(index: Index, question: Question, within: Within, readable: Within) -> Listing:
    """The lists in there. The first passages, by which the question is made richer, are of all that is `readable`.

    Raises `IndexUnavailable`, `IndexOutdated`.
    """
    wanted = [
        _wanted(Respect.MEANING, question.meaning),
        _wanted(Respect.WORDS, question.words),
        _wanted(Respect.WHOLE, question.words),
        _wanted(Respect.TITLE, question.words),
    ]
    first = await index.lists(wanted, within=within)
    by_respect = {one.respect: some for one, some in zip(wanted, first, strict=True)}
    near = first[:2] if within == readable else await _near(index, question, readable)
    shares = feedback(near[0], near[1])
    richer = _richer(question, await index.read(list(shares)), shares)
    further = await index.lists([_wanted(Respect.WHOLE, richer.words)], within=within)
    everything = [one for some in (*first, *further) for one in some]
    untitled = [one for one in (*by_respect[Respect.WHOLE], *further[0]) if not one.is_titled]
    lists = Lists(
        by_respect,
        {Respect.MEANING: await _compared(index, everything, richer.meaning), Respect.WHOLE: further[0]},
        openings=await _compared(index, untitled, question.meaning),
    )
    return Listing(lists, near[0], any(isinstance(some, PartialLists) for some in (first, near, further)))


async def _compared(index: Index, listed: Iterable[Listed], meaning: Vector) -> list[Listed]:
    """The same chunks by meaning: to compare these few costs next to nothing, to look for others as much as before."""
    found = {one.id: one for one in listed}
    scores = await index.similarities(found, meaning)
    return [replace(found[id_], score=score) for id_, score in scores.items()]


async def _near(index: Index, question: Question, readable: Within) -> list[list[Listed]]:
    wanted = [
        _wanted(Respect.MEANING, question.meaning),
        _wanted(Respect.WORDS, question.words),
    ]
    return await index.lists(wanted, within=readable)


def _richer(question: Question, points: Sequence[Point], shares: Mapping[UUID, float]) -> Question:
    meaning = drawn(question.meaning, points, shares) if points and question.meaning.size else question.meaning
    return Question(meaning, widened(question.words, points, shares))


def _wanted(respect: Respect, vector: Vector | SparseVector) -> Wanted:
    return Wanted(respect, vector, LENGTHS[respect])
