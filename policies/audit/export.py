"""Exports of the ledger: the records of a period with what proves them, for whoever has nothing of this product.

The records are a span without a gap: all from the first of the period to the last. Each has its proof of inclusion in
the tree of the last checkpoint (RFC 9162, 2.1.3). What stands in the archive is described by its own verifier,
`standalone`.
"""

import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

from policies.audit import export_queries as queries
from policies.audit.archive import new_archive
from policies.audit.checkpoints import Checkpoints, Pool, latest_checkpoint
from policies.audit.event import Act, Event
from policies.audit.export_span import JSONL, Exported, Span, Writing, rows_of
from policies.audit.finding import Progress
from policies.audit.ledger import Ledger, Transaction
from policies.audit.note import VerifyingKey
from policies.errors import ExportRefused
from policies.principal import Principal

READING: LiteralString = "set transaction isolation level repeatable read, read only"


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to, but not including, `until`; both are aware."""

    since: dt.datetime
    until: dt.datetime


class Exporting:
    """Makes archives. `keys` gives the public keys, the oldest first."""

    def __init__(
        self, pool: Pool, ledger: Ledger, checkpoints: Checkpoints, keys: Callable[[], Sequence[VerifyingKey]]
    ) -> None:
        self._pool = pool
        self._ledger = ledger
        self._checkpoints = checkpoints
        self._keys = keys

    async def export(
        self, principal: Principal, period: Period, path: Path, writing: Writing = JSONL
    ) -> AsyncIterator[Progress | Exported]:
        """Sign what is not signed yet, write the archive, and record it before it has its name.

        Raises `ExportRefused`, `LedgerUnavailable`, `LedgerBroken`.
        """
        await self._checkpoints.take()
        async with new_archive(path) as archive:
            async with self._pool.connection() as connection:
                await connection.execute(READING)
                span = await self._span(connection, period)
                async for progress in span.write(archive, writing):
                    yield progress
                exported = await span.close(archive, path, writing, self._keys())
            event = Event(
                Act.AUDIT_EXPORTED,
                principal,
                {
                    "from": period.since.isoformat(),
                    "to": period.until.isoformat(),
                    "records": exported.records,
                    "size": exported.size,
                    "format": writing.name,
                    "sha256": exported.sha256,
                },
            )
            async with self._pool.connection() as connection:
                await self._ledger.append(connection, event)
        yield exported

    async def _span(self, connection: Transaction, period: Period) -> Span:
        held = await latest_checkpoint(connection)
        size = held.size if held else 0
        values = {"since": period.since, "until": period.until, "size": size}
        ((first, last),) = await rows_of(connection, queries.SPAN, values)
        if held is None or first is None:
            raise ExportRefused("Le registre n’a aucun enregistrement dans cette période : choisissez-en une autre.")
        return Span(connection, held, first, last)
