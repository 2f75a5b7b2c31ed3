"""The verification of the ledger as people and the product itself ask for it; each is a record."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import LiteralString

from policies.audit.checkpoints import Pool
from policies.audit.event import Act, Event, Json
from policies.audit.finding import Progress, Verified
from policies.audit.ledger import Ledger
from policies.audit.note import VerifyingKey
from policies.audit.places import Place
from policies.audit.shipped import Shipped
from policies.audit.trust import Trust
from policies.audit.verify import verify
from policies.principal import Principal

READING: LiteralString = "set transaction isolation level repeatable read, read only"


class Verification:
    """`keys` gives the public keys, the oldest first, and `places` are where checkpoints are kept."""

    def __init__(
        self, pool: Pool, ledger: Ledger, keys: Callable[[], Sequence[VerifyingKey]], places: Sequence[Place]
    ) -> None:
        self._pool = pool
        self._ledger = ledger
        self._keys = keys
        self._places = tuple(places)

    async def run(
        self,
        principal: Principal,
        *,
        start: int = 0,
        keys: Sequence[VerifyingKey] = (),
        places: Sequence[Place] | None = None,
    ) -> AsyncIterator[Progress | Verified]:
        """Verify from the last checkpoint over at most `start` records on; with these keys and places, or with our own.

        Raises `LedgerUnavailable`, `PlaceUnreachable`.
        """
        shipped = [await Shipped.of(place) for place in (self._places if places is None else places)]
        trust = Trust(keys or self._keys())
        verified = Verified()
        async with self._pool.connection() as connection:
            await connection.execute(READING)
            async for step in verify(connection, trust, shipped, start):
                if isinstance(step, Verified):
                    verified = step
                else:
                    yield step
        async with self._pool.connection() as connection:
            await self._ledger.append(connection, Event(Act.AUDIT_VERIFIED, principal, _told(verified)))
        yield verified


def _told(verified: Verified) -> dict[str, Json]:
    told: dict[str, Json] = {
        "holds": verified.finding is None,
        "records": verified.records,
        "size": verified.sealed,
        "checkpoints": verified.checkpoints,
        "places": len(verified.places),
        "lost": sum(end - start for start, end in verified.lost),
    }
    if verified.finding is not None:
        told |= {"finding": verified.finding.kind, "record": verified.finding.index}
    return told
