"""What a project, or a bundle, pins: packages of Python and of npm, and the licences of those that are carried."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from ui.bundle.advisory import Target
from ui.bundle.licences import LicenceRules, licensed, may_be_carried, metadata_of
from ui.bundle.lock import Lock, read_lock
from ui.bundle.verify import LOCKS
from ui.errors import BundleRefused

FRONT = Path("deploy") / "front" / "package-lock.json"
CARRIED = frozenset(name for names in LOCKS.values() for name in names)


@dataclass(frozen=True, slots=True)
class Pinned:
    """What a folder's locks pin; `faults` are French sentences about what is not pinned as it should be."""

    targets: tuple[Target, ...]
    faults: tuple[str, ...]


def read_pinned(folder: Path, rules: LicenceRules) -> Pinned:
    """Of a project's folder, or a bundle's. Raises `BundleRefused` where there is no lock, or one cannot be read."""
    project = folder / "source" if (folder / "source" / "pyproject.toml").is_file() else folder
    try:
        locks = {path.name: read_lock(path.read_text(encoding="utf-8")) for path in project.glob("requirements*.lock")}
        front = _front(project / FRONT)
        refused = [*_refused(locks, folder / "wheels" if project != folder else None, rules)]
    except (OSError, ValueError, KeyError, AttributeError, BadZipFile) as error:
        raise BundleRefused(f"Les verrous de {project} ne se lisent pas : {error}") from error
    if not locks:
        raise BundleRefused(f"{project} n’a pas de verrou (requirements*.lock) : il n’y a rien à vérifier.")
    python = [Target("PyPI", pin.name, pin.version) for lock in locks.values() for pin in lock.pins]
    npm = [Target("npm", name, str(told["version"])) for name, told in front.items()]
    return Pinned(
        targets=tuple(sorted({*python, *npm}, key=lambda one: (one.ecosystem, one.name, one.version))),
        faults=(
            *(f"{name} : {fault}" for name, lock in sorted(locks.items()) for fault in lock.faults),
            *(f"{FRONT.name} : « {name} » n’a pas d’empreinte." for name, told in front.items() if not _hashed(told)),
            *refused,
        ),
    )


def _front(lock: Path) -> dict[str, Mapping[str, Any]]:
    if not lock.is_file():
        return {}
    packages: Mapping[str, Mapping[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {place.rpartition("node_modules/")[2]: told for place, told in packages.items() if place}


def _hashed(told: Mapping[str, Any]) -> bool:
    return str(told.get("integrity", "")).startswith("sha512-")


def _refused(locks: Mapping[str, Lock], wheels: Path | None, rules: LicenceRules) -> Iterator[str]:
    """The carried packages whose licence is not allowed; those that are not here (of another platform) are left out."""
    carried = {(pin.name, pin.version) for name, lock in locks.items() if name in CARRIED for pin in lock.pins}
    for name, version, told in _in_wheels(wheels) if wheels else _installed(sorted(carried)):
        one = licensed(name, version, told, rules)
        if not may_be_carried(one, rules):
            yield f"« {name}=={version} » : sa licence ({one.licence}) n’est pas admise."


def _in_wheels(folder: Path) -> Iterator[tuple[str, str, Message]]:
    for path in sorted(folder.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        if name != "assistant":
            with ZipFile(path) as wheel:
                yield name, version, metadata_of(wheel)


def _installed(carried: list[tuple[str, str]]) -> Iterator[tuple[str, str, Message]]:
    for name, version in carried:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        if found.version == version:
            yield name, version, found.metadata  # type: ignore[misc]  # a Message, which has more than its protocol
