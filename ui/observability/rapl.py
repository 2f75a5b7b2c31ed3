"""What this machine's processors draw, as they count it themselves (Intel's RAPL, which AMD has too), where it is read.

Linux shows a counter of microjoules for each processor package below /sys/class/powercap; since 2020 only root reads it
(CVE-2020-8694). It knows nothing of graphics cards, disks, fans or of the losses of the power supply, and counts all
that runs on the processors.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from ui.meanwhile import meanwhile

POWERCAP = Path("/sys/class/powercap")

EVERY_S = 1.0
KEPT = 900  # looks: as long as an answer may take, and more

MICRO = 1e-6


class Rapl:
    """Looks at the counters again and again, and knows the mean power of the last while."""

    def __init__(self, zones: list[Path], clock: Callable[[], float] = time.monotonic) -> None:
        self._zones = {zone: _number(zone / "max_energy_range_uj") for zone in zones}
        self._clock = clock
        self._last = {zone: _number(zone / "energy_uj") for zone in zones}
        self._joules = 0.0
        self._seen = deque([(clock(), 0.0)], maxlen=KEPT)

    @property
    def joules(self) -> float:
        """All that was drawn since the beginning."""
        return self._joules

    def look(self) -> None:
        """Read the counters, which begin anew at their end. Raises `OSError`."""
        for zone, whole in self._zones.items():
            now, before = _number(zone / "energy_uj"), self._last[zone]
            self._joules += (now - before if now >= before else now + whole - before) * MICRO
            self._last[zone] = now
        self._seen.append((self._clock(), self._joules))

    def watts(self, seconds: float) -> float | None:
        """The mean over that time until now; None before the second look."""
        latest, joules = self._seen[-1]
        begin = next((one for one in reversed(self._seen) if latest - one[0] >= max(seconds, EVERY_S)), self._seen[0])
        return (joules - begin[1]) / (latest - begin[0]) if latest > begin[0] else None


def readable(powercap: Path = POWERCAP) -> list[Path]:
    """The counters of whole packages that this process may read."""
    found = []
    for zone in sorted(powercap.glob("intel-rapl:*")):
        if zone.name.count(":") == 1:
            try:
                _number(zone / "energy_uj"), _number(zone / "max_energy_range_uj")
            except (OSError, ValueError):
                continue
            found.append(zone)
    return found


@asynccontextmanager
async def open_rapl(powercap: Path = POWERCAP) -> AsyncIterator[Rapl | None]:
    """The counters of this machine, read meanwhile; None where there are none, or none that may be read."""
    zones = readable(powercap)
    if not zones:
        yield None
        return
    rapl = Rapl(zones)
    async with meanwhile(_look(rapl)):
        yield rapl


async def _look(rapl: Rapl) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        rapl.look()


def _number(path: Path) -> int:
    return int(path.read_text())
