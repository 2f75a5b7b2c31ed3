"""Figures of answers, tasks and refusals: how many, how they ended, what they took. Nobody's name, and no text.

Invariants:
1. An answer's figure is kept in the transaction of its record (`answer.given`, `answer.abandoned`): there is no figure
   without its record, and no record without its figure.
2. Sums by day and collection are kept in the same transaction; an answer counts once in the sums of all.
3. `asker` is a keyed hash of who asked, cut short, under a key that changes each month: people can be counted within
   a month, and nobody can be followed from one to the next. Erasing a person has therefore nothing to do here: what is
   left names nobody, and `answer_id` leads to the ledger alone, whose texts were erased.
"""

import datetime as dt
import hmac
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from assistant import figure_queries as queries
from assistant.engines.effort import Effort
from policies.audit.clock import Clock, system_clock
from policies.principal import Principal
from retrieval.rows import Connection, one_row

PARIS = ZoneInfo("Europe/Paris")

ALL = UUID(int=0)
"""Stands for all collections, and for none, in sums."""

ASKER_BYTES = 8

# Times are counted by steps: each is a tenth longer than the one before.
STEP = 1.1

MS_AN_HOUR = 3_600_000


class Outcome(StrEnum):
    """How it ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one answer. `kind` is « question » or « task »; times are milliseconds, from what was asked on."""

    answer_id: UUID
    kind: str
    outcome: Outcome
    searched: Sequence[UUID]
    cited: Sequence[UUID]
    supported: int
    unsupported: int
    first_token_ms: float | None
    total_ms: float
    model: str
    effort: Effort


class AnswerFigures:
    """Keeps figures; `power_watts` is what the machine that answers draws, without it no energy is known."""

    def __init__(self, key: bytes, power_watts: float | None = None, now: Clock = system_clock) -> None:
        self._key = key
        self._power = power_watts
        self._now = now

    async def keep(self, connection: Connection, person: Principal, figure: Figure) -> None:
        """Add it, in the transaction of the connection; the record is appended after it."""
        at = self._now()
        day = at.astimezone(PARIS).date()
        effort, asker = figure.effort, self.asker(person.subject, day)
        values: dict[str, Any] = {
            **{name: value for name, value in asdict(figure).items() if name != "effort"},
            "outcome": figure.outcome.value,
            "searched": [*figure.searched],
            "cited": [*figure.cited],
            "at": at,
            "day": day,
            "asker": asker,
            "waited_ms": _whole(effort.waited_ms),
            "first_token_ms": _whole(figure.first_token_ms),
            "total_ms": _whole(figure.total_ms),
            "generating_ms": _whole(effort.generating_ms),
            "tokens_in": effort.tokens_in,
            "tokens_out": effort.tokens_out,
            "estimated": effort.estimated,
            "energy_wh": self.energy_wh(effort),
        }
        kept = await one_row(connection, queries.KEEP, values)
        if kept is None:  # given, and then abandoned by whoever left in that moment: it counts once
            return
        collections = sorted([ALL, *kept["searched"]])
        counted = values | {"collections": collections, "cited": [*kept["cited"], *([ALL] if kept["cited"] else [])]}
        await connection.execute(queries.SUM, counted)
        await connection.execute(queries.SUM_MONTH, counted)
        if effort.waited_ms is not None:
            await _add_time(connection, "waiting", effort.waited_ms, counted)
        if figure.outcome is not Outcome.ABANDONED:
            await _add_time(connection, "answering", figure.total_ms, counted)
        await connection.execute(queries.ASKER, counted)

    def energy_wh(self, effort: Effort) -> float | None:
        """What an answer drew: its share of the machine's time, by the machine's power; None where that is unknown."""
        return None if self._power is None else effort.shared_ms / MS_AN_HOUR * self._power

    async def rate(self, connection: Connection, answer_id: UUID, useful: bool | None, saved: int | None) -> None:
        """What its reader thinks of an answer now, and how many minutes it saved; None: nothing, or no more.

        Nothing is counted of an answer whose figure is not there, or no more.
        """
        held = await one_row(connection, queries.RATED, {"answer_id": answer_id})
        if held is None:
            return
        await connection.execute(queries.RATE, {"answer_id": answer_id, "useful": useful, "saved": saved})
        before, after = (held["useful"], held["saved_minutes"]), (useful, saved)
        values = {
            "day": held["day"],
            "collections": [ALL, *held["searched"]],
            "more_useful": (after[0] is True) - (before[0] is True),
            "more_useless": (after[0] is False) - (before[0] is False),
            "more_told": (after[1] is not None) - (before[1] is not None),
            "more_saved": (after[1] or 0) - (before[1] or 0),
        }
        await connection.execute(queries.SUM_RATING, values)
        await connection.execute(queries.SUM_RATING_MONTH, values)

    def asker(self, subject: str, day: dt.date) -> bytes:
        """What stands for that person in the month of that day."""
        month = hmac.digest(self._key, f"{day:%Y-%m}".encode(), "sha256")
        return hmac.digest(month, subject.encode("utf-8", "surrogatepass"), "sha256")[:ASKER_BYTES]


async def forget_figures(connection: Connection, before: dt.datetime) -> int:
    """Let go the figures of answers from before that moment, and who asked them; their sums stay. Gives how many."""
    gone = await connection.execute(queries.FORGET, [before])
    await connection.execute(queries.FORGET_ASKERS, [before.astimezone(PARIS).date()])
    return gone.rowcount


def step_of(milliseconds: float) -> int:
    """The step that a time is counted in."""
    return int(math.log(max(milliseconds, 0.0) + 1) / math.log(STEP))


def time_of(step: int) -> float:
    """The milliseconds that a step stands for: its middle, a twentieth from either end."""
    return math.pow(STEP, step + 0.5) - 1


async def _add_time(connection: Connection, what: str, milliseconds: float, values: dict[str, Any]) -> None:
    counted = {"what": what, "step": step_of(milliseconds), "day": values["day"], "collections": values["collections"]}
    await connection.execute(queries.TIME, counted)


def _whole(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds)
