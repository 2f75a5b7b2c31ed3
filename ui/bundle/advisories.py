"""An export of advisories in OSV's format, as osv.dev offers them by ecosystem: a zip, a folder, or a folder of zips.

Invariants:
1. An export that cannot be read whole, or that is empty, or that says nothing of an ecosystem that is asked about, is
   refused: a scan over it would be green for nothing.
2. Nothing in it is trusted: entries are read in memory, and none beyond a size.

Source: https://google.github.io/osv.dev/data/
"""

import datetime as dt
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ui.bundle.advisory import Advisory, normal, packages
from ui.errors import AdvisoriesUnusable
from ui.french import system_reason

LONGEST = 16 << 20  # bytes of one advisory


@dataclass(frozen=True, slots=True)
class Export:
    """What concerns the packages that were asked about, and how much there was in all.

    `newest` is when the latest of its advisories was changed; `counts` are the advisories of each ecosystem; `example`
    is one of the export's own, of the first ecosystem asked about, from which a version is known to be affected.
    """

    concerning: tuple[Advisory, ...]
    newest: dt.datetime
    counts: dict[str, int]
    example: Advisory | None


def read_export(path: Path, names: frozenset[tuple[str, str]], ecosystem: str, planted: Sequence[bytes] = ()) -> Export:
    """The advisories of these packages (ecosystem and name), and of `planted` ones, which go the same way.

    `ecosystem` must be among those of the export itself. Raises `AdvisoriesUnusable`.
    """
    concerning: list[Advisory] = []
    counts: Counter[str] = Counter()
    newest, example = None, None
    for place, content in _documents(path):
        advisory = _advisory(place, content)
        spoken = {*packages(advisory)}
        counts.update({name for name, _ in spoken})
        changed = _moment(place, advisory.modified)
        newest = changed if newest is None or changed > newest else newest
        if example is None and not advisory.withdrawn and known_affected(advisory, ecosystem):
            example = advisory
        if spoken & names:
            concerning.append(advisory)
    if newest is None:
        raise AdvisoriesUnusable(f"L’export {path} est vide : il ne contient aucun avis.")
    if not counts[ecosystem]:
        held = ", ".join(sorted(counts)) or "aucun"
        raise AdvisoriesUnusable(f"L’export {path} ne dit rien de {ecosystem} (il parle de : {held}).")
    concerning += [one for one in (_advisory("témoin", content) for content in planted) if {*packages(one)} & names]
    return Export(tuple(concerning), newest, dict(counts), example)


def known_affected(advisory: Advisory, ecosystem: str) -> tuple[str, str] | None:
    """A package's name and a version of it, where the advisory itself lists one as affected."""
    for one in advisory.affected:
        if one.package is not None and one.package.ecosystem.partition(":")[0] == ecosystem:
            last = [event.last_affected for kept in one.ranges for event in kept.events if event.last_affected]
            if versions := [*one.versions, *last]:
                return normal(ecosystem, one.package.name), versions[0]
    return None


def _documents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each advisory's place and content."""
    try:
        if path.is_dir():
            for file in sorted(one for one in path.rglob("*") if one.suffix in (".json", ".zip") and one.is_file()):
                yield from _zipped(file) if file.suffix == ".zip" else [(str(file), _whole(file))]
        elif zipfile.is_zipfile(path):
            yield from _zipped(path)
        elif path.is_file():
            yield str(path), _whole(path)
        else:
            raise AdvisoriesUnusable(f"L’export {path} n’existe pas.")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise AdvisoriesUnusable(f"L’export {path} est abîmé : copiez-le de nouveau ({error}).") from error
    except OSError as error:
        raise AdvisoriesUnusable(f"L’export {path} ne se lit pas : {system_reason(error)}.") from error


def _zipped(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
            if entry.filename.endswith(".json"):
                with archive.open(entry) as file:
                    yield f"{path}/{entry.filename}", _bounded(entry.filename, file.read)


def _whole(path: Path) -> bytes:
    with path.open("rb") as file:
        return _bounded(str(path), file.read)


def _bounded(place: str, read: Callable[[int], bytes]) -> bytes:
    content = read(LONGEST + 1)
    if len(content) > LONGEST:
        raise AdvisoriesUnusable(f"« {place} » dépasse {LONGEST >> 20} Mio : ce n’est pas un avis.")
    return content


def _advisory(place: str, content: bytes) -> Advisory:
    try:
        return Advisory.model_validate_json(content)
    except ValidationError as error:
        raise AdvisoriesUnusable(
            f"« {place} » n’est pas un avis au format OSV : l’export n’est pas lisible."
        ) from error


def _moment(place: str, written: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError as error:
        raise AdvisoriesUnusable(f"« {place} » n’a pas de date qui se lise : {written[:40]}.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
