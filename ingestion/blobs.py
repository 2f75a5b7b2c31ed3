"""Where originals lie: each under the SHA-256 of its bytes, so that the same file is kept once.

1. A name stands for its bytes, whole and durable, or is not there: a blob is written under another name,
   made durable, then renamed.
2. Writing what is there already changes nothing but its age.
3. What was being written when a process died is no blob, and is swept when it is old enough to be nobody's.
"""

import asyncio
import errno
import hashlib
import os
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from ingestion.errors import BlobMissing, BlobsUnavailable, DiskFull

NEW = "new"  # folder of what is not whole yet
A_DAY = 86_400.0  # seconds; no reception of one file lasts longer


class BlobStore(Protocol):
    """Raises `BlobsUnavailable` where the store cannot be reached or refuses."""

    async def put(self, content: AsyncIterable[bytes]) -> str:
        """Keep these bytes; gives their name: SHA-256, hexadecimal. Raises `DiskFull`, and what `content` raises."""

    def open(self, name: str) -> AbstractAsyncContextManager[Path]:
        """A file on this machine that holds the blob, for as long as it is open. Raises `BlobMissing`."""

    async def delete(self, name: str) -> None:
        """Forget the blob, if it is there."""

    def names(self, older_than: float = 0) -> AsyncIterator[str]:
        """All blobs that were last put at least so many seconds ago, in no order."""


@dataclass(frozen=True, slots=True)
class BlobSettings:
    """`folder` is made where it does not exist; workers on several machines share it."""

    folder: Path


@asynccontextmanager
async def open_blobs(settings: BlobSettings) -> AsyncIterator["FolderBlobs"]:
    """The store, swept of what dead processes left. Raises `BlobsUnavailable`, `DiskFull`."""
    blobs = FolderBlobs(settings.folder)
    await asyncio.to_thread(blobs.prepare)
    yield blobs


class FolderBlobs:
    """`BlobStore` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder; remove what was being written a day ago."""
        with _translated():
            (self._folder / NEW).mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in (self._folder / NEW).iterdir():
                with suppress(FileNotFoundError):  # another process sweeps too
                    if left.stat().st_mtime < time.time() - A_DAY:
                        left.unlink()

    async def put(self, content: AsyncIterable[bytes]) -> str:
        new = self._folder / NEW / uuid4().hex
        digest = hashlib.sha256()
        try:
            with _translated():
                file = await asyncio.to_thread(_create, new)
            try:
                async for piece in content:
                    digest.update(piece)
                    with _translated():
                        await asyncio.to_thread(_write, file, piece)
                with _translated():
                    await asyncio.to_thread(self._keep, file, new, digest.hexdigest())
            finally:
                os.close(file)
        finally:
            new.unlink(missing_ok=True)
        return digest.hexdigest()

    @asynccontextmanager
    async def open(self, name: str) -> AsyncIterator[Path]:
        place = self._place(name)
        if not await asyncio.to_thread(place.exists):
            raise BlobMissing
        yield place

    async def delete(self, name: str) -> None:
        with _translated():
            await asyncio.to_thread(self._place(name).unlink, missing_ok=True)

    async def names(self, older_than: float = 0) -> AsyncIterator[str]:
        with _translated():
            folders = await asyncio.to_thread(lambda: [one for one in self._folder.iterdir() if one.name != NEW])
        for folder in folders:
            with _translated():
                old = await asyncio.to_thread(_older, folder, time.time() - older_than)
            for name in old:
                yield name

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _keep(self, file: int, new: Path, name: str) -> None:
        place = self._place(name)
        try:
            os.utime(place)
        except FileNotFoundError:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            os.fsync(file)
            new.rename(place)
            _sync(place.parent)


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _write(file: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(file, view) :]


def _sync(folder: Path) -> None:
    """Make a rename into the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _older(folder: Path, moment: float) -> list[str]:
    found = []
    for entry in folder.iterdir():
        with suppress(FileNotFoundError):
            if entry.stat().st_mtime <= moment:
                found.append(entry.name)
    return found


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise BlobsUnavailable(error.strerror or str(error)) from error
