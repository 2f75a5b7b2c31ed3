"""The figures of answers as those see them who keep collections, or run the product.

Invariants:
1. Who may not run the product sees the figures of the collections that they may add to, one by one, and no others.
2. A page costs as much as its period has days: sums are read, never answers.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from assistant import figure_queries as queries
from assistant.figure_sums import CollectionSums, DaySums, FigureReport, Measured, Period, Spread, Sums
from assistant.figures import ALL, PARIS
from policies.access import Action
from policies.audit.clock import Clock, system_clock
from policies.principal import Principal
from policies.retention import months_before
from retrieval.corpus import Collection
from retrieval.errors import CollectionNotFound
from retrieval.permission import Permission
from retrieval.rows import Connection, all_rows, one_row


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose figures a person may see: of these collections; and of `everything` together."""

    collections: Sequence[Collection]
    everything: bool


@dataclass(frozen=True, slots=True)
class FigureReports:
    """Reads figures; who asked is known for `months`."""

    permission: Permission
    months: int = 12
    now: Clock = system_clock

    def today(self) -> dt.date:
        """The day in Paris."""
        return self.now().astimezone(PARIS).date()

    async def sight(self, principal: Principal) -> Sight:
        """What the person may see."""
        everything = self.permission.policy.may(principal, Action.ADMINISTER_MODELS).allowed
        kept = await self.permission.collections(principal, Action.INGEST)
        return Sight(sorted(kept, key=lambda one: one.name.casefold()), everything)

    async def report(self, sight: Sight, period: Period, collection_id: UUID | None = None) -> FigureReport:
        """The figures of a period, of one collection or of all that are in sight together.

        Who may not see all together and names none gets those of the first that they keep, or nothing where they keep
        none. Raises `CollectionNotFound` for a collection whose figures they may not see.
        """
        known = {one.id for one in sight.collections}
        if collection_id is not None and collection_id not in known:
            raise CollectionNotFound(str(collection_id))
        if collection_id is None and not sight.everything:
            collection_id = sight.collections[0].id if sight.collections else None
        counted = ALL if collection_id is None else collection_id
        if collection_id is None and not sight.everything:
            return _nothing(period)
        async with self.permission.pool.connection() as connection:
            rows = await all_rows(connection, queries.BY_DAY, _values(period, counted))
            held = {row["day"]: Sums.of(row) for row in rows}
            days = [DaySums(day, held.get(day, Sums())) for day in _days(period)]
            now = await self._measured(connection, period, counted, Sums.total(one.sums for one in days))
            before = await self._before(connection, period.before, counted)
            listed = await self._collections(connection, period, sight.collections)
        return FigureReport(now, before, days, listed, collection_id)

    async def _before(self, connection: Connection, period: Period, collection: UUID) -> Measured:
        rows = await all_rows(connection, queries.BY_DAY, _values(period, collection))
        return await self._measured(connection, period, collection, Sums.total(Sums.of(row) for row in rows))

    async def _measured(self, connection: Connection, period: Period, collection: UUID, sums: Sums) -> Measured:
        people: int | None = None
        if period.since >= months_before(self.now(), self.months).astimezone(PARIS).date():
            row = await one_row(connection, queries.PEOPLE, _values(period, collection))
            people = int(row["people"]) if row else 0
        spreads = []
        for what in ("waiting", "answering"):
            steps = await all_rows(connection, queries.TIMES, _values(period, collection) | {"what": what})
            spreads.append(Spread.of([(row["step"], row["count"]) for row in steps]))
        return Measured(period, sums, people, *spreads)

    async def _collections(
        self, connection: Connection, period: Period, collections: Sequence[Collection]
    ) -> list[CollectionSums]:
        """Those of which anything was counted, the most searched first."""
        known = {one.id: one for one in collections}
        whole, rest = period.whole_months
        values = {"since": period.since, "until": period.until, "whole": whole, "rest": rest, "collections": [*known]}
        rows = await all_rows(connection, queries.BY_COLLECTION, values)
        listed = [CollectionSums(known[row["collection_id"]], Sums.of(row)) for row in rows]
        return sorted(listed, key=lambda one: (-one.sums.asked, -one.sums.cited, one.collection.name))


def _days(period: Period) -> list[dt.date]:
    return [period.since + dt.timedelta(days=place) for place in range(period.days)]


def _values(period: Period, collection: UUID) -> dict[str, object]:
    return {"since": period.since, "until": period.until, "collection": collection}


def _nothing(period: Period) -> FigureReport:
    none = Spread(None, None)
    return FigureReport(
        now=Measured(period, Sums(), 0, none, none),
        before=Measured(period.before, Sums(), 0, none, none),
        days=[DaySums(day, Sums()) for day in _days(period)],
        collections=(),
        collection_id=None,
    )
