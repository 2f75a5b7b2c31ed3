"""Files of pinned, hashed requirements, as `make lock` writes them: what they pin, and what in them is no pin. Pure."""

import re
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?=\s|\Z)")
_PIN = re.compile(r"==([^*,\s]+)")


@dataclass(frozen=True, slots=True)
class Pin:
    """A package (its name in the one form that indexes use) in one version, and the SHA-256s of its files."""

    name: str
    version: str
    hashes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"

    def written(self, digests: frozenset[str] | None = None) -> str:
        """Its lines in a file of requirements, with these SHA-256s or all of its own."""
        return "".join(
            [str(self), *(f" \\\n    --hash=sha256:{digest}" for digest in sorted(digests or self.hashes)), "\n"]
        )


@dataclass(frozen=True, slots=True)
class Lock:
    """What a file pins; `faults` are French sentences about lines that let something else in."""

    pins: tuple[Pin, ...]
    faults: tuple[str, ...]


def read_lock(text: str) -> Lock:
    """The pins of a file of requirements, and its faults."""
    pins, faults = [], []
    for line in text.replace("\\\n", " ").splitlines():
        line = line.partition(" #")[0].strip()
        if not line or line.startswith("#"):
            continue
        pin, fault = _read(line)
        pins += [pin] if pin else []
        faults += [fault] if fault else []
    return Lock(tuple(pins), tuple(faults))


def _read(line: str) -> tuple[Pin | None, str]:
    wanted = line.partition("--hash=")[0].strip()
    if wanted.startswith("-"):
        return None, f"« {wanted} » est une option, qui fait venir des paquets d’ailleurs."
    try:
        requirement = Requirement(wanted)
    except InvalidRequirement:
        return None, f"« {wanted} » n’est pas un paquet épinglé."
    if requirement.url:
        return None, f"« {wanted} » vient d’une adresse, dont le contenu peut changer."
    if (version := _PIN.fullmatch(str(requirement.specifier))) is None:
        return None, f"« {wanted} » n’épingle pas une version."
    pin = Pin(canonicalize_name(requirement.name), version[1], frozenset(_HASH.findall(line)))
    return pin, "" if pin.hashes else f"« {pin} » n’a pas d’empreinte."
