"""Publications in PostgreSQL; every function takes the open connection first.

A publication begins when a collection, or what waits in its draft, is submitted to a check. Its checklist and its
figures are of one change, by fingerprint: whatever comes to the draft later makes them void.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ingestion.publication import queries
from policies import Principal
from retrieval.rows import Connection, all_rows, one_row

TOLERANCE = 0.02  # a figure may fall by so much
REFUSED, WRONGLY_REFUSED = "refused", "wrongly_refused"
GATED = ("recall@10", "mrr@10", REFUSED, WRONGLY_REFUSED)
LESS_IS_BETTER = frozenset({WRONGLY_REFUSED})

HISTORY = 20  # publications shown


class State(StrEnum):
    """How far a publication is."""

    CHECKING = "checking"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    ROLLING_BACK = "rolling back"
    ROLLED_BACK = "rolled back"


@dataclass(frozen=True, slots=True)
class Checklist:
    """What somebody has seen to: where the texts come from, under which licence, and three things that they looked at.

    `reviewed_by` is the name of whoever has read them through; `note` is for whoever comes after.
    """

    source: str
    licence: str
    personal_data: bool
    freshness: bool
    reviewed_by: str
    note: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without an answer."""
        said = {name: value for name, value in asdict(self).items() if name != "note"}
        return tuple(name for name, value in said.items() if not (value.strip() if isinstance(value, str) else value))


@dataclass(frozen=True, slots=True)
class Figures:
    """What the golden questions found before and after a change, by measure; `before` is empty where nothing was.

    Of `questions` documents are known that answer them; nothing answers the `unanswerable` ones. `undecided` of both
    are left to the model: what is measured of refusals is what the search decides before one is asked.
    """

    questions: int
    before: Mapping[str, float]
    after: Mapping[str, float]
    unanswerable: int = 0
    undecided: int = 0

    @property
    def fallen(self) -> tuple[str, ...]:
        """The measures that get worse by more than is tolerated."""
        return tuple(name for name in GATED if self._loss(name) > TOLERANCE)

    def _loss(self, name: str) -> float:
        """By how much it gets worse; nothing where it was not measured before."""
        if name not in self.before:
            return 0.0
        after = self.after.get(name, 0.0)
        return after - self.before[name] if name in LESS_IS_BETTER else self.before[name] - after


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One publication of a collection: `is_first` of itself, or else of what waits in its draft.

    `checked` and `measured` are the fingerprints of the changes of which the checklist, signed by `signed_by`, and the
    figures are; `forced` says why it was published although figures fell. `decided_by` had it published, or rolled
    back, as `rules` allow.
    """

    id: UUID
    collection_id: UUID
    state: State
    is_first: bool
    submitted_by: Principal
    submitted_at: dt.datetime
    checklist: Checklist | None
    checked: str
    figures: Figures | None
    measured: str
    forced: str
    readers_before: frozenset[str]
    readers_after: frozenset[str]
    decided_by: Principal | None
    rules: tuple[str, ...]
    cleared: bool
    signed_by: Principal | None
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of the documents are where they belong."""

    done: int
    total: int


async def under_way(connection: Connection, collection_id: UUID) -> PublicationRow | None:
    """The one that is not at its end."""
    return _row(await one_row(connection, queries.UNDER_WAY, [collection_id]))


async def latest(connection: Connection, collection_id: UUID) -> PublicationRow | None:
    """The last that is at its end."""
    return _row(await one_row(connection, queries.LATEST, [collection_id]))


async def locked(connection: Connection, publication_id: UUID) -> PublicationRow | None:
    """That one; nobody else changes it before the transaction ends."""
    return _row(await one_row(connection, queries.LOCK, [publication_id]))


async def history(connection: Connection, collection_id: UUID) -> list[PublicationRow]:
    """The last ones, the latest first."""
    rows = await all_rows(connection, queries.HISTORY, [collection_id, HISTORY])
    return [row for row in map(_row, rows) if row is not None]


async def four_eyes(connection: Connection, collection_id: UUID) -> bool:
    """Whether the collection asks that another person publishes than the one who signs."""
    row = await one_row(connection, queries.FOUR_EYES, [collection_id])
    return row is not None and bool(row["four_eyes"])


async def progress(connection: Connection, publication_id: UUID) -> Progress:
    """How far it is."""
    row = await one_row(connection, queries.PROGRESS, [publication_id])
    assert row is not None  # noqa: S101 - it counts
    return Progress(row["done"], row["documents"])


async def sign(
    connection: Connection, publication_id: UUID, checklist: Checklist, change: str, person: Principal
) -> None:
    """That person has seen to that, of that change."""
    values = {"id": publication_id, "checklist": Jsonb(asdict(checklist)), "change": change}
    values["by"] = Jsonb(person.as_json())
    await connection.execute(queries.SIGN, values)


async def measure(connection: Connection, publication_id: UUID, figures: Figures, change: str) -> None:
    """The golden questions found that, of that change."""
    said = asdict(figures) | {"before": dict(figures.before), "after": dict(figures.after)}
    await connection.execute(queries.MEASURE, {"id": publication_id, "figures": Jsonb(said), "change": change})


def _row(row: DictRow | None) -> PublicationRow | None:
    if row is None:
        return None
    return PublicationRow(
        **row
        | {
            "state": State(row["state"]),
            "submitted_by": Principal.of_json(row["submitted_by"]),
            "checklist": Checklist(**row["checklist"]) if row["checklist"] else None,
            "figures": Figures(**row["figures"]) if row["figures"] else None,
            "readers_before": frozenset(row["readers_before"]),
            "readers_after": frozenset(row["readers_after"]),
            "decided_by": Principal.of_json(row["decided_by"]) if row["decided_by"] else None,
            "signed_by": Principal.of_json(row["signed_by"]) if row["signed_by"] else None,
            "rules": tuple(row["rules"]),
        }
    )
