"""A folder of this machine, or one that is mounted on it.

Hidden files and folders are left out, and so are links: what a link names is another's to give. A name
that is no UTF-8 has its stray bytes as characters of the private use area (U+F780 to U+F7FF).
"""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from ingestion.sources.errors import EntryGone, EntryRefused, SourceRefused, SourceUnreachable
from ingestion.sources.port import Entry, is_hidden

PIECE = 1 << 20  # bytes

# Within this time of its last change a file may change again and its times still be the same.
COARSE = 2_000_000_000  # nanoseconds

_TO_KEY = {0xDC00 + byte: 0xF700 + byte for byte in range(0x80, 0x100)}
_TO_NAME = {there: here for here, there in _TO_KEY.items()}


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """Where it is."""

    path: Path


class FolderSource:
    """A `Source` over a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """All files below. Raises `SourceUnreachable`, `SourceRefused`, also for one folder below."""
        folders = [self._root]
        while folders:
            found, entries = await asyncio.to_thread(self._listed, folders.pop())
            folders += found
            for entry in entries:
                yield entry

    async def read(self, key: str) -> AsyncGenerator[bytes, None]:
        """One file. Raises `EntryGone`, `EntryRefused`, `SourceUnreachable`."""
        try:
            descriptor = await asyncio.to_thread(self._opened, key)
            with open(descriptor, "rb") as file:  # noqa: ASYNC230 (it is open already)
                while piece := await asyncio.to_thread(file.read, PIECE):
                    yield piece
        except (FileNotFoundError, NotADirectoryError) as error:
            raise EntryGone(key) from error
        except PermissionError as error:
            raise EntryRefused(key) from error
        except OSError as error:
            raise SourceUnreachable(str(self._root), error.strerror or str(error)) from error

    def _listed(self, folder: Path) -> tuple[list[Path], list[Entry]]:
        folders: list[Path] = []
        entries: list[Entry] = []
        try:
            with os.scandir(folder) as scan:
                found = sorted((one for one in scan if not is_hidden(one.name)), key=lambda one: one.name)
            for one in found:
                if one.is_dir(follow_symlinks=False):
                    folders.append(Path(one.path))
                elif one.is_file(follow_symlinks=False):
                    entries.append(self._entry(one))
        except PermissionError as error:
            raise SourceRefused(str(folder)) from error
        except OSError as error:  # a file that went away meanwhile, too
            raise SourceUnreachable(str(folder), error.strerror or str(error)) from error
        return folders, entries

    def _entry(self, found: os.DirEntry[str]) -> Entry:
        told = found.stat(follow_symlinks=False)
        fingerprint = f"{told.st_mtime_ns}-{told.st_size}-{told.st_ino}"
        now = time.time_ns()
        if now - told.st_mtime_ns < COARSE:
            fingerprint += f"-{now}"
        key = Path(found.path).relative_to(self._root).as_posix().translate(_TO_KEY)
        return Entry(key, told.st_size, fingerprint)

    def _opened(self, key: str) -> int:
        """The open file, which is a file, below the root, and not reached by a link."""
        path = self._root / key.translate(_TO_NAME)
        if path.resolve() != path or not path.is_relative_to(self._root):
            raise FileNotFoundError(path)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        if S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
        raise FileNotFoundError(path)


@asynccontextmanager
async def open_folder(settings: FolderSettings) -> AsyncIterator[FolderSource]:
    """The folder need not be there yet."""
    yield FolderSource(await asyncio.to_thread(settings.path.resolve))
