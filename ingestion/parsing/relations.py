"""How the parts of an Office Open XML file name each other (ISO/IEC 29500-2, clause 9)."""

import posixpath

from lxml import etree

from ingestion.characters import one_line
from ingestion.errors import FileUnreadable
from ingestion.parsing.container import DAMAGED, SAVE_AGAIN, Container
from ingestion.parsing.dates import iso_date
from ingestion.parsing.described import Described

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION = f"{{{_OFFICE}}}"  # of attributes that hold the id of a relation
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"


def main_part(container: Container) -> str:
    """The part that holds the document itself. Raises `FileUnreadable`."""
    for kind, target in _relations(container, "").values():
        if kind == "officeDocument":
            return target
    raise FileUnreadable(container.name, f"{DAMAGED} (il ne dit pas où est son texte)", SAVE_AGAIN)


def named(container: Container, part: str) -> dict[str, str]:
    """The parts that this one names, by the id that it calls them by. Links to the outside are left out."""
    return {identifier: target for identifier, (_, target) in _relations(container, part).items()}


def of_kind(container: Container, part: str, kind: str) -> str | None:
    """The part of that kind (`styles`, `numbering`…) that this one names."""
    return next((target for found, target in _relations(container, part).values() if found == kind), None)


def all_of_kind(container: Container, part: str, kind: str) -> list[str]:
    """All parts of that kind (`header`, `footer`…) that this one names."""
    return [target for found, target in _relations(container, part).values() if found == kind]


def tree_of_kind(container: Container, part: str, kind: str) -> etree._Element | None:
    """The same, read."""
    target = of_kind(container, part, kind)
    return container.xml_or_none(target) if target else None


def _relations(container: Container, part: str) -> dict[str, tuple[str, str]]:
    folder, file = posixpath.split(part)
    root = container.xml_or_none(posixpath.join(folder, "_rels", f"{file}.rels"))
    found: dict[str, tuple[str, str]] = {}
    for relation in root if root is not None else ():
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], target)
    return found


def described(container: Container) -> Described:
    """What the core properties say."""
    root = tree_of_kind(container, "", "core-properties")
    if root is None:
        return Described()
    days = (root.findtext(f"{_TERMS}{name}") for name in ("modified", "created"))
    date = next((day for text in days if (day := iso_date(text or ""))), None)
    title, author = (one_line(root.findtext(f"{_DUBLIN_CORE}{name}") or "") for name in ("title", "creator"))
    return Described(title, date, author)
