"""Announcements: what administrators say to everybody, as a banner on every page.

1. Each is published, changed and withdrawn in one transaction with its record, where its texts are salted hashes.
2. What every page shows costs no query: each process reads every few seconds what is shown now or will be, and the
   moment of a page decides. So an announcement begins and ends on time in every process.
3. It is text: pages escape it, and it has no links.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.permission import require_right
from retrieval.rows import Connection, Pool, all_rows, one_row
from ui import announcements_queries as queries
from ui.announcement import Announcement, AnnouncementKind, Wording, most_pressing
from ui.errors import AnnouncementChanged, AnnouncementInvalid, AnnouncementNotFound
from ui.meanwhile import meanwhile

LOOK_S = 5.0  # seconds between two looks at what others have announced

_log = logging.getLogger(__name__)


def utc_now() -> dt.datetime:
    """The time of this process's clock."""
    return dt.datetime.now(dt.UTC)


class Announcements:
    """All announcements; who may not announce may read the current one alone. Methods raise `Refused`."""

    def __init__(self, pool: Pool, policy: Policy, ledger: Ledger, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self._pool = pool
        self._policy = policy
        self._ledger = ledger
        self._clock = clock
        self._not_over: Sequence[Announcement] = ()

    def current(self) -> Announcement | None:
        """What every page shows now, as this process last read it."""
        return most_pressing(self._not_over, self._clock())

    async def refresh(self) -> None:
        """Read what is shown now or will be."""
        async with self._pool.connection() as connection:
            rows = await all_rows(connection, queries.NOT_OVER, [self._clock()])
        self._not_over = [_of_row(row) for row in rows]

    async def page(self, principal: Principal, limit: int = 50, offset: int = 0) -> tuple[list[Announcement], int]:
        """Some of all that there have been, the newest first, and how many there are."""
        await self._require(principal)
        async with self._pool.connection() as connection:
            rows = await all_rows(connection, queries.PAGE, [limit, offset])
            counted = await one_row(connection, queries.COUNT)
        return [_of_row(row) for row in rows], int(counted["count"]) if counted else 0

    async def one(self, principal: Principal, announcement_id: int) -> Announcement:
        """That one. Raises `AnnouncementNotFound`."""
        await self._require(principal)
        async with self._pool.connection() as connection:
            return await _one(connection, announcement_id, changing=False)

    async def publish(self, principal: Principal, wording: Wording) -> Announcement:
        """Show it to everybody from its first moment on. Raises `AnnouncementInvalid` where that is over already."""
        rules = await self._require(principal)
        now = self._clock()
        _require_to_come(wording, now)
        async with self._pool.connection() as connection:
            values = {"by": principal.username, "subject": principal.subject, "now": now}
            row = await one_row(connection, queries.PUBLISH, _values(wording) | values)
            assert row is not None  # noqa: S101 - an insert gives its row
            announcement = _of_row(row)
            await self._record(connection, Act.ANNOUNCEMENT_PUBLISHED, principal, announcement, rules)
        await self.refresh()
        return announcement

    async def change(self, principal: Principal, announcement_id: int, edition: int, wording: Wording) -> Announcement:
        """Have it say something else; `edition` is the one that was read.

        Raises `AnnouncementNotFound`, `AnnouncementInvalid`, and `AnnouncementChanged` where it is another one by now.
        """
        rules = await self._require(principal)
        _require_to_come(wording, self._clock())
        async with self._pool.connection() as connection:
            before = await _one(connection, announcement_id, changing=True)
            if before.edition != edition or before.withdrawn_at is not None:
                raise AnnouncementChanged(withdrawn=before.withdrawn_at is not None)
            row = await one_row(connection, queries.CHANGE, _values(wording) | {"id": announcement_id})
            assert row is not None  # noqa: S101 - it is locked
            announcement = _of_row(row)
            await self._record(connection, Act.ANNOUNCEMENT_CHANGED, principal, announcement, rules, before)
        await self.refresh()
        return announcement

    async def withdraw(self, principal: Principal, announcement_id: int) -> Announcement:
        """Take it off all pages for good. Raises `AnnouncementNotFound`, and `AnnouncementChanged` where it is off."""
        rules = await self._require(principal)
        async with self._pool.connection() as connection:
            before = await _one(connection, announcement_id, changing=True)
            if before.withdrawn_at is not None:
                raise AnnouncementChanged(withdrawn=True)
            row = await one_row(connection, queries.WITHDRAW, {"id": announcement_id, "now": self._clock()})
            assert row is not None  # noqa: S101 - it is locked
            announcement = _of_row(row)
            await self._record(connection, Act.ANNOUNCEMENT_WITHDRAWN, principal, announcement, rules)
        await self.refresh()
        return announcement

    async def _require(self, principal: Principal) -> list[Json]:
        return await require_right(self._pool, self._policy, self._ledger, principal, Action.ANNOUNCE)

    async def _record(
        self,
        connection: Connection,
        act: Act,
        principal: Principal,
        announcement: Announcement,
        rules: list[Json],
        before: Announcement | None = None,
    ) -> None:
        details = _told(announcement) | {"announcement": str(announcement.id), "rules": rules}
        content = {"text": announcement.text}
        if before is not None:
            details["before"] = _told(before)
            content["before"] = before.text
        await self._ledger.append(connection, Event(act, principal, details, content))


@asynccontextmanager
async def watched(announcements: Announcements, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Have what other processes announce be seen here meanwhile."""
    await announcements.refresh()
    async with meanwhile(_go_on(announcements, look_s)):
        yield


async def _go_on(announcements: Announcements, look_s: float) -> None:
    while True:
        await asyncio.sleep(look_s)
        try:
            await announcements.refresh()
        except psycopg.Error as error:
            _log.warning("Announcements are not read for now (%s).", type(error).__name__)


def _require_to_come(wording: Wording, now: dt.datetime) -> None:
    if wording.ends_at <= now:
        raise AnnouncementInvalid("until", "Cette fin est déjà passée\u202f: personne ne verrait l’annonce.")


async def _one(connection: Connection, announcement_id: int, *, changing: bool) -> Announcement:
    query = queries.CHANGING if changing else queries.ONE
    row = await one_row(connection, query, [announcement_id]) if announcement_id < 2**63 else None
    if row is None:
        raise AnnouncementNotFound(announcement_id)
    return _of_row(row)


def _values(wording: Wording) -> dict[str, Any]:
    return {
        "text": wording.text,
        "kind": wording.kind,
        "starts_at": wording.starts_at,
        "ends_at": wording.ends_at,
    }


def _of_row(row: dict[str, Any]) -> Announcement:
    return Announcement(**row | {"kind": AnnouncementKind(row["kind"])})


def _told(announcement: Announcement) -> dict[str, Json]:
    return {
        "kind": announcement.kind.value,
        "from": announcement.starts_at.astimezone(dt.UTC).isoformat(),
        "until": announcement.ends_at.astimezone(dt.UTC).isoformat(),
    }
