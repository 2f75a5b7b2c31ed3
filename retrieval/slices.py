"""An evaluation's questions in parts: where search is good, and where it is not."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.evaluation_run import EvaluatedQuestion, EvaluationRun

# Below so many questions a figure says little.
FEW = 30

# A word as a reader counts it: «l’employeur», «rendez-vous», «L162» are one each.
_WORD = re.compile(r"[^\W_]+(?:['’‑-][^\W_]+)*")

_LENGTHS = ((3, "1-3"), (7, "4-7"), (15, "8-15"))
_LONGER = "16+"


class Axis(StrEnum):
    """By what the questions are parted."""

    COLLECTION = "collection"
    """What holds the relevant documents, of the collections searched (several, perhaps); "" where none does."""
    LENGTH = "length"
    """Words: `1-3`, `4-7`, `8-15`, `16+`."""
    REFERENCE = "reference"
    """Whether a legal text is named: `with`, `without`."""
    UNKNOWN_WORD = "unknown_word"
    """Whether a word is neither in what was searched nor in ordinary French, as errors are: `with`, `without`."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The questions that have one value on one axis; at least one."""

    axis: Axis
    value: str
    questions: tuple[EvaluatedQuestion, ...]

    @property
    def few(self) -> bool:
        """Whether there are too few questions for the figures to say much."""
        return len(self.questions) < FEW


def slices(run: EvaluationRun) -> list[Slice]:
    """All slices that hold a question; an axis on which nobody looked at the questions has none."""
    values: dict[Axis, Callable[[EvaluatedQuestion], Iterable[str]]] = {
        Axis.COLLECTION: lambda one: _collections(run, one),
        Axis.LENGTH: lambda one: [length(one.question)],
        Axis.REFERENCE: lambda one: _with(one.has_reference),
        Axis.UNKNOWN_WORD: lambda one: _with(one.has_unknown_word),
    }
    return [part for axis, values_of in values.items() for part in _parted(axis, run.questions, values_of)]


def length(question: str) -> str:
    """The class of the question's length in words."""
    words = len(_WORD.findall(question))
    return next((name for most, name in _LENGTHS if words <= most), _LONGER)


def _collections(run: EvaluationRun, one: EvaluatedQuestion) -> set[str]:
    held = {name for id_ in one.relevant if id_ in run.documents for name in run.documents[id_].collections}
    return held or {""}


def _with(trait: bool | None) -> list[str]:
    return [] if trait is None else ["with" if trait else "without"]


def _parted(
    axis: Axis, questions: Sequence[EvaluatedQuestion], values_of: Callable[[EvaluatedQuestion], Iterable[str]]
) -> Iterator[Slice]:
    parts: dict[str, list[EvaluatedQuestion]] = {}
    for one in questions:
        for value in values_of(one):
            parts.setdefault(value, []).append(one)
    for value in sorted(parts, key=lambda name: (_order(name), name)):
        yield Slice(axis, value, tuple(parts[value]))


def _order(value: str) -> int:
    known = [name for _, name in _LENGTHS]
    return known.index(value) if value in known else len(known)
