"""A folder as a place for checkpoints: on another disk, or mounted from another machine."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from policies.errors import PlaceHolds, PlaceUnreachable

T = TypeVar("T")


class FolderPlace:
    """A `Place`. A file appears whole or not at all: it is written aside, made durable, then linked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def label(self) -> str:
        """Its path."""
        return str(self._folder)

    async def names(self) -> AsyncIterator[str]:
        """Of all files below."""
        for name in await self._done(self._listed):
            yield name

    async def read(self, name: str) -> bytes:
        """A file whole."""
        return await self._done((self._folder / name).read_bytes)

    async def put(self, name: str, content: bytes) -> None:
        """Make a file, durable on return. Raises `PlaceHolds`."""
        made = await self._done(lambda: _made(self._folder / name, content))
        if not made and await self.read(name) != content:
            raise PlaceHolds(self.label, name)

    def _listed(self) -> list[str]:
        if not self._folder.exists():
            return []
        os.listdir(self._folder)  # fails where there is something else than a folder, or no right to read it
        return [str(path.relative_to(self._folder)) for path in self._folder.rglob("*") if path.is_file()]

    async def _done(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            raise PlaceUnreachable(self.label, error.strerror or str(error)) from error


def _made(path: Path, content: bytes) -> bool:
    """Whether the file was made; it was not where one of that name is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{uuid4()}")
    try:
        with aside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)  # unlike a renaming, it never replaces what is there
    except FileExistsError:
        return False
    finally:
        aside.unlink(missing_ok=True)
    for folder in list(path.parents)[:4]:  # day, month, year, and the place itself
        _sync(folder)
    return True


def _sync(folder: Path) -> None:
    """Make durable that a file is in its folder."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
