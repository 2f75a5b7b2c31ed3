"""A small file system of its own that a test fills up."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """Mounted at `folder`; what fills it lies there in a file."""

    folder: Path

    def fill(self) -> None:
        """Leave no byte free."""
        state = os.statvfs(self.folder)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, state.f_bavail * state.f_frsize)

    def free(self) -> None:
        """Let go what filled it."""
        self._ballast.unlink()

    def remount(self, how: str) -> None:
        """Make it «ro», to be read alone, or «rw»."""
        _run("mount", "-o", f"remount,{how}", str(self.folder)).check_returncode()

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[SmallDisk]:
    """In memory, mounted at that folder; whoever may not mount it skips the test."""
    folder.mkdir()
    mounted = _run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "tmpfs", str(folder))
    if mounted.returncode:
        pytest.skip(f"no right to mount a file system: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        _run("umount", "--lazy", str(folder)).check_returncode()


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - its own words
