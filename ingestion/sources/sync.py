"""Bringing a collection to the state of a source that it follows.

1. Only entries with another fingerprint than last time are read, and only content that is new is received.
2. Nothing is taken away before the source was listed to the end, and all that changed was read: a listing that
   fails removes nothing, and neither does one that is suddenly empty.
3. A document whose entry has gone while another came with the same bytes was renamed: it stays itself, and
   nothing of it is embedded again. A file of records that is to be read as another file, or the reverse, is new.
4. A file of records that cannot be read is a failed document, and takes none of its records away.
5. An entry is noted before its document comes and forgotten after it has gone; what it held is noted only as long as
   the document is whole: written after all of it has come, erased before anything of it goes. So half a document is
   never taken for what the source holds, and after a crash at any step the next synchronisation ends as this one
   would have.
"""

from collections.abc import AsyncIterator, Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from secrets import token_hex
from typing import Protocol

from ingestion.errors import DocumentEmpty, DocumentRefused
from ingestion.intake import FileIntake, Intake, IntakeLimits, RecordIntake, known_suffixes
from ingestion.parsing import jsonl
from ingestion.progress import Progress
from ingestion.reception import Taken
from ingestion.sources.changes import Changes
from ingestion.sources.copies import Copy, copied
from ingestion.sources.errors import EntryGone, EntryRefused, SourceEmptied
from ingestion.sources.followed import Followed, Held, Kind, SourceTable
from ingestion.sources.port import Entry, Source
from policies import Principal
from retrieval.corpus import Collection
from retrieval.rows import Pool
from retrieval.scratch import Scratch, scratch

AT_ONCE = 64  # entries received together
AT_ONCE_BYTES = 8_000_000  # beyond this fewer


class Receive(Protocol):
    """Takes documents in: what it has received is durable, and will be found (`ingestion.reception.Reception`)."""

    def receive(self, principal: Principal, collection: Collection, items: Iterable[Intake]) -> AsyncIterator[Taken]:
        """Each step, as it is durable."""


class Documents(Protocol):
    """What else is done to documents (`ingestion.sources.documents.SourceDocuments`)."""

    async def rename(self, source: Followed, held: Held, entry: Entry) -> bool:
        """Let the document of an entry have another key; False where it is gone."""

    async def fail(
        self, source: Followed, document_id: str, name: str, reason: str, *, keeps_below: bool = False
    ) -> None:
        """Let the document be there, with the reason why it cannot be found; what is below it goes, or is kept."""

    async def remove(self, source: Followed, ids: Iterable[str], but: Container[str] = ()) -> int:
        """Take documents, and what is below them, out, but for those; gives how many."""


@dataclass(frozen=True, slots=True)
class Sync:
    """One synchronisation of one source into its collection, which must be one at a time."""

    pool: Pool
    table: SourceTable
    receive: Receive
    documents: Documents
    limits: IntakeLimits
    followed: Followed
    collection: Collection
    source: Source
    changes: Changes = field(default_factory=Changes)

    async def run(self, *, allow_empty: bool = False) -> AsyncIterator[Progress]:
        """All of it, told entry by entry of those that are to be read.

        Raises `SourceUnreachable`, `SourceRefused`, `SourceEmptied`, `BrokenLine`, and what receiving raises.
        """
        async with self.pool.connection() as connection:
            held = await self.table.held(connection, self.followed.id)
        listed = {entry.key: entry async for entry in self.source.entries()}
        if held and not listed and not allow_empty:
            raise SourceEmptied(self.followed.name, len(held))
        wanted = {key: entry for key, entry in listed.items() if self._is_wanted(key)}
        self.changes.skipped = len(listed) - len(wanted)
        fresh = [entry for key, entry in wanted.items() if not _is_settled(entry, held.get(key))]
        self.changes.unchanged = len(wanted) - len(fresh)
        vanished = {key: one for key, one in held.items() if key not in wanted}
        with scratch(Scratch.SOURCE) as folder:
            batch = _Batch(folder)
            for done, entry in enumerate(fresh, start=1):
                await self._read(entry, held, vanished, batch)
                batch.tidy()
                if batch.is_full:
                    await self._take(batch, held)
                yield Progress(done, len(fresh), entry.key)
            await self._take(batch, held)
        await self._remove(vanished)

    def _is_wanted(self, key: str) -> bool:
        if self.followed.place.kind is Kind.LINES:
            return True
        return PurePath(key).suffix.lower() in known_suffixes() or jsonl.holds_records(key)

    async def _read(self, entry: Entry, held: Mapping[str, Held], vanished: dict[str, Held], batch: "_Batch") -> None:
        """Read one entry, and put it into the batch if its content is to be received."""
        known = held.get(entry.key)
        try:
            copy = await copied(self.source, entry, batch.folder, self.limits.file)
        except EntryGone:
            return  # the next listing says where it went
        except (EntryRefused, DocumentRefused) as refusal:
            await self._refuse(entry, known, refusal)
            return
        if known is None and (before := _renamed(copy, vanished)):
            if await self.documents.rename(self.followed, before, entry):
                self.changes.renamed += 1
            del vanished[before.key]
        elif known is not None and known.is_there and known.sha256 == copy.sha256:
            self.changes.unchanged += 1
            await self._settle([(entry.key, entry.fingerprint, copy.sha256)])
        else:
            batch.copies.append(copy)

    async def _take(self, batch: "_Batch", held: Mapping[str, Held]) -> None:
        """Receive what the batch has gathered."""
        ids = {copy.entry.key: _document_id(held.get(copy.entry.key)) for copy in batch.copies}
        if not ids:
            return
        await self._reserve(ids)
        intakes = [self._intake(copy, ids[copy.entry.key]) for copy in batch.copies]
        there: set[str] = set()
        unsaid: set[str] = set()
        async for taken in self.receive.receive(self.followed.principal, self.collection, intakes):
            there.update(taken.ids)
            unsaid.update(taken.unsaid)
        await self._tell_empty(ids, there)
        await self.documents.remove(self.followed, ids.values(), but=_Kept(there, unsaid))
        known = sum(key in held and held[key].is_there for key in ids)
        self.changes.changed += known
        self.changes.added += len(ids) - known
        await self._settle([(copy.entry.key, copy.entry.fingerprint, copy.sha256) for copy in batch.copies])
        batch.copies.clear()
        batch.tidy()

    async def _tell_empty(self, ids: Mapping[str, str], there: set[str]) -> None:
        """A file that should hold others and holds none is one failed document."""
        full = {identifier.partition("/")[0] for identifier in there}
        for key, identifier in ids.items():
            if identifier not in full:
                await self._fail(identifier, key, DocumentEmpty(key))
                there.add(identifier)

    def _intake(self, copy: Copy, document_id: str) -> Intake:
        key = copy.entry.key
        if self.followed.place.kind is Kind.LINES:
            return RecordIntake(document_id, key, copy.path.read_bytes())
        return FileIntake(document_id, key, copy.path, self.limits.file)

    async def _refuse(self, entry: Entry, known: Held | None, refusal: Exception) -> None:
        """One failed document. What was closed to us may open without a change, and is tried again."""
        identifier = _document_id(known)
        await self._reserve({entry.key: identifier})
        is_closed = isinstance(refusal, EntryRefused)
        await self._fail(identifier, entry.key, refusal, keeps_below=self._has_records(entry) and not is_closed)
        if not is_closed:
            await self._settle([(entry.key, entry.fingerprint, "")])

    def _has_records(self, entry: Entry) -> bool:
        return self.followed.place.kind is not Kind.LINES and jsonl.holds_records(entry.key)

    async def _fail(self, document_id: str, name: str, reason: Exception, *, keeps_below: bool = False) -> None:
        await self.documents.fail(self.followed, document_id, name, str(reason), keeps_below=keeps_below)
        self.changes.failed.append((name, str(reason)))

    async def _remove(self, vanished: Mapping[str, Held]) -> None:
        if not vanished:
            return
        await self._reserve({key: one.document_id for key, one in vanished.items()})
        await self.documents.remove(self.followed, [one.document_id for one in vanished.values()])
        async with self.pool.connection() as connection:
            await self.table.forget(connection, self.followed.id, vanished)
        self.changes.removed += len(vanished)

    async def _reserve(self, ids: Mapping[str, str]) -> None:
        async with self.pool.connection() as connection:
            await self.table.reserve(connection, self.followed.id, ids)

    async def _settle(self, entries: list[tuple[str, str, str]]) -> None:
        async with self.pool.connection() as connection:
            await self.table.settle(connection, self.followed.id, entries)


@dataclass(slots=True)
class _Batch:
    """Copies that wait to be received together."""

    folder: Path
    copies: list[Copy] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.copies) >= AT_ONCE or sum(copy.size for copy in self.copies) >= AT_ONCE_BYTES

    def tidy(self) -> None:
        """Leave no other files."""
        kept = {copy.path for copy in self.copies}
        for path in self.folder.iterdir():
            if path not in kept:
                path.unlink()


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is not to be removed: what was received, and all below the files that say nothing of theirs."""

    ids: set[str]
    files: set[str]

    def __contains__(self, identifier: object) -> bool:
        below = (str(identifier).startswith(f"{file}/") for file in self.files)
        return identifier in self.ids or any(below)


def _is_settled(entry: Entry, held: Held | None) -> bool:
    return held is not None and held.is_there and held.fingerprint == entry.fingerprint


def _document_id(held: Held | None) -> str:
    """The entry's document. What was removed and comes back is another: the old one's citations are not its own."""
    if held is not None and held.is_there:
        return held.document_id
    return f"source:{token_hex(8)}"


def _renamed(copy: Copy, vanished: Mapping[str, Held]) -> Held | None:
    """The entry that this one was before; one of the same file name rather than another."""
    key = copy.entry.key
    same = [
        one
        for one in vanished.values()
        if one.is_there and one.sha256 == copy.sha256 and jsonl.holds_records(one.key) == jsonl.holds_records(key)
    ]
    name = PurePath(key).name
    return min(same, key=lambda one: (PurePath(one.key).name != name, one.key), default=None)
