"""Folders that are thrown away once they have been used, and those that a process left which was killed.

A folder is locked while it is used: by flock(2) on the folder itself, which ends with its process, however it ends. One
without a lock is nobody's.
"""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

YOUNG_S = 60.0  # what is younger may be about to be locked


class Scratch(StrEnum):
    """What a folder is for, as its name says."""

    READING = "reading"
    PARTS = "parts"
    SOURCE = "source"
    UPLOAD = "upload"
    LLAMA = "llama"


_NAME = re.compile(rf"assistant-scratch-({'|'.join(Scratch)})-[a-z0-9_]{{8}}")


@contextmanager
def scratch(kind: Scratch) -> Iterator[Path]:
    """A new folder, for this user alone, until the block is left."""
    with tempfile.TemporaryDirectory(prefix=f"assistant-scratch-{kind}-") as name:
        lock = _opened(Path(name))
        try:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield Path(name)
        finally:
            os.close(lock)


def sweep() -> None:
    """Remove the folders that this user's processes left; what cannot be removed stays, and costs only its room."""
    for folder in Path(tempfile.gettempdir()).iterdir():
        if _NAME.fullmatch(folder.name):
            _sweep(folder)


def _sweep(folder: Path) -> None:
    try:
        lock = _opened(folder)
    except OSError:  # somebody else's, or gone
        return
    try:
        known = os.fstat(lock)
        if known.st_uid == os.geteuid() and time.time() - known.st_mtime > YOUNG_S:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # in use
    finally:
        os.close(lock)


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
