"""Cases («dossiers»): the one frame in which a name, a text or a hold can be asked for.

Invariants:
1. Every act on a case is in the ledger in the same transaction; what was typed enters it as commitments alone.
2. In a closed case nothing is done any more, and nothing that it opened stays open.
3. A case that keeps something past its time cannot be closed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Transaction
from policies.principal import Principal
from policies.review.auditors import Auditors, reason_given, text_given
from policies.review.errors import CaseClosed, CaseHolding, CaseNotFound, RecordNotFound
from policies.review.rows import row_of, rows_of, value_of

LONGEST_TITLE = 200  # characters

_CASE: LiteralString = "select id, title, reason, opened_by, opened_at, closed_by, closed_at from review_case"
# Those that are open come first.
ALL: LiteralString = f"{_CASE} order by closed_at is not null, id desc"
ONE: LiteralString = f"{_CASE} where id = %s"
# Whoever acts in a case keeps it from being closed meanwhile.
OPEN: LiteralString = f"{_CASE} where id = %s for share"
CLOSING: LiteralString = f"{_CASE} where id = %s for update"
INSERT: LiteralString = """
insert into review_case (title, reason, opened_by, opened_at) values (%s, %s, %s, %s)
returning id, title, reason, opened_by, opened_at, closed_by, closed_at
"""
CLOSE: LiteralString = "update review_case set closed_by = %s, closed_at = %s where id = %s"
HOLDING: LiteralString = "select exists (select from review_hold where case_id = %s and released_at is null)"
NOTE: LiteralString = "insert into review_case_note (case_id, written_by, written_at, text) values (%s, %s, %s, %s)"
NOTES: LiteralString = "select written_by, written_at, text from review_case_note where case_id = %s order by id"
ATTACH: LiteralString = """
insert into review_case_record (case_id, record, attached_by, attached_at)
select %(case)s, index, %(by)s, %(at)s from ledger_record where index = %(record)s
on conflict (case_id, record) do update set record = excluded.record
returning record
"""
ATTACHED: LiteralString = "select record from review_case_record where case_id = %s order by record"


@dataclass(frozen=True, slots=True)
class Case:
    """A case; `opened_by` and `closed_by` are pseudonyms."""

    id: int
    title: str
    reason: str
    opened_by: str
    opened_at: dt.datetime
    closed_by: str | None
    closed_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether something can still be done in it."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Note:
    """What an auditor wrote into a case."""

    written_by: str
    written_at: dt.datetime
    text: str


@dataclass(frozen=True, slots=True)
class Cases:
    """Opens, reads and closes cases."""

    auditors: Auditors

    async def open(self, principal: Principal, title: str, reason: str) -> Case:
        """A new case. Raises `ReviewInvalid`, `Refused`, `LedgerUnavailable`."""
        by = await self.auditors.admitted(principal)
        title, reason = text_given(title, LONGEST_TITLE), reason_given(reason)
        async with self.auditors.pool.connection() as connection:
            case = await row_of(connection, Case, INSERT, [title, reason, by, self.auditors.now()])
            assert case is not None  # noqa: S101 - `returning` gives the inserted row
            await self._record(connection, Act.CASE_OPENED, principal, case.id, {"title": title, "reason": reason})
        return case

    async def close(self, principal: Principal, case_id: int) -> None:
        """Close it: what it opened is shut at once.

        Raises `CaseNotFound`, `CaseClosed`, `CaseHolding`, `Refused`, `LedgerUnavailable`.
        """
        by = await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            await _open_case(connection, CLOSING, case_id)
            if await value_of(connection, HOLDING, [case_id]):
                raise CaseHolding(case_id)
            await connection.execute(CLOSE, [by, self.auditors.now(), case_id])
            await self._record(connection, Act.CASE_CLOSED, principal, case_id)

    async def all(self, principal: Principal) -> Sequence[Case]:
        """Every case, those that are open first; the look is recorded. Raises `Refused`, `LedgerUnavailable`."""
        await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            cases = await rows_of(connection, Case, ALL)
            details: dict[str, Json] = {"page": "cases", "entries": len(cases)}
            await self.auditors.record(connection, Event(Act.REVIEW_OPENED, principal, details))
        return cases

    async def opened(self, principal: Principal, case_id: int) -> Case:
        """One of them, whose page is looked at. Raises `CaseNotFound`, `Refused`, `LedgerUnavailable`."""
        await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            case = await _case(connection, ONE, case_id)
            details: dict[str, Json] = {"page": "case", "case": case_id}
            await self.auditors.record(connection, Event(Act.REVIEW_OPENED, principal, details))
        return case

    async def note(self, principal: Principal, case_id: int, text: str) -> None:
        """Write a note into it. Raises as `attach` does, and `ReviewInvalid`."""
        by, text = await self.auditors.admitted(principal), text_given(text)
        async with self.auditors.pool.connection() as connection:
            await open_case(connection, case_id)
            await connection.execute(NOTE, [case_id, by, self.auditors.now(), text])
            await self._record(connection, Act.CASE_NOTED, principal, case_id, {"note": text})

    async def notes(self, case_id: int) -> Sequence[Note]:
        """What was written into it, the oldest first."""
        async with self.auditors.pool.connection() as connection:
            return await rows_of(connection, Note, NOTES, [case_id])

    async def attach(self, principal: Principal, case_id: int, record: int) -> None:
        """Put a record into it, once. Raises `RecordNotFound`, `CaseNotFound`, `CaseClosed`, `Refused`."""
        by = await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            await open_case(connection, case_id)
            values = {"case": case_id, "record": record, "by": by, "at": self.auditors.now()}
            if await value_of(connection, ATTACH, values) is None:
                raise RecordNotFound(record)
            details: dict[str, Json] = {"case": case_id, "records": [record]}
            await self.auditors.record(connection, Event(Act.CASE_RECORD_ATTACHED, principal, details))

    async def attached(self, case_id: int) -> Sequence[int]:
        """The records that were put into it, in order."""
        async with self.auditors.pool.connection() as connection:
            return [record for (record,) in await (await connection.execute(ATTACHED, [case_id])).fetchall()]

    async def _record(
        self,
        connection: Transaction,
        act: Act,
        principal: Principal,
        case_id: int,
        content: dict[str, str] | None = None,
    ) -> None:
        await self.auditors.record(connection, Event(act, principal, {"case": case_id}, content or {}))


async def open_case(transaction: Transaction, case_id: int) -> Case:
    """The case, which is not closed before the transaction ends. Raises `CaseNotFound`, `CaseClosed`."""
    return await _open_case(transaction, OPEN, case_id)


async def _open_case(transaction: Transaction, query: LiteralString, case_id: int) -> Case:
    case = await _case(transaction, query, case_id)
    if not case.is_open:
        raise CaseClosed(case_id)
    return case


async def _case(transaction: Transaction, query: LiteralString, case_id: int) -> Case:
    case = await row_of(transaction, Case, query, [case_id])
    if case is None:
        raise CaseNotFound(case_id)
    return case
