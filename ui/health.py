"""How the parts of the product are, for a page: cheap checks that cannot keep it waiting.

Each check has `PATIENCE_S`. What was found is told for `FRESH_S`; after that it is told once more while it is found
anew, so that a part that hangs slows no page. Sizes of folders are counted every `SIZES_S`.
"""

import asyncio
import datetime as dt
import logging
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from ui.database import Pool
from ui.failures import EXPECTED, failure_of

_log = logging.getLogger(__name__)

PATIENCE_S = 2.0
FRESH_S = 10.0
SIZES_S = 600.0

Check = Callable[[], Awaitable[str]]
"""Gives the state of a part, in a French sentence. Raises, of `EXPECTED`, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part; `said` is its state, or what is wrong and what to do."""

    name: str
    well: bool
    said: str


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes. What lies on other machines is None."""

    database: int
    blobs: int | None
    index: int | None
    free: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at that moment."""

    parts: Sequence[Part]
    disk: Disk
    at: dt.datetime

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return all(part.well for part in self.parts)


@dataclass
class Health:
    """Looks at the parts. `folders` give those whose sizes are told: « blobs » and « index », where they are here."""

    pool: Pool
    home: Path
    checks: Mapping[str, Check]
    folders: Mapping[str, Callable[[], Iterable[Path]]]
    _found: Found | None = None
    _found_at: float = 0.0
    _sizes: dict[str, int] = field(default_factory=dict)
    _sized_at: float = float("-inf")
    _looking: asyncio.Task[Found] | None = None

    async def now(self) -> Found:
        """How the parts are, as of a few seconds ago. The first look is waited for."""
        if self._found is None:
            return await asyncio.shield(self._look())
        if time.monotonic() - self._found_at > FRESH_S:
            self._look()
        return self._found

    def _look(self) -> asyncio.Task[Found]:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._find())
        return self._looking

    async def _find(self) -> Found:
        parts = await asyncio.gather(*(_part(name, check) for name, check in self.checks.items()))
        self._found = Found(parts, await self._disk(), dt.datetime.now(dt.UTC))
        self._found_at = time.monotonic()
        return self._found

    async def _disk(self) -> Disk:
        if time.monotonic() - self._sized_at > SIZES_S:
            self._sizes = {name: await asyncio.to_thread(_size, folders()) for name, folders in self.folders.items()}
            self._sized_at = time.monotonic()
        database = 0
        try:
            async with asyncio.timeout(PATIENCE_S), self.pool.connection() as connection:
                row = await (await connection.execute("select pg_database_size(current_database())")).fetchone()
                database = int(row[0]) if row else 0
        except (psycopg.Error, OSError, TimeoutError) as error:  # the part «Base de données» says so
            _log.warning("The database's size is not known (%s).", type(error).__name__)
        free = shutil.disk_usage(self.home).free
        return Disk(database, self._sizes.get("blobs"), self._sizes.get("index"), free)


async def _part(name: str, check: Check) -> Part:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return Part(name, well=True, said=await check())
    except TimeoutError:
        return Part(
            name, well=False, said=f"Ne répond pas en {PATIENCE_S:.0f}\u202fs. Lancez «\u202fassistant doctor\u202f»."
        )
    except EXPECTED as error:
        return Part(name, well=False, said=failure_of(error).message)


def _size(folders: Iterable[Path]) -> int:
    """Bytes of all files below; one that goes meanwhile counts for nothing."""
    total = 0
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                with suppress(OSError):
                    total += os.lstat(os.path.join(path, name)).st_size
    return total
