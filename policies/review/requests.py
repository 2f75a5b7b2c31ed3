"""Wishes that take a second auditor's word: a name, texts, the release of a hold.

Invariants:
1. Nobody decides their own wish, nor one about themselves, whatever the browser sends; the database holds to it too.
2. A name or a text is open from the grant for a limited time, to the two who agreed on it, in that case alone;
   where the grant was revoked or the case closed, no more.
3. A name is given after its look is in the ledger; each look is a record. No record, no look.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Transaction
from policies.principal import Principal
from policies.review.auditors import Auditors, reason_given
from policies.review.cases import open_case
from policies.review.errors import (
    OwnAffair,
    PersonUnknown,
    RequestDecided,
    RequestNotFound,
    ReviewInvalid,
    SecondAuditorNeeded,
)
from policies.review.holds import release
from policies.review.names import named
from policies.review.rows import row_of, rows_of
from policies.review.wishes import Kind, Wish, checked, concerns

_REQUEST: LiteralString = """
select request.id, case_id, kind, target, request.reason, asked_by, asked_at, decided_by, decided_at, granted, ends_at,
    revoked_by, revoked_at, closed_at is not null as case_closed
from review_request request join review_case on review_case.id = case_id
"""
OF_CASE: LiteralString = f"{_REQUEST} where case_id = %s order by request.id desc"
LOCKED: LiteralString = f"{_REQUEST} where request.id = %s and case_id = %s for update of request"
AWAITING: LiteralString = f"""
{_REQUEST} where decided_at is null and revoked_at is null and closed_at is null
    and asked_by <> %(by)s and not (kind = 'name' and target = %(by)s)
order by request.id
"""
# That one of the two who agreed can still make use of.
IN_FORCE: LiteralString = f"""
{_REQUEST} where granted and revoked_at is null and closed_at is null and ends_at > %(now)s
    and %(by)s in (asked_by, decided_by) and case_id = coalesce(%(case)s, case_id)
    and (kind, target) in (select unnest(%(kinds)s::text[]), unnest(%(targets)s::text[]))
order by ends_at desc limit 1 for share
"""
ASK: LiteralString = """
insert into review_request (case_id, kind, target, reason, asked_by, asked_at) values (%s, %s, %s, %s, %s, %s)
on conflict (case_id, kind, target) where decided_at is null and revoked_at is null do nothing
returning id
"""
DECIDE: LiteralString = """
update review_request set decided_by = %s, decided_at = %s, granted = %s, ends_at = %s where id = %s
"""
REVOKE: LiteralString = "update review_request set revoked_by = %s, revoked_at = %s where id = %s"


@dataclass(frozen=True, slots=True)
class Request:
    """A wish and what became of it; whoever acted on it stands here by their pseudonym."""

    id: int
    case_id: int
    kind: str
    target: str
    reason: str
    asked_by: str
    asked_at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    granted: bool | None
    ends_at: dt.datetime | None
    revoked_by: str | None
    revoked_at: dt.datetime | None
    case_closed: bool

    @property
    def wish(self) -> Wish:
        """What it asks for."""
        return Wish(Kind(self.kind), self.target)

    @property
    def waits(self) -> bool:
        """Whether it can still be decided."""
        return not (self.case_closed or self.decided_at or self.revoked_at)

    def in_force(self, now: dt.datetime) -> bool:
        """Whether what it asked for is open."""
        return bool(self.ends_at and self.ends_at > now and not self.revoked_at and not self.case_closed)


@dataclass(frozen=True, slots=True)
class _Acts:
    asked: Act
    granted: Act
    refused: Act
    revoked: Act


_CONTENT = _Acts(
    Act.REVIEW_CONTENT_ASKED, Act.REVIEW_CONTENT_GRANTED, Act.REVIEW_CONTENT_REFUSED, Act.REVIEW_CONTENT_REVOKED
)
_ACTS: Mapping[Kind, _Acts] = {
    Kind.NAME: _Acts(Act.REVIEW_NAME_ASKED, Act.REVIEW_NAME_GRANTED, Act.REVIEW_NAME_REFUSED, Act.REVIEW_NAME_REVOKED),
    Kind.RECORD: _CONTENT,
    Kind.CONVERSATION: _CONTENT,
    Kind.RELEASE: _Acts(Act.HOLD_RELEASE_ASKED, Act.HOLD_RELEASED, Act.HOLD_RELEASE_REFUSED, Act.HOLD_RELEASE_REVOKED),
}


@dataclass(frozen=True, slots=True)
class Requests:
    """Asks, decides and makes use of what was granted; a grant holds for `hours`."""

    auditors: Auditors
    hours: int = 72

    async def ask(self, principal: Principal, case_id: int, wish: Wish, reason: str) -> int:
        """Ask for it; gives the number of the request.

        Raises `ReviewInvalid`, `OwnAffair`, `CaseNotFound`, `CaseClosed`, `Refused`, `LedgerUnavailable`.
        """
        by, reason = await self.auditors.admitted(principal), reason_given(reason)
        async with self.auditors.pool.connection() as connection:
            await open_case(connection, case_id)
            wish = await checked(connection, case_id, wish)
            if await concerns(connection, self.auditors.pseudonyms, by, wish):
                raise OwnAffair
            values = [case_id, wish.kind, wish.target, reason, by, self.auditors.now()]
            row = await (await connection.execute(ASK, values)).fetchone()
            if row is None:
                raise ReviewInvalid("Cette demande attend déjà une décision dans ce dossier.")
            details = _details(case_id, row[0], wish)
            await self.auditors.record(
                connection, Event(_ACTS[wish.kind].asked, principal, details, {"reason": reason})
            )
        return int(row[0])

    async def decide(self, principal: Principal, case_id: int, request_id: int, *, granted: bool) -> None:
        """Grant or refuse what another auditor asked for; once.

        Raises `RequestNotFound`, `RequestDecided`, `SecondAuditorNeeded`, `OwnAffair`, `CaseNotFound`, `CaseClosed`,
        `Refused`, `LedgerUnavailable`.
        """
        by = await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            request = await self._waiting(connection, case_id, request_id)
            wish, now, details = request.wish, self.auditors.now(), _details(case_id, request_id, request.wish)
            if request.asked_by == by:
                raise SecondAuditorNeeded
            if await concerns(connection, self.auditors.pseudonyms, by, wish):
                raise OwnAffair
            ends = now + dt.timedelta(hours=self.hours) if granted and wish.kind is not Kind.RELEASE else None
            await connection.execute(DECIDE, [by, now, granted, ends, request_id])
            if granted and wish.kind is Kind.RELEASE:
                await release(connection, case_id, int(wish.target), by, now)
            act = _ACTS[wish.kind].granted if granted else _ACTS[wish.kind].refused
            until: dict[str, Json] = {} if ends is None else {"until": ends.isoformat()}
            await self.auditors.record(connection, Event(act, principal, details | until))

    async def revoke(self, principal: Principal, case_id: int, request_id: int) -> None:
        """Withdraw a wish, or shut again what it opened.

        Raises `RequestNotFound`, `RequestDecided`, `CaseNotFound`, `CaseClosed`, `Refused`, `LedgerUnavailable`.
        """
        by = await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            request = await self._locked(connection, case_id, request_id)
            now = self.auditors.now()
            if not (request.waits or request.in_force(now)):
                raise RequestDecided(request_id)
            await connection.execute(REVOKE, [by, now, request_id])
            details = _details(case_id, request_id, request.wish)
            await self.auditors.record(connection, Event(_ACTS[request.wish.kind].revoked, principal, details))

    async def of_case(self, case_id: int) -> Sequence[Request]:
        """Those of a case, the newest first."""
        async with self.auditors.pool.connection() as connection:
            return await rows_of(connection, Request, OF_CASE, [case_id])

    async def awaiting(self, principal: Principal) -> Sequence[Request]:
        """Those that wait for this auditor's decision, the oldest first."""
        async with self.auditors.pool.connection() as connection:
            return await rows_of(connection, Request, AWAITING, {"by": self.auditors.pseudonyms.of(principal.subject)})

    async def unsealed(self, principal: Principal, who: str, case_id: int | None = None) -> str | None:
        """The name behind a pseudonym, if it is open to this auditor now (in that case); the look is a record then.

        Raises `PersonUnknown`, `Refused`, `LedgerUnavailable`.
        """
        by = await self.auditors.admitted(principal)
        async with self.auditors.pool.connection() as connection:
            request = await self.in_force(connection, by, [Wish(Kind.NAME, who)], case_id)
            if request is None:
                return None
            name = await named(connection, self.auditors.pseudonyms, who)
            if name is None:
                raise PersonUnknown(who)
            details = _details(request.case_id, request.id, request.wish)
            await self.auditors.record(connection, Event(Act.REVIEW_NAME_READ, principal, details))
        return name

    async def in_force(
        self, transaction: Transaction, by: str, wishes: Iterable[Wish], case_id: int | None = None
    ) -> Request | None:
        """What opens one of these to that auditor; it is not revoked before the transaction ends."""
        wanted = [*wishes]
        values = {
            "by": by,
            "now": self.auditors.now(),
            "case": case_id,
            "kinds": [one.kind for one in wanted],
            "targets": [one.target for one in wanted],
        }
        return await row_of(transaction, Request, IN_FORCE, values)

    async def _waiting(self, transaction: Transaction, case_id: int, request_id: int) -> Request:
        request = await self._locked(transaction, case_id, request_id)
        if not request.waits:
            raise RequestDecided(request_id)
        return request

    async def _locked(self, transaction: Transaction, case_id: int, request_id: int) -> Request:
        await open_case(transaction, case_id)
        request = await row_of(transaction, Request, LOCKED, [request_id, case_id])
        if request is None:
            raise RequestNotFound(request_id)
        return request


def _details(case_id: int, request_id: int, wish: Wish) -> dict[str, Json]:
    return {"case": case_id, "request": request_id, **wish.details()}
