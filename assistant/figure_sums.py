"""Sums of figures over days, and what is told of a period: the words of the console's figures."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Self
from uuid import UUID

from assistant.figures import time_of
from retrieval.corpus import Collection


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, in Paris, both in it."""

    since: dt.date
    until: dt.date

    @classmethod
    def last(cls, days: int, until: dt.date) -> Self:
        """So many days, of which that is the last."""
        return cls(until - dt.timedelta(days=days - 1), until)

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.until - self.since).days + 1

    @property
    def whole_months(self) -> tuple[dt.date, dt.date]:
        """The first day of its first whole month, and that of the month after its last one.

        Both are its first day where it has none.
        """
        first = self.since if self.since.day == 1 else _next_month(self.since)
        after = _next_month(self.until) if (self.until + dt.timedelta(days=1)).day == 1 else self.until.replace(day=1)
        return (first, after) if first < after else (self.since, self.since)

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        return Period.last(self.days, self.since - dt.timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Sums:
    """How many of each; `doubtful` answers have a sentence that nothing bears out, `told` somebody's word of what they
    saved, `metered` an energy that is known. Of `estimated` answers tokens were counted by the length of texts.
    """

    questions: int = 0
    tasks: int = 0
    answered: int = 0
    refused: int = 0
    abandoned: int = 0
    doubtful: int = 0
    cited: int = 0
    supported: int = 0
    unsupported: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: int = 0
    generating_ms: int = 0
    energy_wh: float = 0.0
    metered: int = 0
    useful: int = 0
    useless: int = 0
    told: int = 0
    saved_minutes: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """What a row of the table has of these; the rest is 0."""
        return cls(**{one.name: row[one.name] for one in fields(cls) if one.name in row})

    @classmethod
    def total(cls, sums: Iterable["Sums"]) -> "Sums":
        """All of them together."""
        return Sums(*(sum(column) for column in zip(*map(_columns, sums), strict=True)))

    @property
    def asked(self) -> int:
        """Questions and tasks."""
        return self.questions + self.tasks


_columns = attrgetter(*(one.name for one in fields(Sums)))


@dataclass(frozen=True, slots=True)
class DaySums:
    """What was counted on a day."""

    day: dt.date
    sums: Sums


@dataclass(frozen=True, slots=True)
class Spread:
    """Times in milliseconds: half of all are at most `half`, 95 of 100 at most `most`; None where there is none."""

    half: float | None
    most: float | None

    @classmethod
    def of(cls, steps: Sequence[tuple[int, int]]) -> Self:
        """From how many fell into each step, in their order; exact to a twentieth."""
        return cls(_share(steps, 0.5), _share(steps, 0.95))


@dataclass(frozen=True, slots=True)
class Measured:
    """What is told of one period. A person counts once a month; None: their time of keeping is over."""

    period: Period
    sums: Sums
    people: int | None
    waiting: Spread
    answering: Spread


@dataclass(frozen=True, slots=True)
class CollectionSums:
    """What was counted of a collection."""

    collection: Collection
    sums: Sums


@dataclass(frozen=True, slots=True)
class FigureReport:
    """The figures of a period, those of the one before it, day by day, and collection by collection.

    `collection_id` is that of the collection whose figures they are; None: of all.
    """

    now: Measured
    before: Measured
    days: Sequence[DaySums]
    collections: Sequence[CollectionSums]
    collection_id: UUID | None


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def _share(steps: Sequence[tuple[int, int]], share: float) -> float | None:
    left = share * sum(count for _, count in steps)
    for step, count in steps:
        left -= count
        if left <= 0:
            return time_of(step)
    return None
