"""Lines at the end of a file, on the disk before they count as sent."""

import asyncio
import mmap
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from policies.errors import DestinationUnavailable


@dataclass(frozen=True, slots=True)
class FileTransport:
    """To a file that is made where there is none; it may be moved away at any time."""

    path: Path

    syslog = False
    unconfirmed = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["FileTransport"]:
        """The file is opened for each batch."""
        yield self

    async def send(self, lines: Sequence[str]) -> None:
        """Return once the lines are on the disk. Raises `DestinationUnavailable`."""
        try:
            await asyncio.to_thread(_append, self.path, "".join(f"{line}\n" for line in lines).encode())
        except OSError as error:
            raise DestinationUnavailable(f"le fichier {self.path} n’est pas inscriptible ({error.strerror})") from error


def _append(path: Path, written: bytes) -> None:
    is_new = not path.exists()
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640), "r+b") as file:
        file.truncate(file.seek(_whole(file.fileno())))
        file.write(written)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _whole(file: int) -> int:
    """Where the last whole line ends: a process that was killed may have left half of one, which is sent again."""
    if not os.fstat(file).st_size:
        return 0
    with mmap.mmap(file, 0, access=mmap.ACCESS_READ) as held:
        return held.rfind(b"\n") + 1
