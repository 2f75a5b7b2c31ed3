"""Exports of the ledger: the records of a period with what proves them, for whoever has nothing of this product.

The records are a span without a gap: all from the first of the period to the last. Each has its proof of inclusion in
the tree of the last checkpoint (RFC 9162, 2.1.3). What stands in the archive is described by its own verifier,
`standalone`.
"""

import base64
import datetime as dt
import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from policies.audit import export_queries as queries
from policies.audit import standalone
from policies.audit.archive import Archive, new_archive
from policies.audit.checkpoints import Checkpoints, Held, Pool, latest_checkpoint
from policies.audit.event import Act, Event, Record
from policies.audit.finding import Progress
from policies.audit.ledger import Ledger, Transaction
from policies.audit.ledger_pages import PAGE, LedgerPages, Page, Row
from policies.audit.note import VerifyingKey
from policies.audit.tree import Tree
from policies.errors import ExportRefused, LedgerBroken, LedgerUnavailable
from policies.principal import Principal

READING: LiteralString = "set transaction isolation level repeatable read, read only"

README = Path(__file__).with_name("export_readme.txt")


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to, but not including, `until`; both are aware."""

    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Writing:
    """How records are written: the name of the format, and a record's line; in `jsonl` that is its body, verbatim."""

    name: str
    line: Callable[[Record], bytes]


JSONL = Writing("jsonl", lambda record: record.body)


@dataclass(frozen=True, slots=True)
class Exported:
    """An archive. `purged` of its records had gone by the rules of retention; `size` is that of the checkpoint."""

    path: Path
    sha256: str
    records: int
    purged: int
    first: int
    last: int
    size: int


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

    async def _span(self, connection: Transaction, period: Period) -> "_Span":
        held = await latest_checkpoint(connection)
        size = held.size if held else 0
        values = {"since": period.since, "until": period.until, "size": size}
        ((first, last),) = await _rows(connection, queries.SPAN, values)
        if held is None or first is None:
            raise ExportRefused("Le registre n’a aucun enregistrement dans cette période : choisissez-en une autre.")
        return _Span(connection, held, first, last)


class _Span:
    """The records from `first` to `last`, both included, and the checkpoint that they are proven by."""

    def __init__(self, connection: Transaction, held: Held, first: int, last: int) -> None:
        self._connection = connection
        self._held = held
        self._first = first
        self._last = last
        self._records = 0
        self._tree = Tree()

    async def write(self, archive: Archive, writing: Writing) -> AsyncIterator[Progress]:
        """The records, then their proofs."""
        total = 2 * (self._last + 1 - self._first)
        with archive.file(f"records.{writing.name}") as file:
            async for page in self._pages():
                rows = sorted(page.rows.items())
                records = [Record(index, row.at, row.body) for index, row in rows if row.at and row.body]
                self._records += len(records)
                await file.write(map(writing.line, records))
                yield Progress(page.end - self._first, total)
        with archive.file("proofs.jsonl") as file:
            async for page in self._pages():
                await file.write(await self._proofs(page))
                yield Progress(total // 2 + page.end - self._first, total)

    async def close(self, archive: Archive, path: Path, writing: Writing, keys: Sequence[VerifyingKey]) -> Exported:
        """All that else is in an archive."""
        await archive.add("checkpoint.note", self._held.note)
        await archive.add("previous.jsonl", await self._previous())
        await archive.add("rotations.jsonl", await self._rotations())
        await archive.add("keys.txt", "".join(f"{key.vkey}\n" for key in keys))
        await archive.add("LISEZMOI.txt", README.read_text(encoding="utf-8"))
        await archive.add("verify.py", inspect.getsource(standalone))
        count = self._last + 1 - self._first
        told = {"format": standalone.FORMAT, "records": f"records.{writing.name}", "first": self._first, "count": count}
        sha256 = await archive.close(told)
        return Exported(
            path=path,
            sha256=sha256,
            records=self._records,
            purged=count - self._records,
            first=self._first,
            last=self._last,
            size=self._held.size,
        )

    async def _pages(self) -> AsyncIterator[Page]:
        ledger = LedgerPages(self._connection)
        for start in range(self._first, self._last + 1, PAGE):
            yield await ledger.page(start, min(start + PAGE, self._last + 1))

    async def _proofs(self, page: Page) -> list[bytes]:
        """A proof for each record, those that were purged too."""
        indexes = range(page.start, page.end)
        paths = await self._tree.inclusions(self._connection, indexes, self._held.size)
        return [_proof(index, page.rows.get(index), path) for index, path in zip(indexes, paths, strict=True)]

    async def _previous(self) -> str:
        """The last checkpoint of each day, with the proof that the one of the export continues it."""
        days = await _rows(self._connection, queries.DAYS, {"first": self._first, "size": self._held.size})
        lines = [
            _line(note=note, path=_texts(await self._tree.consistency(self._connection, size, self._held.size)))
            for size, note in days
        ]
        return "".join(lines)

    async def _rotations(self) -> str:
        """The changes of keys, each in a tree that the old key signed."""
        rows = await _rows(self._connection, queries.ROTATIONS, [self._held.size])
        lines = [
            _line(
                index=index,
                body=bytes(body).decode("utf-8", "replace"),
                note=note,
                path=_texts(await self._tree.inclusion(self._connection, index, size)),
            )
            for index, body, size, note in rows
        ]
        return "".join(lines)


def _proof(index: int, row: Row | None, path: Sequence[bytes]) -> bytes:
    if row is None or row.node is None:
        raise LedgerBroken(f"L’empreinte de l’enregistrement {index} manque : lancez « assistant audit verify ».")
    purged = {} if row.body else {"purged": True}
    return json.dumps({"index": index, "leaf": _text(row.node), "path": _texts(path), **purged}).encode()


def _line(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _texts(hashes: Iterable[bytes]) -> list[str]:
    return [_text(one) for one in hashes]


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


async def _rows(connection: Transaction, query: LiteralString, values: Any) -> list[Any]:
    try:
        return await (await connection.execute(query, values)).fetchall()
    except psycopg.Error as error:
        raise LedgerUnavailable(f"Le registre est illisible : {error}") from error
