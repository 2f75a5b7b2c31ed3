"""Office files are ZIP archives of XML: read part by part, never more than the limits allow.

Declared sizes can lie, so bytes are counted as they are decompressed. No part is written anywhere, and
nothing outside the file is read: entities, templates and links stay what they are, names.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from lxml import etree

from ingestion.errors import DocumentEmpty, FileUnreadable
from ingestion.invisible import raw_text

MAX_PARTS = 10_000
MAX_BYTES = 200_000_000  # of all parts that are read
MAX_RATIO = 100  # of a part's bytes to its compressed ones
RATIO_FROM = 5_000_000  # bytes: what is small may be as dense as it likes

SAVE_AGAIN = "Ouvrez-le dans un logiciel de bureautique et enregistrez-le à nouveau."
DAMAGED = "ce fichier est endommagé ou incomplet"

# "Strict" files name the same vocabulary otherwise (ISO/IEC 29500-1, annex A, and -4, annex A).
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


@dataclass
class Container:
    """An office file that has been opened; `name` is for messages, `left` the bytes that may still be read.

    `raw` are the texts of its parts, once read, in which invisible characters stand.
    """

    name: str
    archive: zipfile.ZipFile
    left: int = MAX_BYTES
    raw: dict[str, str] = field(default_factory=dict)

    def __contains__(self, part: str) -> bool:
        return part in self.archive.NameToInfo

    def read(self, part: str) -> bytes:
        """Raises `FileUnreadable`."""
        try:
            return self._read(self.archive.getinfo(part))
        except KeyError as error:
            raise FileUnreadable(self.name, f"{DAMAGED} (il y manque « {part} »)", SAVE_AGAIN) from error
        except _BROKEN as error:
            raise FileUnreadable(self.name, DAMAGED, SAVE_AGAIN) from error

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        limit = min(self.left, max(RATIO_FROM, MAX_RATIO * entry.compress_size))
        with self.archive.open(entry) as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise FileUnreadable(
                self.name,
                f"ce fichier dépasse, une fois décompressé, {MAX_BYTES // 1_000_000} Mo ou {MAX_RATIO} fois sa taille",
                "Retirez-en les images ou découpez-le.",
            )
        self.left -= len(content)
        return content

    def xml(self, part: str) -> etree._Element:
        """The part as a tree. Raises `FileUnreadable`."""
        content = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", self.read(part))
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise FileUnreadable(self.name, f"{DAMAGED} (« {part} » n’est pas du XML)", SAVE_AGAIN) from error
        if root.getroottree().docinfo.internalDTD is not None:
            problem = "ce fichier déclare des entités XML, ce que ne fait aucun logiciel de bureautique"
            raise FileUnreadable(self.name, problem, SAVE_AGAIN)
        if raw := raw_text(root):
            self.raw[part] = raw
        return root

    def xml_or_none(self, part: str) -> etree._Element | None:
        """Nothing where there is no such part."""
        return self.xml(part) if part in self else None


def open_container(content: bytes, name: str) -> Container:
    """Raises `FileUnreadable` for what is no archive, a protected one, or one that is made to do harm."""
    if not content:
        raise DocumentEmpty(name)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN as error:
        raise FileUnreadable(name, DAMAGED, SAVE_AGAIN) from error
    entries = archive.infolist()
    if len(entries) > MAX_PARTS:
        raise FileUnreadable(name, f"ce fichier contient plus de {MAX_PARTS} parties", SAVE_AGAIN)
    if any(_leads_out(entry.filename) for entry in entries):
        raise FileUnreadable(name, "ce fichier contient des parties dont le nom mène hors de lui", SAVE_AGAIN)
    if any(entry.flag_bits & 1 for entry in entries):
        raise protected(name)
    return Container(name, archive)


def protected(name: str) -> FileUnreadable:
    """The error for a file that only its password opens."""
    problem = "ce fichier est protégé par un mot de passe"
    return FileUnreadable(name, problem, "Enregistrez-en une copie sans protection.")


def _leads_out(part: str) -> bool:
    return part.startswith("/") or "\\" in part or ".." in PurePosixPath(part).parts
