"""What is wrong with the ledger's checkpoints: one is late, does not reach a place outside, or does not verify."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.audit.finding import Verified
from policies.audit.shipping import Shipping
from policies.audit.verification import Verification
from policies.audit.watch import Watch
from policies.errors import PlaceUnreachable
from policies.principal import Principal
from policies.review.alarms import NIGHT, PARIS
from policies.review.rows import value_of

SUNDAY = 6  # when all of the ledger is verified: what held once may have been changed since

# Begin the day's verification where no other process has; gives up to where the ledger is known to hold.
BEGIN: LiteralString = """
insert into review_verification as held (day) values (%(day)s)
on conflict (one) do update set day = excluded.day where held.day < excluded.day
returning size
"""

HELD: LiteralString = "update review_verification set size = %s"


@dataclass(slots=True)
class LedgerTrouble:
    """Told in French; `late` is how long the ledger may be unsigned, and a place without what was signed."""

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    watch: Watch
    shipping: Shipping
    verification: Verification
    principal: Principal
    late: dt.timedelta
    now: Callable[[], dt.datetime] = field(default=partial(dt.datetime.now, dt.UTC))
    _begun: dt.datetime = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self.now()

    async def __call__(self) -> str:
        """All of it, or nothing where all is well. Raises `LedgerUnavailable`, `psycopg.Error`."""
        told = [await self._unsigned(), await self._unshipped(), await self._unverified()]
        return " ".join(filter(None, told))

    async def _unsigned(self) -> str:
        standing = await self.watch.standing()
        signed_at = standing.latest.at if standing.latest else self._begun
        if standing.records == standing.signed or self.now() - signed_at <= self.late:
            return ""
        return f"Le registre n’est plus signé depuis le {_moment(signed_at)}. {standing.trouble}".strip()

    async def _unshipped(self) -> str:
        waiting = await self.shipping.waiting()
        late = [
            f"{label} n’a pas reçu le point de contrôle du {_moment(held.at)}."
            for label, (held, is_known) in waiting.items()
            if self.now() - (held.at if is_known else max(held.at, self._begun)) > self.late
        ]
        return " ".join(late)

    async def _unverified(self) -> str:
        """Once a night, what the verification of all that is new says, and on Sundays of all that there is."""
        now = self.now().astimezone(PARIS)
        if now.time() < NIGHT:
            return ""
        async with self.pool.connection() as connection:
            start = await value_of(connection, BEGIN, {"day": now.date()})
        if start is None:
            return ""
        return await self._verified(0 if now.weekday() == SUNDAY else int(start))

    async def _verified(self, start: int) -> str:
        seen = Verified()
        try:
            async for step in self.verification.run(self.principal, start=start):
                if isinstance(step, Verified):
                    seen = step
        except PlaceUnreachable as error:
            return f"Le registre n’a pas pu être vérifié : {error}"
        if seen.finding is not None:
            return f"La vérification a trouvé : {seen.finding.sentence}"
        async with self.pool.connection() as connection:
            await connection.execute(HELD, [seen.sealed])
        return ""


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(PARIS):%d/%m/%Y à %H:%M}"
