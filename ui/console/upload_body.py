"""Files as requests carry them: one as the body, or a few in a browser's form."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from ingestion.delays import is_disk_full
from ingestion.errors import DiskFull
from ingestion.upload import Sending
from ui.errors import RequestMalformed, RequestTooLarge

NAME, SIZE = "Nom-Fichier", "Taille-Fichier"  # headers: the name in UTF-8, percent-encoded; bytes

FIELD = "fichiers"
MOST_IN_FORM = 100  # files; a browser with JavaScript sends any number, one by one
PIECE = 1 << 18  # bytes read at once


class _OnDisk(MultiPartParser):
    """Keeps each file of a form on disk as soon as it has come."""

    spool_max_size = 1


def sent(request: Request) -> Sending:
    """The file that is the body. Raises `RequestMalformed`."""
    try:
        name = unquote(request.headers.get(NAME, ""), errors="strict")
    except UnicodeDecodeError as error:
        raise RequestMalformed("Le nom du fichier n’est pas écrit en UTF-8.") from error
    sizes = [request.headers.get(one, "") for one in (SIZE, "Content-Length")]
    size = next((int(one) for one in sizes if one.isascii() and one.isdigit() and len(one) < 19), None)
    return Sending(name, size, request.stream())


@asynccontextmanager
async def files_of_form(request: Request, most: int) -> AsyncIterator[list[Sending]]:
    """The files of a form of so many bytes at most, until the block is left.

    Raises `RequestMalformed`, `RequestTooLarge`, `DiskFull`.
    """
    form = await _parsed(request, most)
    try:
        files = [one for one in form.getlist(FIELD) if isinstance(one, UploadFile) and one.filename]
        yield [Sending(one.filename or "", one.size, _pieces(one)) for one in files]
    finally:
        await form.close()


async def _parsed(request: Request, most: int) -> FormData:
    async def bounded() -> AsyncGenerator[bytes, None]:
        received = 0
        async for piece in request.stream():
            received += len(piece)
            if received > most:
                raise RequestTooLarge(most)
            yield piece

    try:
        return await _OnDisk(request.headers, bounded(), max_files=MOST_IN_FORM, max_fields=10).parse()
    except MultiPartException as error:
        raise RequestMalformed(
            f"L’envoi n’est pas celui d’un formulaire d’ici, ou compte plus de {MOST_IN_FORM} fichiers."
        ) from error
    except (KeyError, ClientDisconnect) as error:  # no form at all, or broken off
        raise RequestMalformed("Les fichiers ne sont pas arrivés entiers. Envoyez-les de nouveau.") from error
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece
