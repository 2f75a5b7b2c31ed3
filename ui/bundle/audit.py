"""The verdict on what is pinned: advisories, pins without hashes, requirements from addresses, licences."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ui.bundle.advisory import Hit
from ui.bundle.licences import read_rules
from ui.bundle.pinned import Pinned, read_pinned
from ui.bundle.scan import CANARY, Scan, scan
from ui.errors import AdvisoriesUnusable


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found, on that day."""

    pinned: Pinned
    scan: Scan
    on: dt.datetime

    @property
    def passed(self) -> bool:
        """Whether there is nothing to mend."""
        return not (self.pinned.faults or self.scan.hits)

    def said(self) -> str:
        """For people."""
        lines = [_said_hit(one) for one in self.scan.hits] + [f"✗ {fault}" for fault in self.pinned.faults]
        held = ", ".join(f"{name} {count}" for name, count in sorted(self.scan.advisories.items())[:10])
        lines += [
            f"Export : avis le plus récent du {self.scan.newest:%d/%m/%Y}, il y a {self.scan.age(self.on)} jours.",
            f"Avis lus : {held}.",
            f"Témoin : le paquet piégé « {CANARY.name}=={CANARY.version} » a bien été signalé.",
        ]
        lines += [f"Pas examiné : {name}, dont l’export ne dit rien." for name in self.scan.silent]
        looked = f"{self.scan.targets} paquets épinglés comparés"
        found = f"{len(self.scan.hits)} avis, {len(self.pinned.faults)} autres défauts"
        return "\n".join([*lines, f"{looked} : {'rien à signaler' if self.passed else found}."])

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "passed": self.passed,
            "packages": self.scan.targets,
            "affected": [_told_hit(one) for one in self.scan.hits],
            "faults": list(self.pinned.faults),
            "export": {
                "newest": self.scan.newest.isoformat(),
                "days": self.scan.age(self.on),
                "advisories": self.scan.advisories,
            },
            "canary": str(CANARY.name),
            "not_examined": list(self.scan.silent),
        }


def audited(folder: Path, advisories: Path, on: dt.datetime, max_age: int | None = None) -> Audit:
    """The verdict on a project or a bundle. Raises `AdvisoriesUnusable`, `BundleRefused`."""
    pinned = read_pinned(folder, read_rules())
    found = scan(pinned.targets, advisories)
    if max_age is not None and found.age(on) > max_age:
        raise AdvisoriesUnusable(
            f"L’export a {found.age(on)} jours, plus que les {max_age} admis : apportez-en un plus récent."
        )
    return Audit(pinned, found, on)


def _said_hit(one: Hit) -> str:
    names = ", ".join([one.advisory.id, *one.advisory.aliases])
    mended = f"corrigé en {one.fixed[0]}" if one.fixed else "aucune version ne le corrige"
    weight = f", gravité {one.advisory.weight}" if one.advisory.weight else ""
    summary = f" : {one.advisory.summary}" if one.advisory.summary else ""
    return f"✗ {one.target.name} {one.target.version} ({one.target.ecosystem}) : {names}{weight}, {mended}{summary}"


def _told_hit(one: Hit) -> dict[str, Any]:
    return {
        "package": one.target.name,
        "version": one.target.version,
        "ecosystem": one.target.ecosystem,
        "advisory": one.advisory.id,
        "aliases": one.advisory.aliases,
        "severity": one.advisory.weight,
        "summary": one.advisory.summary,
        "fixed": list(one.fixed),
    }
