"""What an export holds: a span of records without a gap, the proof of each, and all that a verifier needs besides."""

import asyncio
import base64
import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from policies.audit import export_queries as queries
from policies.audit import standalone
from policies.audit.archive import Archive
from policies.audit.checkpoints import Held
from policies.audit.event import Record
from policies.audit.finding import Progress
from policies.audit.ledger import Transaction
from policies.audit.ledger_pages import PAGE, LedgerPages, Page, Row
from policies.audit.note import VerifyingKey
from policies.audit.purges import Purged
from policies.audit.tree import Tree
from policies.errors import LedgerBroken, LedgerUnavailable

README = Path(__file__).with_name("export_readme.txt")


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


class Span:
    """The records from `first` to `last`, both included, and the checkpoint that they are proven by."""

    def __init__(self, connection: Transaction, held: Held, first: int, last: int) -> None:
        self._connection = connection
        self._held = held
        self._first = first
        self._last = last
        self._records = 0
        self._tree = Tree()
        self._purges: Purged | None = None

    async def write(self, archive: Archive, writing: Writing) -> AsyncIterator[Progress]:
        """The records, then their proofs."""
        total = 2 * (self._last + 1 - self._first)
        with archive.file(f"records.{writing.name}") as file:
            async for page in self._pages():
                rows = sorted(page.rows.items())
                records = [Record(index, row.at, row.body) for index, row in rows if row.at and row.body]
                self._records += len(records)
                await file.write(await asyncio.to_thread(list, map(writing.line, records)))
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
        await self._add_purges(archive)
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
        """A proof for each record, those that are no longer there too."""
        indexes = range(page.start, page.end)
        paths = await self._tree.inclusions(self._connection, indexes, self._held.size)
        pairs = zip(indexes, paths, strict=True)
        return [await self._proof(index, page.rows.get(index), path) for index, path in pairs]

    async def _proof(self, index: int, row: Row | None, path: Sequence[bytes]) -> bytes:
        if row is None or row.node is None:
            raise LedgerBroken(f"L’empreinte de l’enregistrement {index} manque : lancez « assistant audit verify ».")
        gone = {} if row.body else {"purged" if await self._purged(index) else "missing": True}
        return json.dumps({"index": index, "leaf": _text(row.node), "path": _texts(path), **gone}).encode()

    async def _purged(self, index: int) -> bool:
        """Whether the ledger says that a record went by the rules of retention."""
        if self._purges is None:
            self._purges = await LedgerPages(self._connection).purges()
        return index in self._purges

    async def _add_purges(self, archive: Archive) -> None:
        """The records that say which others went, each with its proof; none where all that is exported is there."""
        with archive.file("purges.jsonl") as file:
            if self._records == self._last + 1 - self._first:
                return
            for index, body in await rows_of(self._connection, queries.PURGES, [self._held.size]):
                path = await self._tree.inclusion(self._connection, index, self._held.size)
                line = _line(index=index, body=bytes(body).decode("utf-8", "replace"), path=_texts(path))
                await file.write([line.removesuffix("\n").encode()])

    async def _previous(self) -> str:
        """The last checkpoint of each day, with the proof that the one of the export continues it."""
        days = await rows_of(self._connection, queries.DAYS, {"first": self._first, "size": self._held.size})
        lines = [
            _line(note=note, path=_texts(await self._tree.consistency(self._connection, size, self._held.size)))
            for size, note in days
        ]
        return "".join(lines)

    async def _rotations(self) -> str:
        """The changes of keys, each in a tree that the old key signed."""
        rows = await rows_of(self._connection, queries.ROTATIONS, [self._held.size])
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


def _line(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _texts(hashes: Iterable[bytes]) -> list[str]:
    return [_text(one) for one in hashes]


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


async def rows_of(connection: Transaction, query: LiteralString, values: Any) -> list[Any]:
    """What the query gives. Raises `LedgerUnavailable`."""
    try:
        return await (await connection.execute(query, values)).fetchall()
    except psycopg.Error as error:
        raise LedgerUnavailable(f"Le registre est illisible : {error}") from error
