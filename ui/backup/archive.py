"""A backup's inside: a tar stream, written and read from its beginning to its end, in constant memory.

backup.json          what it is (`manifest`), first
keys.txt             the public keys of the ledger
home/…               secrets and files of the data folder
index/….000000 …     pieces of the files of the embedded index, each compressed (zlib): most of it is empty room
database/000000 …    pieces of the database's dump, in their order
blobs/…              originals, each under its SHA-256
manifest.json        all members, by size and hash; then manifest.note, which signs it
"""

import asyncio
import hashlib
import re
import tarfile
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from ui.backup.age import Sealing
from ui.backup.manifest import MANIFEST, NOTE, OPENING, Member, Originals
from ui.errors import BackupDamaged

PIECE = 1 << 20  # bytes read and written at once
PART = 4 << 20  # bytes of a piece of the dump

KEYS, HOME, INDEX, DATABASE, BLOBS = "keys.txt", "home/", "index/", "database/", "blobs/"

_INDEX = re.compile(r"index/.+\.[0-9]{6}")
_BLOB = re.compile(r"blobs/[0-9a-f]{64}")
_PART = re.compile(r"database/[0-9]{6,}")
_ALONE = frozenset({OPENING, KEYS, MANIFEST, NOTE})


class Packing:
    """Writes members, and keeps what the manifest is to say of them."""

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing
        self._digest = hashlib.sha256()
        self.members: dict[str, Member] = {}
        self.missing: list[str] = []
        self.done = self._blobs = self._blob_bytes = 0

    @property
    def originals(self) -> Originals:
        """Of those that were written so far."""
        return Originals(
            count=self._blobs, bytes=self._blob_bytes, digest=self._digest.hexdigest(), missing=self.missing
        )

    async def add(self, name: str, content: bytes, *, told: bool = True) -> None:
        """A member whole; one that is not `told` does not stand in the manifest."""
        await self._header(name, len(content))
        await self._body(content)
        await self._pad(len(content))
        if told:
            self.members[name] = Member(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

    async def add_index_file(self, name: str, file: BinaryIO) -> None:
        """A file of the index, in pieces; one that is empty is one empty piece."""
        number = 0
        while (piece := await asyncio.to_thread(file.read, PART)) or not number:
            await self.add(f"{INDEX}{name}.{number:06}", await asyncio.to_thread(zlib.compress, piece, 1))
            number += 1

    async def add_blob(self, name: str, file: BinaryIO, size: int) -> None:
        """An original. Raises `BackupDamaged` where it is not what its name says."""
        if await self._copied(BLOBS + name, file, size) != name:
            raise BackupDamaged(
                f"L’original {name} est abîmé sur le disque : la sauvegarde ne peut pas être faite. Remplacez ce "
                "fichier par celui d’une sauvegarde plus ancienne, ou retirez le document, puis recommencez."
            )
        self._digest.update(f"{name}\n".encode())
        self._blobs, self._blob_bytes = self._blobs + 1, self._blob_bytes + size

    async def add_parts(self, content: AsyncIterable[bytes]) -> AsyncIterator[int]:
        """The dump, in members of one size but the last; tells after each how much was written of everything."""
        part, number = bytearray(), 0
        async for piece in content:
            part += piece
            while len(part) >= PART:
                await self.add(f"{DATABASE}{number:06}", bytes(part[:PART]))
                del part[:PART]
                number += 1
                yield self.done
        await self.add(f"{DATABASE}{number:06}", bytes(part))
        yield self.done

    async def close(self) -> None:
        """End the stream."""
        await self._body(bytes(2 * tarfile.BLOCKSIZE))

    async def _copied(self, name: str, file: BinaryIO, size: int) -> str:
        digest, left = hashlib.sha256(), size
        await self._header(name, size)
        while left:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise BackupDamaged(f"Le fichier {name} a été raccourci pendant la sauvegarde. Recommencez-la.")
            digest.update(piece)
            left -= len(piece)
            await self._body(piece)
        await self._pad(size)
        return digest.hexdigest()

    async def _header(self, name: str, size: int) -> None:
        header = tarfile.TarInfo(name)
        header.size, header.mode = size, 0o600
        await self._body(header.tobuf(tarfile.PAX_FORMAT))

    async def _pad(self, size: int) -> None:
        await self._body(bytes(-size % tarfile.BLOCKSIZE))

    async def _body(self, content: bytes) -> None:
        if content:
            await self._sealing.write(content)
            self.done += len(content)


class Part:
    """A member as it is read: in pieces, its hash taken meanwhile. Read it to its end."""

    def __init__(self, name: str, size: int, file: IO[bytes]) -> None:
        self.name, self.size = name, size
        self._file, self._digest = file, hashlib.sha256()

    def pieces(self) -> Iterator[bytes]:
        """Its content."""
        while piece := self._file.read(PIECE):
            self._digest.update(piece)
            yield piece

    def whole(self) -> bytes:
        """The same at once, for what is small."""
        return b"".join(self.pieces())

    @property
    def member(self) -> Member:
        """What the manifest should say of it."""
        return Member(bytes=self.size, sha256=self._digest.hexdigest())


def parts(reader: BinaryIO) -> Iterator[Part]:
    """All members in their order. Raises `BackupDamaged` for one that is none of a backup's."""
    try:
        with tarfile.open(fileobj=reader, mode="r|") as archive:
            for entry in archive:
                file = archive.extractfile(entry) if entry.isreg() else None
                if file is None or not _is_ours(entry.name):
                    raise BackupDamaged("La sauvegarde contient un fichier qui n’en est pas un membre.")
                yield Part(entry.name, entry.size, file)
    except tarfile.TarError as error:
        raise BackupDamaged("La sauvegarde est abîmée : son contenu ne se lit pas.") from error


def index_file(name: str) -> tuple[str, int]:
    """Of which file of the index a member is a piece, and the piece's number."""
    return name.removeprefix(INDEX)[:-7], int(name[-6:])


def _is_ours(name: str) -> bool:
    if name in _ALONE or _BLOB.fullmatch(name) or _PART.fullmatch(name):
        return True
    path = PurePosixPath(name)
    return (name.startswith(HOME) or bool(_INDEX.fullmatch(name))) and ".." not in path.parts and str(path) == name
