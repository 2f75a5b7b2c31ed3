"""Legal holds («gels»): what a case names is kept past its time until a second auditor has agreed to its release.

Which records a hold keeps is said once, by `ledger_held` in deploy/migrations/0026_cases.sql; whoever purges asks it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Transaction
from policies.principal import Principal
from policies.review.auditors import Auditors, reason_given, text_given
from policies.review.cases import open_case
from policies.review.errors import HoldNotFound, PersonUnknown, ReviewInvalid
from policies.review.names import is_known
from policies.review.rows import rows_of, value_of
from policies.review.wishes import identifier_given, pseudonym_given

_HOLD: LiteralString = """
select hold.id, case_id, kind, target, first, last, since, until, hold.reason, placed_by, placed_at, released_by,
    released_at
from review_hold hold
"""
OF_CASE: LiteralString = f"{_HOLD} where case_id = %s order by id desc"
HOLDING: LiteralString = f"{_HOLD} where released_at is null and review_hold_keeps(hold, %s) order by id"
HELD_AMONG: LiteralString = "select index from unnest(%s::bigint[]) index where ledger_held(index)"
PLACE: LiteralString = """
insert into review_hold (case_id, kind, target, first, last, since, until, reason, placed_by, placed_at)
values (%(case)s, %(kind)s, %(target)s, %(first)s, %(last)s, %(since)s, %(until)s, %(reason)s, %(by)s, %(at)s)
returning id
"""
RELEASE: LiteralString = """
update review_hold set released_by = %s, released_at = %s
where id = %s and case_id = %s and released_at is null returning id
"""


class Scope(StrEnum):
    """By what a hold names records."""

    PERSON = "person"
    COLLECTION = "collection"
    DOCUMENT = "document"
    CONVERSATION = "conversation"
    RECORDS = "records"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Span:
    """What a hold is to keep: a `target` by its name, records from `first` to `last`, or those of a period, its
    end not among them.
    """

    scope: Scope
    target: str = ""
    first: int | None = None
    last: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def details(self) -> dict[str, Json]:
        """As records name it."""
        match self.scope:
            case Scope.PERSON:
                return {"who": self.target}
            case Scope.RECORDS:
                return {"records": [self.first, self.last]}
            case Scope.PERIOD:
                return {name: at.isoformat() for name, at in (("since", self.since), ("until", self.until)) if at}
            case _:
                return {self.scope.value: self.target}


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold, and who placed and released it, by pseudonyms."""

    id: int
    case_id: int
    kind: str
    target: str
    first: int | None
    last: int | None
    since: dt.datetime | None
    until: dt.datetime | None
    reason: str
    placed_by: str
    placed_at: dt.datetime
    released_by: str | None
    released_at: dt.datetime | None

    @property
    def stands(self) -> bool:
        """Whether it still keeps something."""
        return self.released_at is None


@dataclass(frozen=True, slots=True)
class Holds:
    """Places holds and tells them; `Requests` releases them."""

    auditors: Auditors

    async def place(self, principal: Principal, case_id: int, span: Span, reason: str) -> int:
        """Keep that from now on; gives the number of the hold.

        Raises `ReviewInvalid`, `PersonUnknown`, `CaseNotFound`, `CaseClosed`, `Refused`, `LedgerUnavailable`.
        """
        by, reason = await self.auditors.admitted(principal), reason_given(reason)
        async with self.auditors.pool.connection() as connection:
            await open_case(connection, case_id)
            span = await _checked(connection, span)
            values = {
                "case": case_id,
                "kind": span.scope,
                "target": span.target,
                "first": span.first,
                "last": span.last,
                "since": span.since,
                "until": span.until,
                "reason": reason,
                "by": by,
                "at": self.auditors.now(),
            }
            hold_id = int(await value_of(connection, PLACE, values))
            details: dict[str, Json] = {"case": case_id, "hold": hold_id, **span.details()}
            await self.auditors.record(connection, Event(Act.HOLD_PLACED, principal, details, {"reason": reason}))
        return hold_id

    async def of_case(self, case_id: int) -> Sequence[Hold]:
        """Those of a case, the newest first."""
        async with self.auditors.pool.connection() as connection:
            return await rows_of(connection, Hold, OF_CASE, [case_id])

    async def held(self, connection: Transaction, index: int) -> Sequence[Hold]:
        """What keeps that record past its time."""
        return await rows_of(connection, Hold, HOLDING, [index])

    async def held_among(self, connection: Transaction, indexes: Sequence[int]) -> frozenset[int]:
        """Those of these records that something keeps."""
        rows = await (await connection.execute(HELD_AMONG, [[*indexes]])).fetchall()
        return frozenset(index for (index,) in rows)


async def release(transaction: Transaction, case_id: int, hold_id: int, by: str, now: dt.datetime) -> None:
    """Let time run again over what it kept. Raises `HoldNotFound`."""
    if await value_of(transaction, RELEASE, [by, now, hold_id, case_id]) is None:
        raise HoldNotFound(hold_id)


async def _checked(transaction: Transaction, span: Span) -> Span:
    """In its one form. Raises `ReviewInvalid`, `PersonUnknown`."""
    match span.scope:
        case Scope.PERSON:
            who = pseudonym_given(span.target)
            if not await is_known(transaction, who):
                raise PersonUnknown(who)
            return Span(span.scope, who)
        case Scope.COLLECTION | Scope.CONVERSATION:
            return Span(span.scope, identifier_given(span.target))
        case Scope.DOCUMENT:
            return Span(span.scope, text_given(span.target))
        case Scope.RECORDS:
            if span.first is None or span.last is None or span.last < span.first:
                raise ReviewInvalid("Donnez le premier et le dernier enregistrement à geler, dans cet ordre.")
            return Span(span.scope, first=span.first, last=span.last)
        case Scope.PERIOD:
            if span.since is None or span.until is None or span.until <= span.since:
                raise ReviewInvalid("Donnez le début et la fin de la période à geler, dans cet ordre.")
            return Span(span.scope, since=span.since, until=span.until)
