"""The wheels of a lock, for this platform: those that are held already, those that registries have, those built here.

Invariants:
1. A wheel is taken only if the lock has its SHA-256, or if it was built here from a source that the lock has; that
   source then lies beside it.
2. Nothing is compiled: what was built here is packed as it is installed.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename

from ui.bundle.lock import Pin
from ui.bundle.repacked import built_here, repacked
from ui.errors import BundleRefused

_TAGS = {tag: rank for rank, tag in enumerate(sys_tags())}


@dataclass(frozen=True, slots=True)
class Wheel:
    """The wheel of a pin; `source` is that from which it was built here."""

    pin: Pin
    path: Path
    sha256: str
    source: Path | None = None
    source_sha256: str = ""


def gather(pins: Sequence[Pin], held: Path, tools: Sequence[Pin], say: Callable[[str], None]) -> list[Wheel]:
    """A wheel for each pin, all of them in the folder `held`, where what was downloaded stays for the next time.

    `tools` are what sources are asked with what they are. Raises `BundleRefused`.
    """
    held.mkdir(parents=True, exist_ok=True)
    here = _by_digest(held)
    built = {pin: found for pin in pins if (found := _built(pin)) is not None}
    if missing := [pin for pin in pins if pin not in built and _best(pin, here) is None]:
        say(f"{len(missing)} wheels à télécharger")
        _download(missing, held, "--only-binary", ":all:")
    if missing := [pin for pin in built if not pin.hashes & here.keys()]:
        say(f"{len(missing)} sources à télécharger, de ce qui a été compilé ici")
        _download_sources(missing, held, tools)
    here = _by_digest(held)
    return [_of_source(pin, built[pin], here, held) if pin in built else _of_registry(pin, here) for pin in pins]


def _built(pin: Pin) -> Distribution | None:
    try:
        found = distribution(pin.name)
    except PackageNotFoundError:
        return None
    return found if found.version == pin.version and built_here(found) else None


def _of_source(pin: Pin, found: Distribution, here: Mapping[str, Path], held: Path) -> Wheel:
    digest = next((digest for digest in sorted(pin.hashes) if digest in here), None)
    if digest is None:
        raise BundleRefused(f"La source de « {pin} », que le verrou nomme, ne se trouve pas.")
    wheel = repacked(found, held)
    return Wheel(pin, wheel, _sha256(wheel), here[digest], digest)


def _of_registry(pin: Pin, here: Mapping[str, Path]) -> Wheel:
    if (digest := _best(pin, here)) is None:
        raise BundleRefused(
            f"Aucun wheel de « {pin} » pour cette machine n’a une empreinte du verrou, ni parmi ceux qui sont là, ni "
            "dans les registres que pip connaît."
        )
    return Wheel(pin, here[digest], digest)


def _best(pin: Pin, here: Mapping[str, Path]) -> str | None:
    """The SHA-256 of the wheel of that pin that suits this machine best, of those that are here."""
    wheels = [(digest, here[digest]) for digest in pin.hashes if digest in here and here[digest].suffix == ".whl"]
    suiting = [(min(ranks), path.name, digest) for digest, path in wheels if (ranks := _ranks(path))]
    return min(suiting)[2] if suiting else None


def _ranks(wheel: Path) -> list[int]:
    return [_TAGS[tag] for tag in parse_wheel_filename(wheel.name)[3] if tag in _TAGS]


def _download(pins: Sequence[Pin], held: Path, *options: str, python: str = sys.executable) -> None:
    with _written(pins) as lock:
        _pip(python, "download", "-q", "--no-deps", "--require-hashes", *options, "-r", lock, "-d", str(held))


def _download_sources(pins: Sequence[Pin], held: Path, tools: Sequence[Pin]) -> None:
    """pip asks a source what it is before it hands it over: pinned tools of building answer."""
    with tempfile.TemporaryDirectory() as folder, _written(tools) as lock:
        venv.create(folder, with_pip=True)
        python = f"{folder}/bin/python"
        _pip(python, "install", "-q", "--no-index", "--find-links", str(held), "--require-hashes", "-r", lock)
        _download(pins, held, "--no-binary", ":all:", "--no-build-isolation", python=python)


@contextmanager
def _written(pins: Sequence[Pin]) -> Iterator[str]:
    """The pins as a file."""
    with tempfile.NamedTemporaryFile("w", suffix=".lock") as lock:
        lock.write("".join(pin.written() for pin in pins))
        lock.flush()
        yield lock.name


def _pip(python: str, *arguments: str) -> None:
    """Raises `BundleRefused`, with the last lines of what pip says."""
    command = [python, "-m", "pip", "--disable-pip-version-check", *arguments]
    environment = os.environ | {
        "PATH": f"{Path(python).parent}:{os.environ.get('PATH', os.defpath)}"
    }  # its own tools of building first
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-3:])
        raise BundleRefused(f"Des paquets n’ont pas pu être téléchargés :\n{last}")


def _by_digest(held: Path) -> dict[str, Path]:
    return {_sha256(path): path for path in sorted(held.iterdir()) if path.suffix != ".partial"}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
