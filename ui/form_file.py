"""A file that a form sends, no longer than it may be."""

from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from ui.errors import RequestMalformed

ENVELOPE = 2**14  # bytes of a request beside those of its file


async def form_file(request: Request, name: str, longest: int) -> bytes:
    """What the field of that name holds, empty where no file was chosen. Raises `RequestMalformed`."""
    try:
        form = await MultiPartParser(request.headers, _bounded(request, longest), max_files=1, max_fields=5).parse()
    except (MultiPartException, KeyError, ClientDisconnect) as error:  # no type, broken off, or not a form at all
        raise RequestMalformed("Le fichier n’est pas arrivé entier. Choisissez-le de nouveau.") from error
    try:
        sent = form.get(name)
        if not isinstance(sent, UploadFile):
            raise RequestMalformed("Cette demande n’est pas celle d’un formulaire d’ici. Rechargez la page.")
        return await sent.read()
    finally:
        await form.close()


async def _bounded(request: Request, longest: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received > longest + ENVELOPE:
            raise RequestMalformed(f"Ce fichier dépasse {longest // 2**20} Mio. Choisissez-en un plus petit.")
        yield piece
