"""Files on their way from a page to its conversation, in place of Chainlit's route, which reads each whole into memory.

Invariants:
1. A file lies in the folder of its page, which goes with the page, and at the next start if the process was killed.
   Only the page's own messages can name it, and there is no way to fetch it.
2. No more than so many bytes and files are kept, whatever the request says of itself.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from chainlit.session import WebsocketSession
from chainlit.types import FileDict
from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from ui.chat.page import Arrivals, page_of
from ui.identity import Caller

ENVELOPE = 1 << 16  # bytes of a request beside those of its file
NAME = 200  # characters
GONE = "Cette page n’est plus ouverte. Rechargez-la, puis joignez le fichier de nouveau."


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Bytes of one file, files of one conversation, and how the names of files end that can be read."""

    size: int
    files: int
    suffixes: frozenset[str]


class Uploads:
    """Keeps what pages send until their messages name it; `caller` tells who acts, `arrivals` which pages are there."""

    def __init__(self, caller: Caller, limits: UploadLimits, arrivals: Arrivals) -> None:
        self._caller = caller
        self._limits = limits
        self._arrivals = arrivals

    async def receive(self, request: Request, session_id: str) -> dict[str, str]:
        """Keep the file of this request for that page, which is the caller's own, and say what it is called there."""
        person = await self._caller()
        if await self._arrivals.page(session_id, person) is None:
            raise HTTPException(404, GONE)
        sent = await self._sent(request)
        try:
            name = _name(sent.filename or "")
            self._require_readable(name)
            self._require_size(sent.size or 0)
            page = page_of(session_id, person)
            if page is None:  # it was left meanwhile
                raise HTTPException(404, GONE)
            return {"id": await self._kept(page, name, sent)}
        finally:
            await sent.close()

    async def _sent(self, request: Request) -> UploadFile:
        parser = MultiPartParser(request.headers, self._bounded(request), max_files=1, max_fields=0)
        try:
            form = await parser.parse()
        except (MultiPartException, KeyError, ClientDisconnect) as error:  # no type, broken off, or not a form at all
            raise HTTPException(400, "Le fichier n’est pas arrivé entier. Joignez-le de nouveau.") from error
        sent = form.get("file")
        if not isinstance(sent, UploadFile):
            raise HTTPException(400, "Cette demande ne porte aucun fichier.")
        return sent

    async def _bounded(self, request: Request) -> AsyncGenerator[bytes, None]:
        received = 0
        async for piece in request.stream():
            received += len(piece)
            self._require_size(received - ENVELOPE)
            yield piece

    def _require_size(self, size: int) -> None:
        if size > self._limits.size:
            megabytes = self._limits.size // 1_000_000
            raise HTTPException(413, f"le fichier dépasse {megabytes} Mo. Découpez-le, puis joignez-en les parties.")

    def _require_readable(self, name: str) -> None:
        if not name.lower().endswith(tuple(self._limits.suffixes)):
            known = ", ".join(sorted(self._limits.suffixes))
            raise HTTPException(415, f"ce format n’est pas pris en charge. Convertissez le fichier ({known}).")

    async def _kept(self, page: WebsocketSession, name: str, sent: UploadFile) -> str:
        """Those that a message never named make room: a page does not say what its reader took off again."""
        discard(taken(page, list(page.files)[: -2 * self._limits.files]))
        identifier = str(uuid4())
        path = page.files_dir / identifier
        try:
            await asyncio.to_thread(_copy, sent, path)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise HTTPException(507, "il n’y a plus de place sur le serveur. Prévenez un administrateur.") from error
        kept: Any = {"id": identifier, "path": path, "name": name, "type": "", "size": sent.size}
        page.files[identifier] = kept
        return identifier


def waiting(page: WebsocketSession, identifiers: Sequence[str]) -> list[FileDict]:
    """Those of these files that the page holds, in this order."""
    return [page.files[one] for one in identifiers if one in page.files]


def taken(page: WebsocketSession, identifiers: Sequence[str]) -> list[FileDict]:
    """The same; the page holds them no longer, and who takes them removes them."""
    return [page.files.pop(one) for one in identifiers if one in page.files]


def discard(files: Iterable[FileDict]) -> None:
    """Remove files that nobody needs any more."""
    for file in files:
        Path(file["path"]).unlink(missing_ok=True)


def _copy(sent: UploadFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as kept:
        shutil.copyfileobj(sent.file, kept)


def _name(given: str) -> str:
    """Of a file alone, without its folders, on one line; its end, which tells the format, stays."""
    last = PurePosixPath(given.replace("\\", "/")).name
    return " ".join("".join(character if character.isprintable() else " " for character in last).split())[-NAME:]
