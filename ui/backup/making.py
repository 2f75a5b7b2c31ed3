"""Making a backup while people ask, upload and delete.

Invariants:
1. One moment for everything: the database is dumped as a snapshot of it shows it, and the embedded index is copied
   while nothing is written to it, in the moment in which that snapshot is taken.
2. Originals are only ever added under their own hashes: they are copied after that moment. One that is gone was erased
   meanwhile; erasure wins, and the manifest says so.
3. The file is there whole, with its record in the ledger, or not at all; nothing of it is ever on the disk in clear but
   the copy of the index, in a folder beside the index, for as long as it takes.
"""

import asyncio
import datetime as dt
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection

from ingestion.blobs import BlobStore
from ingestion.errors import BlobMissing
from policies import Act, Checkpoints, Event, Json, Ledger, Principal
from policies.audit.finding import Progress
from retrieval import EdgeIndex, OpenSpaces
from retrieval.rows import one_row
from ui.audit_keys import AuditKeys
from ui.backup import queries
from ui.backup.age import recipients_of, sealing
from ui.backup.archive import HOME, KEYS, Packing
from ui.backup.dump import dumping
from ui.backup.home_files import home_files
from ui.backup.manifest import MANIFEST, NOTE, OPENING, LedgerHead, Manifest, Opening, signature
from ui.database import Pool
from ui.database_roles import as_owner
from ui.errors import BackupRefused, BackupUnwritable, DatabaseUnavailable
from ui.french import system_reason
from ui.models import LanguageModels
from ui.settings import Settings

PRIVATE = ".backup-"  # how the folder of the copy of the index begins, in the data folder


@dataclass(frozen=True, slots=True)
class Made:
    """The backup, and what is in it; `missing` originals were erased while it was made. Sizes in bytes."""

    path: Path
    sha256: str
    bytes: int
    records: int
    documents: int
    blobs: int
    missing: int
    index: bool
    recipients: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Moment:
    snapshot: str
    postgres: int
    told: dict[str, Any]
    index: Path | None


@dataclass(frozen=True, slots=True)
class Backups:
    """Makes backups of one installation, one at a time."""

    pool: Pool
    ledger: Ledger
    checkpoints: Checkpoints
    keys: AuditKeys
    spaces: OpenSpaces
    blobs: BlobStore
    models: LanguageModels
    settings: Settings
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def make(
        self, principal: Principal, where: Path, named: Sequence[str]
    ) -> AsyncGenerator[Progress | Made, None]:
        """Make one in that folder, or as that file, for the holders of these keys; it is recorded.

        Raises `BackupKeyInvalid`, `BackupUnwritable`, `BackupRefused`, `BackupToolMissing`, `DatabaseUnavailable`,
        `LedgerUnavailable`, `LedgerBroken`.
        """
        if self._turn.locked():
            raise BackupRefused("Une autre sauvegarde est en cours. Attendez sa fin, puis recommencez.")
        async with self._turn:
            began, recipients = time.monotonic(), recipients_of(named or self.settings.backup_recipients)
            path = _file(where)
            partial = path.with_name(f"{path.name}.partial")
            await asyncio.to_thread(_sweep, self.settings.home, partial)
            async with sealing(partial, recipients) as sealed:
                packing = Packing(sealed)
                async with aclosing(self._pack(packing, path)) as steps:
                    async for step in steps:
                        if isinstance(step, Progress):
                            yield step
                        else:
                            manifest = step
                size, sha256 = await sealed.finish()
                made = Made(
                    path=path,
                    sha256=sha256,
                    bytes=size,
                    records=manifest.ledger.size,
                    documents=manifest.documents,
                    blobs=manifest.originals.count,
                    missing=len(manifest.originals.missing),
                    index=manifest.index == "embedded",
                    recipients=len(recipients),
                    seconds=round(time.monotonic() - began, 1),
                )
                await self._record(principal, made)
                partial.rename(path)
            yield made

    async def _pack(self, packing: Packing, path: Path) -> AsyncGenerator[Progress | Manifest, None]:
        await self.checkpoints.take()
        async with AsyncExitStack() as stack:
            private = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=PRIVATE, dir=self.settings.home)))
            url = self.settings.postgres_owner or self.pool.conninfo
            connection = await stack.enter_async_context(as_owner(self.pool, self.settings.postgres_owner))
            moment = await self._moment(connection, private)
            total = await self._size(connection, moment)
            _require_space(path.parent, total)
            opening = await self._open(packing, moment)
            if moment.index is not None:
                await _add_index(packing, moment.index)
                await asyncio.to_thread(shutil.rmtree, moment.index)
            yield Progress(packing.done, total)
            async with dumping(str(url), moment.snapshot, moment.postgres, private) as pieces:
                async for done in packing.add_parts(pieces):
                    yield Progress(min(done, total), total)
            async with connection.cursor("originals") as cursor:
                await cursor.execute(queries.ORIGINALS)
                async for (name,) in cursor:
                    await self._add_original(packing, name)
                    yield Progress(min(packing.done, total), total)
            yield await self._close(packing, moment, opening)

    async def _moment(self, connection: AsyncConnection[Any], private: Path) -> _Moment:
        index = (await self.spaces.in_use()).index
        async with AsyncExitStack() as stack:
            if isinstance(index, EdgeIndex):
                await stack.enter_async_context(index.still())
            try:
                await connection.execute(queries.READING)
                row = await (await connection.execute(queries.SNAPSHOT)).fetchone()
                told = await one_row(connection, queries.MOMENT)
            except psycopg.Error as error:
                raise DatabaseUnavailable(f"La base ne se laisse pas copier : {error}") from error
            assert row is not None and told is not None  # noqa: S101, PT018 - each gives one row
            copy = None
            if isinstance(index, EdgeIndex):
                copy = private / index.place.name
                try:
                    await index.copy_to(copy)
                except OSError as error:
                    raise BackupUnwritable(
                        f"L’index ne peut pas être copié dans {private} : {system_reason(error)}. Libérez-y de la "
                        "place, puis recommencez."
                    ) from error
        return _Moment(str(row[0]), connection.info.server_version // 10_000, told, copy)

    async def _size(self, connection: AsyncConnection[Any], moment: _Moment) -> int:
        """How much there is to be written at most."""
        size = int(moment.told["bytes"])
        if moment.index is not None:
            size += await asyncio.to_thread(_bytes_below, moment.index)
        async with connection.cursor("sizes") as cursor:
            await cursor.execute(queries.ORIGINALS)
            async for (name,) in cursor:
                try:
                    async with self.blobs.open(name) as file:
                        size += file.stat().st_size
                except (BlobMissing, FileNotFoundError):
                    continue
        return size

    async def _open(self, packing: Packing, moment: _Moment) -> Opening:
        opening = Opening(
            version=version("assistant"),
            made_at=dt.datetime.now(dt.UTC),
            migrations=moment.told["migrations"],
            postgres=moment.postgres,
            records=moment.told["records"],
        )
        await packing.add(OPENING, opening.written())
        await packing.add(KEYS, "".join(f"{key.vkey}\n" for key in self.keys.public()).encode())
        for name, content in await asyncio.to_thread(home_files, self.settings, self.keys):
            await packing.add(HOME + name, content)
        return opening

    async def _add_original(self, packing: Packing, name: str) -> None:
        try:
            async with self.blobs.open(name) as path:
                with path.open("rb") as file:
                    await packing.add_blob(name, file, path.stat().st_size)
        except (BlobMissing, FileNotFoundError):
            packing.missing.append(name)

    async def _close(self, packing: Packing, moment: _Moment, opening: Opening) -> Manifest:
        told, folder = moment.told, self.settings.home / "models"
        models = await self.models.listed()
        manifest = Manifest(
            ledger=LedgerHead(size=opening.records, note=told["note"]),
            documents=told["documents"],
            indexed=told["indexed"],
            collections=told["collections"],
            conversations=told["conversations"],
            index="none" if moment.index is None else "embedded",
            originals=packing.originals,
            members=packing.members,
            models={one.model.file: one.model.sha256 for one in models if one.path and one.path.is_relative_to(folder)},
            settings=self.settings.shown,
        )
        content = manifest.written()
        await packing.add(MANIFEST, content, told=False)
        await packing.add(NOTE, signature(content, list(self.checkpoints.keys)), told=False)
        await packing.close()
        return manifest

    async def _record(self, principal: Principal, made: Made) -> None:
        details: dict[str, Json] = {
            "size": made.records,
            "sha256": made.sha256,
            "recipients": made.recipients,
            "documents": made.documents,
            "blobs": made.blobs,
            "missing": made.missing,
            "bytes": made.bytes,
            "seconds": made.seconds,
        }
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.BACKUP_MADE, principal, details))


async def _add_index(packing: Packing, folder: Path) -> None:
    files = await asyncio.to_thread(lambda: sorted(path for path in folder.rglob("*") if path.is_file()))
    for path in files:
        with path.open("rb") as file:
            await packing.add_index_file(str(path.relative_to(folder.parent)), file)


def _sweep(home: Path, partial: Path) -> None:
    """Remove what a process that was killed has left."""
    partial.unlink(missing_ok=True)
    for folder in home.glob(f"{PRIVATE}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _file(where: Path) -> Path:
    """The file to be made. Raises `BackupUnwritable`."""
    now = dt.datetime.now(dt.UTC)
    path = where / f"assistant-{now:%Y%m%dT%H%M%SZ}.tar.age" if where.is_dir() else where
    if path.exists():
        raise BackupUnwritable(f"Le fichier {path} existe déjà : rien n’est remplacé. Donnez un autre nom.")
    if not path.parent.is_dir():
        raise BackupUnwritable(f"Le dossier {path.parent} n’existe pas : créez-le, ou donnez-en un autre.")
    return path


def _require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupUnwritable(
            f"La sauvegarde peut prendre jusqu’à {needed // 2**20 + 1} Mio, et il n’en reste que {free // 2**20} sur "
            f"le disque de {folder}. Libérez de la place, ou donnez un autre dossier."
        )


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
