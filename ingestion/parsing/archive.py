"""ZIP archives: the files in them, one after the other.

Nothing that an archive says of sizes is believed: what comes out is counted. Nothing is written to disk, so no
name and no link can lead anywhere.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO

from ingestion.errors import DocumentRefused, FileUnreadable, TooLarge
from ingestion.parsing.parts import BadPart, Part, PartLimits, harmless, shortened

SUFFIXES = frozenset({".zip"})

_PIECE = 1 << 18
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # others can ask for any amount of memory
_ENCRYPTED = 0x1

# The record at the end (APPNOTE.TXT 4.3.16): its mark, and where it says how long the directory is.
_END_MARK, _END_SIZE, _END_DIRECTORY = b"PK\x05\x06", 22, 12
_LONGEST_COMMENT = 65_535
_ENTRY_SIZE = 1_000  # bytes in the directory: twice what a long path needs

_REPACK = "Refaites l’archive en ZIP ordinaire, puis réessayez."
_TOO_MUCH = "Découpez l’archive, ou versez ses fichiers un à un."


def parts(file: BinaryIO, name: str, limits: PartLimits) -> Iterator[Part | BadPart]:
    """Each file in the archive, in its order; hidden ones and folders are left out.

    Raises `FileUnreadable` where there is no archive, and where it would give more than the limits allow; what
    was given until then is good.
    """
    _check_directory(file, name, limits)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise _damaged(name) from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
        if len(entries) > limits.parts:
            raise _too_many(name, limits)
        left, seen = limits.expanded, set[str]()
        for entry in entries:
            try:
                path = harmless(entry.filename)
                if path in seen:
                    raise FileUnreadable(path, "l’archive contient deux fichiers de ce nom", _REPACK)
                seen.add(path)
                content = _content(archive, entry, path, min(left, limits.file), limits.ratio)
            except DocumentRefused as refusal:
                if left <= limits.file and isinstance(refusal, TooLarge):
                    problem = f"l’archive donne plus de {limits.expanded / 1_000_000:.0f} Mo"
                    raise FileUnreadable(name, problem, _TOO_MUCH) from refusal
                yield BadPart(shortened(entry.filename), refusal)
            else:
                left -= len(content)
                yield Part(path, content)


def _check_directory(file: BinaryIO, name: str, limits: PartLimits) -> None:
    """Refuse a directory that would fill memory before its entries can be counted."""
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - _LONGEST_COMMENT - _END_SIZE))
    tail = file.read()
    start = tail.rfind(_END_MARK)
    if start < 0 or len(tail) - start < _END_SIZE:
        raise _damaged(name)
    (directory,) = struct.unpack_from("<I", tail, start + _END_DIRECTORY)
    if directory > limits.parts * _ENTRY_SIZE:
        raise _too_many(name, limits)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, most: int, ratio: int) -> bytes:
    """Raises `FileUnreadable`, `TooLarge`."""
    if entry.flag_bits & _ENCRYPTED:
        raise FileUnreadable(path, "il est protégé par un mot de passe", "Refaites l’archive sans mot de passe.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FileUnreadable(path, "c’est un lien et non un fichier", "Mettez le fichier lui-même dans l’archive.")
    if entry.compress_type not in _METHODS:
        raise FileUnreadable(path, "il est comprimé d’une manière qui n’est pas prise en charge", _REPACK)
    content = bytearray()
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(_PIECE):
                content += piece
                if len(content) > most:
                    raise TooLarge(path, most)
                if len(content) > _PIECE and len(content) > ratio * entry.compress_size:
                    problem = f"il grossit plus de {ratio} fois en sortant de l’archive"
                    raise FileUnreadable(path, problem, "Versez ce fichier à part, sans le comprimer.")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error) as error:
        raise _damaged(path) from error
    return bytes(content)


def _is_hidden(name: str) -> bool:
    """What systems leave in archives and people do not see in their folders."""
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") and part.strip(".") for part in parts)


def _damaged(name: str) -> FileUnreadable:
    return FileUnreadable(name, "l’archive est endommagée à cet endroit", _REPACK)


def _too_many(name: str, limits: PartLimits) -> FileUnreadable:
    return FileUnreadable(name, f"l’archive contient plus de {limits.parts} fichiers", _TOO_MUCH)
