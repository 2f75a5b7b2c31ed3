"""A fault at the n-th of all operations that reach the disk or the database, whoever does them.

Counted are statements and commits of PostgreSQL, and of files being made, made durable, linked, replaced. `before` the
operation nothing of it has happened; after it, it has, and nobody is told: the answer was lost.
"""

import errno
import os
import pathlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

ON_DISK = ("fsync", "link", "replace")


@dataclass
class Operations:
    """Counts, and lets the one of number `last` fail; `happened` says whether it did."""

    last: int | None = None
    before: bool = True
    count: int = 0
    happened: bool = False

    def is_last(self) -> bool:
        self.count += 1
        self.happened = self.happened or self.count == self.last
        return self.count == self.last


@contextmanager
def counting(operations: Operations) -> Iterator[Operations]:
    """In this process, while the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, of in (
            (psycopg.AsyncCursor, "execute", _connection),
            (psycopg.AsyncConnection, "commit", _self),
        ):
            patch.setattr(owner, name, _told_by_the_database(getattr(owner, name), of, operations))
        for name in ON_DISK:
            patch.setattr(os, name, _told_by_the_disk(getattr(os, name), operations))
        patch.setattr(pathlib.Path, "open", _opening(pathlib.Path.open, operations))
        yield operations


def _connection(cursor: Any) -> Any:
    return cursor.connection


def _self(connection: Any) -> Any:
    return connection


def _told_by_the_database(call: Any, of: Callable[[Any], Any], operations: Operations) -> Any:
    async def counted(self: Any, *arguments: Any, **named: Any) -> Any:
        last = operations.is_last()
        if last and operations.before:
            await of(self).close()
            raise psycopg.OperationalError("the connection is lost")
        result = await call(self, *arguments, **named)
        if last:
            await of(self).close()
            raise psycopg.OperationalError("the answer is lost")
        return result

    return counted


def _told_by_the_disk(call: Any, operations: Operations) -> Any:
    def counted(*arguments: Any, **named: Any) -> Any:
        last = operations.is_last()
        if last and operations.before:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        result = call(*arguments, **named)
        if last:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return result

    return counted


def _opening(call: Any, operations: Operations) -> Any:
    def opened(path: pathlib.Path, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if set(mode) & set("wxa") and operations.is_last():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return call(path, mode, *arguments, **named)

    return opened
