"""Alerts as auditors see and change them.

Invariants:
1. There is one alert per rule, person (or address) and day; what is found later the same day adds to it.
2. Each is raised with a record, and each change of it is one, in the same transaction.
3. Persons stand in it by pseudonyms; a note's text enters the ledger as a commitment alone.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from policies.audit.event import Act, Event, Json
from policies.principal import Principal
from policies.review import alert_queries as queries
from policies.review.auditors import Auditors, text_given
from policies.review.errors import AlertNotFound
from policies.review.rows import row_of, rows_of, value_of

PAGE = 50


class AlertState(StrEnum):
    """What became of an alert."""

    NEW = "new"
    SEEN = "seen"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Alert:
    """What a rule found; `records` are indexes of the ledger, `reason` stands where it is about no records."""

    id: int
    rule: str
    who: str
    day: dt.date
    records: Sequence[int]
    reason: str
    state: str
    raised_at: dt.datetime


@dataclass(frozen=True, slots=True)
class AlertNote:
    """What an auditor wrote to an alert."""

    written_by: str
    written_at: dt.datetime
    text: str


@dataclass(frozen=True, slots=True)
class Alerts:
    """Lists alerts and changes them, for auditors alone; each look is recorded."""

    auditors: Auditors

    async def page(
        self, principal: Principal, state: AlertState | None = None, before: int | None = None
    ) -> Sequence[Alert]:
        """The newest of a state, or of all, before that number. Raises `Refused`, `LedgerUnavailable`."""
        await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            values = {"state": state or "", "before": before, "limit": PAGE}
            found = await rows_of(connection, Alert, queries.PAGE, values)
            details: dict[str, Json] = {"page": "alerts", "entries": len(found)}
            await self.auditors.record(connection, Event(Act.REVIEW_OPENED, principal, details))
        return found

    async def opened(self, principal: Principal, alert_id: int) -> tuple[Alert, Sequence[AlertNote]]:
        """One of them with its notes, the oldest first. Raises `AlertNotFound`, `Refused`, `LedgerUnavailable`."""
        await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            if (alert := await row_of(connection, Alert, queries.ONE, [alert_id])) is None:
                raise AlertNotFound(alert_id)
            notes = await rows_of(connection, AlertNote, queries.NOTES, [alert_id])
            details: dict[str, Json] = {"page": "alert", "alert": alert_id}
            await self.auditors.record(connection, Event(Act.REVIEW_OPENED, principal, details))
        return alert, notes

    async def change(self, principal: Principal, alert_id: int, state: AlertState) -> None:
        """Put it into a state; where it is in it already, nothing is done.

        Raises `AlertNotFound`, `Refused`, `LedgerUnavailable`.
        """
        await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            if (alert := await row_of(connection, Alert, queries.CHANGING, [alert_id])) is None:
                raise AlertNotFound(alert_id)
            if alert.state == state:
                return
            await connection.execute(queries.CHANGE, [state.value, alert_id])
            details = _named(alert) | {"state": state.value, "before": alert.state}
            await self.auditors.record(connection, Event(Act.ALERT_CHANGED, principal, details))

    async def note(self, principal: Principal, alert_id: int, text: str) -> None:
        """Add a note. Raises `AlertNotFound`, `ReviewInvalid`, `Refused`, `LedgerUnavailable`."""
        by, text = await self.auditors.admitted(principal), text_given(text)
        async with self.auditors.pool.connection() as connection:
            if (alert := await row_of(connection, Alert, queries.CHANGING, [alert_id])) is None:
                raise AlertNotFound(alert_id)
            await connection.execute(queries.NOTE, [alert_id, by, self.auditors.now(), text])
            details = _named(alert) | {"noted": True}
            await self.auditors.record(connection, Event(Act.ALERT_CHANGED, principal, details, {"note": text}))

    async def count_new(self) -> int:
        """How many nobody has looked at."""
        async with self.auditors.pool.connection() as connection:
            return int(await value_of(connection, queries.COUNT))


def _named(alert: Alert) -> dict[str, Json]:
    return {"alert": alert.id, "rule": alert.rule, "who": alert.who}
