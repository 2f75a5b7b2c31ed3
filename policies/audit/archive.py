"""The zip of an export: written aside, its manifest last, and given its name once it is recorded and durable."""

import asyncio
import hashlib
import json
import os
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, Any

from policies.audit.standalone import MANIFEST
from policies.errors import ExportRefused


class Lines:
    """One file of an archive, as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0

    async def write(self, lines: Iterable[bytes]) -> None:
        """Add lines, which come without their ends."""
        written = b"".join(line + b"\n" for line in lines)
        self._digest.update(written)
        self._size += len(written)
        await asyncio.to_thread(self._file.write, written)

    @property
    def told(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"bytes": self._size, "sha256": self._digest.hexdigest()}


class Archive:
    """Files one after the other, each hashed as it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch(mode=0o600, exist_ok=False)  # it names persons: for its owner alone, whatever the umask
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._files: dict[str, dict[str, Any]] = {}

    @contextmanager
    def file(self, name: str) -> Iterator[Lines]:
        """A new file."""
        with self._zip.open(name, "w", force_zip64=True) as file:
            lines = Lines(file)
            yield lines
        self._files[name] = lines.told

    async def add(self, name: str, text: str) -> None:
        """A small file whole."""
        with self.file(name) as file:
            if text:
                await file.write(text.removesuffix("\n").encode().split(b"\n"))

    async def copy(self, name: str, path: Path) -> None:
        """A file as it lies on a disk."""
        self._files[name] = await asyncio.to_thread(self._copied, name, path)

    async def close(self, manifest: dict[str, Any]) -> str:
        """Write the manifest and make all of it durable; gives the archive's SHA-256 in hexadecimal."""
        written = json.dumps(manifest | {"files": self._files}, ensure_ascii=False, indent=1) + "\n"
        return await asyncio.to_thread(self._closed, written)

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._zip.close()
        self._path.unlink(missing_ok=True)

    def _copied(self, name: str, path: Path) -> dict[str, Any]:
        self._zip.write(path, name)
        with path.open("rb") as file:
            return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}

    def _closed(self, manifest: str) -> str:
        self._zip.writestr(MANIFEST, manifest)
        self._zip.close()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())
            return hashlib.file_digest(file, "sha256").hexdigest()


@asynccontextmanager
async def new_archive(path: Path) -> AsyncIterator[Archive]:
    """An archive that bears its name once the block is left without an error. Raises `ExportRefused`."""
    part = path.with_name(f"{path.name}.part")
    try:
        archive = await asyncio.to_thread(_begun, part, path)
    except OSError as error:
        raise ExportRefused(f"Le fichier {path} ne peut pas être écrit : {error.strerror}.") from error
    try:
        yield archive
        await asyncio.to_thread(_finish, part, path)
    except OSError as error:
        raise ExportRefused(f"Le fichier {path} ne peut pas être écrit : {error.strerror}.") from error
    finally:
        archive.abandon()


def _begun(part: Path, path: Path) -> Archive:
    if path.exists():
        raise ExportRefused(f"Le fichier {path} existe déjà : donnez un autre nom par --out.")
    part.unlink(missing_ok=True)  # what an export left that was killed
    return Archive(part)


def _finish(part: Path, path: Path) -> None:
    os.link(part, path)  # unlike a renaming, it never replaces what is there
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
