"""Small ledgers with checkpoints, in PostgreSQL and in a folder outside it, for tests that damage them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from policies import Act, Checkpoints, Event, PostgresLedger, Principal, SigningKey, VerifyingKey
from policies.audit.finding import Finding, Verified
from policies.audit.folder_place import FolderPlace
from policies.audit.places import Place
from policies.audit.shipped import Shipped
from policies.audit.shipping import Shipping
from policies.audit.trust import Trust
from policies.audit.verify import verify
from ui.database import Pool

SOMEBODY = Principal("s-1", "camille", frozenset({"/DGS"}), frozenset())
READING = "set transaction isolation level repeatable read, read only"


@dataclass
class SmallLedger:
    """`folder` is a place outside the database; checkpoints go there as they are taken."""

    pool: Pool
    folder: Path
    key: SigningKey = field(default_factory=lambda: SigningKey.generated("registre/essai"))

    def __post_init__(self) -> None:
        self.place = FolderPlace(self.folder)
        self.checkpoints = Checkpoints(self.pool, [self.key])

    async def grow(self, *runs: int) -> None:
        """Append so many records, then take a checkpoint, for each number."""
        for run in runs:
            async with self.pool.connection() as connection:
                for number in range(run):
                    event = Event(Act.QUARANTINE_LISTED, SOMEBODY, {"documents": number}, {"note": "é" * number})
                    await PostgresLedger().append(connection, event)
            await self.checkpoints.take()
            await Shipping(self.pool, [self.place]).ship()

    async def verified(
        self, places: Sequence[Place] | None = None, keys: Sequence[VerifyingKey] | None = None, start: int = 0
    ) -> Verified:
        """What a verification says; with the folder and the key of the ledger unless others are given."""
        shipped = [await Shipped.of(place) for place in (places if places is not None else [self.place])]
        async with self.pool.connection() as connection:
            await connection.execute(READING)
            *_, last = [seen async for seen in verify(connection, Trust(keys or [self.key.public]), shipped, start)]
        assert isinstance(last, Verified)
        return last

    async def found(self, *, outside: bool = True) -> Finding | None:
        """The first finding."""
        return (await self.verified(None if outside else [])).finding
