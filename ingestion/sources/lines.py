"""A file of JSON lines: each record is an entry, by its id (see `ingestion.parsing.jsonl`)."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ingestion.errors import DocumentRefused
from ingestion.parsing import jsonl
from ingestion.sources.errors import EntryGone, SourceUnreachable
from ingestion.sources.port import Entry

AT_ONCE = 500  # records


@dataclass(frozen=True, slots=True)
class LinesSettings:
    """Where it is; `limit` is for the whole file, decompressed, in bytes."""

    path: Path
    limit: int = 1_000_000_000


class LinesSource:
    """A `Source` over one file. An entry's bytes are its record in canonical form."""

    def __init__(self, settings: LinesSettings) -> None:
        self._settings = settings
        self._ahead: Iterator[jsonl.Record] = iter(())

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """Each record. Raises `SourceUnreachable`, `BrokenLine`."""
        records = self._records()
        while some := await asyncio.to_thread(lambda: [_entry(record) for record in islice(records, AT_ONCE)]):
            for entry in some:
                yield entry

    async def read(self, key: str) -> AsyncGenerator[bytes, None]:
        """One record. Raises `EntryGone`, `SourceUnreachable`, `BrokenLine`."""
        yield (await asyncio.to_thread(self._found, key)).canonical()

    def _found(self, key: str) -> jsonl.Record:
        """Looked for from where the last one was, then once from the start: in order, the file is read once."""
        for _ in range(2):
            for record in self._ahead:
                if record.id == key:
                    return record
            self._ahead = self._records()
        raise EntryGone(key)

    def _records(self) -> Iterator[jsonl.Record]:
        try:
            for _, record in jsonl.records(self._settings.path, self._settings.limit):
                yield record
        except DocumentRefused as error:
            raise SourceUnreachable(str(self._settings.path), str(error).rstrip(".")) from error


def _entry(record: jsonl.Record) -> Entry:
    canonical = record.canonical()
    return Entry(record.id, len(canonical), hashlib.sha256(canonical).hexdigest())


@asynccontextmanager
async def open_lines(settings: LinesSettings) -> AsyncIterator[LinesSource]:
    """The file need not be there yet."""
    yield LinesSource(settings)
