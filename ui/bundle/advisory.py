"""Advisories in OSV's format: of which package they speak, and whether a version is affected. Pure.

Source: https://ossf.github.io/osv-schema/ (1.6), «Evaluation»
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name
from pydantic import BaseModel, Field

from ui.bundle.versions import ORDERS, Order

EVERY = "0"  # as `introduced`: from the first version on


class Event(BaseModel):
    """Where a range begins or ends; one of these is given."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class Range(BaseModel):
    """Versions between events."""

    type: str
    events: list[Event] = []


class Package(BaseModel):
    """A package of an ecosystem."""

    ecosystem: str
    name: str


class Affected(BaseModel):
    """What of one package is affected."""

    package: Package | None = None
    ranges: list[Range] = []
    versions: list[str] = []


class Severity(BaseModel):
    """A score, mostly a CVSS vector."""

    type: str
    score: str


class Advisory(BaseModel):
    """One record of an export; what is not needed here is left out."""

    id: str
    modified: str
    withdrawn: str | None = None
    summary: str = ""
    aliases: list[str] = []
    affected: list[Affected] = []
    severity: list[Severity] = []
    database_specific: dict[str, Any] | None = Field(default=None)

    @property
    def weight(self) -> str:
        """How grave it is: the database's word for it, or a vector."""
        word = (self.database_specific or {}).get("severity")
        return str(word) if word else next((one.score for one in self.severity), "")


@dataclass(frozen=True, slots=True)
class Target:
    """A package in one version, in an ecosystem that has an order of versions here."""

    ecosystem: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An advisory that a package's version falls under; `fixed` are the versions that mend it, the nearest first."""

    target: Target
    advisory: Advisory
    fixed: tuple[str, ...]


def packages(advisory: Advisory) -> Iterator[tuple[str, str]]:
    """The ecosystem and name of each package that it speaks of, in the one form of that name."""
    for one in advisory.affected:
        if one.package is not None:
            ecosystem = one.package.ecosystem.partition(":")[0]
            yield ecosystem, normal(ecosystem, one.package.name)


def normal(ecosystem: str, name: str) -> str:
    """The one form of a package's name."""
    return canonicalize_name(name) if ecosystem == "PyPI" else name


def hit(target: Target, advisory: Advisory) -> Hit | None:
    """Whether the target is affected. A withdrawn advisory says nothing any more."""
    if advisory.withdrawn is not None:
        return None
    order = ORDERS[target.ecosystem]
    own = [
        one
        for one in advisory.affected
        if one.package is not None
        and one.package.ecosystem.partition(":")[0] == target.ecosystem
        and normal(target.ecosystem, one.package.name) == normal(target.ecosystem, target.name)
    ]
    if not any(is_affected(target.version, one, order) for one in own):
        return None
    return Hit(target, advisory, _mended(target.version, own, order))


def is_affected(version: str, affected: Affected, order: Order) -> bool:
    """Whether the version is one of those listed, or within a range.

    Where that cannot be told (no version and no range that orders versions, or a version that has no place in the
    order), it counts as affected: a person looks, rather than nobody.
    """
    ordered = [one for one in affected.ranges if one.type in ("ECOSYSTEM", "SEMVER")]
    if not ordered and not affected.versions:
        return True
    try:
        wanted = order(version)
        return _is_listed(version, wanted, affected.versions, order) or any(
            _is_within(wanted, one.events, order) for one in ordered
        )
    except ValueError:
        return True


def _is_listed(version: str, wanted: Any, versions: Iterable[str], order: Order) -> bool:
    for one in versions:
        if one == version:
            return True
        try:
            if order(one) == wanted:
                return True
        except ValueError:  # an old version that was never well written
            continue
    return False


def _is_within(wanted: Any, events: Sequence[Event], order: Order) -> bool:
    """As OSV evaluates a range: the events in the order of their versions, those of one version as they are listed."""
    within = False
    for event in sorted(events, key=lambda event: _place(event, order)):
        if event.introduced is not None and (event.introduced == EVERY or wanted >= order(event.introduced)):
            within = True
        if event.fixed is not None and wanted >= order(event.fixed):
            within = False
        if event.last_affected is not None and wanted > order(event.last_affected):
            within = False
    limits = [event.limit for event in events if event.limit is not None]
    return within and (not limits or any(limit == "*" or wanted < order(limit) for limit in limits))


def _place(event: Event, order: Order) -> tuple[int, Any]:
    version = event.introduced or event.fixed or event.last_affected
    return (0, ()) if version is None or event.introduced == EVERY else (1, order(version))


def _mended(version: str, affected: Sequence[Affected], order: Order) -> tuple[str, ...]:
    """The versions that mend it and come after this one."""
    fixed = {
        event.fixed
        for one in affected
        for kept in one.ranges
        if kept.type != "GIT"
        for event in kept.events
        if event.fixed
    }
    try:
        later = [one for one in fixed if order(one) > order(version)]
    except ValueError:
        return tuple(sorted(fixed))
    return tuple(sorted(later, key=order))
