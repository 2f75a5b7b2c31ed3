"""How much memory this machine, or the container around this process, still has."""

from pathlib import Path

MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")


def available(meminfo: Path = MEMINFO, cgroup: Path = CGROUP) -> int | None:
    """Bytes that can be had without taking them from others; None where the system does not say."""
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
        left = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
    limit = _number(cgroup / "memory.max")
    used = _number(cgroup / "memory.current")
    if limit is None or used is None:
        return left
    # What it has read of files can be given back.
    return min(left, limit - used + _cached(cgroup / "memory.stat"))


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # «max» is no limit
        return None


def _cached(path: Path) -> int:
    try:
        said = dict(line.split() for line in path.read_text().splitlines())
        return int(said["inactive_file"])
    except (OSError, KeyError, ValueError):
        return 0
