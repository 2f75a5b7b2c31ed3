"""Checking what is pinned against an offline export of advisories, so that green means something.

Invariants:
1. Before anything else a pin that is known to be bad is planted, with its advisory, among what the export's own reader
   reads: where it is not flagged, or a version that mends it is, the scan fails. So does it where the export's own
   first advisory does not flag a version that it lists.
2. An export that is unreadable, empty, or silent about PyPI is refused (`ui.bundle.advisories`).
3. What the scan did not look at is said.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ui.bundle.advisories import known_affected, read_export
from ui.bundle.advisory import Hit, Target, hit, normal
from ui.errors import AdvisoriesUnusable

ECOSYSTEM = "PyPI"

# No index has this name: a pin of it is ours, and its version is bad up to the one that mends it.
CANARY = Target(ECOSYSTEM, "assistant-canary-for-scans", "1.4.0")
MENDED = Target(ECOSYSTEM, CANARY.name, "1.4.1")


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found: `hits` must be mended; `newest` dates the export, which does not speak of those in `silent`."""

    targets: int
    hits: tuple[Hit, ...]
    newest: dt.datetime
    advisories: dict[str, int]
    silent: tuple[str, ...] = field(default=())

    def age(self, now: dt.datetime) -> int:
        """Of the export, in days."""
        return (now - self.newest).days


def scan(targets: Sequence[Target], path: Path) -> Scan:
    """All advisories of the export that these packages fall under. Raises `AdvisoriesUnusable`."""
    wanted = frozenset((one.ecosystem, normal(one.ecosystem, one.name)) for one in [*targets, CANARY])
    export = read_export(path, wanted, ECOSYSTEM, [_canary()])

    def hits(target: Target) -> list[Hit]:
        return [found for advisory in export.concerning if (found := hit(target, advisory)) is not None]

    if not hits(CANARY) or hits(MENDED):
        raise AdvisoriesUnusable("Le témoin que la vérification y plante n’est pas signalé : elle ne prouverait rien.")
    known = known_affected(export.example, ECOSYSTEM) if export.example else None
    if export.example and known and hit(Target(ECOSYSTEM, *known), export.example) is None:
        raise AdvisoriesUnusable(f"L’avis {export.example.id} ne signale pas la version qu’il nomme lui-même.")
    return Scan(
        targets=len(targets),
        hits=tuple(found for target in targets for found in hits(target)),
        newest=export.newest,
        advisories=export.counts,
        silent=tuple(sorted({one.ecosystem for one in targets} - export.counts.keys())),
    )


def _canary() -> bytes:
    events = [{"introduced": "1.0"}, {"fixed": MENDED.version}]
    package = {"ecosystem": ECOSYSTEM, "name": CANARY.name}
    ranges = [{"type": "ECOSYSTEM", "events": events}]
    affected = [{"package": package, "ranges": ranges}]
    return json.dumps({"id": "CANARY-0", "modified": "2026-01-01T00:00:00Z", "affected": affected}).encode()
