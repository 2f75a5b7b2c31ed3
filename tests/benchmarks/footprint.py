"""What processes hold of memory, in MiB, as Linux counts it in `/proc`."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

OFTEN_S = 0.1
FIELDS = {"own": "RssAnon", "files": "RssFile", "peak": "VmHWM"}


def held(process: str = "self") -> dict[str, int]:
    """Of a process: its own, of files (which the system may take back), and the most that both ever were together."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ended just now
        return dict.fromkeys(FIELDS, 0)
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return {name: int(lines[key].split()[0]) >> 10 if key in lines else 0 for name, key in FIELDS.items()}


async def peak_while(act: Awaitable[object], word: str) -> int:
    """The most that any process held whose command has this word, until the act has ended; 0: there was none."""
    task, peak = asyncio.ensure_future(act), 0
    while not task.done():
        await asyncio.wait([task], timeout=OFTEN_S)
        peak = max([peak, *(held(process)["peak"] for process in _named(word))])
    await task
    return peak


def _named(word: str) -> list[str]:
    return [place.parent.name for place in Path("/proc").glob("[0-9]*/cmdline") if word in _command(place)]


def _command(place: Path) -> str:
    try:
        return place.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
