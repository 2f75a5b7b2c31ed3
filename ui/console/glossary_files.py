"""The glossary as a file: taken away as CSV, and one taken in.

A file is compared with the glossary before it is taken in, and what is wrong with it is told by its lines.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from retrieval import Glossary
from retrieval.errors import GlossaryChanged
from ui.console.form import read_form
from ui.console.glossary import HERE, keeper
from ui.console.shell import NO_STORE, Shell
from ui.failures import failure_of
from ui.form_file import form_file
from ui.glossary_file import LARGEST, glossary_csv, parsed

SHOWN = 100  # lines of a comparison, and of what is wrong with a file
LONGEST_BODY = 4 * LARGEST  # bytes of a form that carries a file, percent-encoded


def glossary_files_router(shell: Shell, glossary: Glossary) -> APIRouter:
    """These pages."""
    router = shell.router(HERE)

    @router.get("/export")
    async def export() -> Response:
        await keeper(shell)
        headers = {"Content-Disposition": 'attachment; filename="glossaire.csv"'} | NO_STORE
        return Response(glossary_csv(await glossary.entries()), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/import")
    async def ask() -> HTMLResponse:
        await keeper(shell)
        return shell.page("glossary_import", HERE, compared=None, problems=(), shown=SHOWN)

    @router.post("/import")
    async def compare(request: Request) -> HTMLResponse:
        await keeper(shell)
        return await _compared(shell, glossary, await form_file(request, "fichier", LARGEST))

    @router.post("/import/confirmation")
    async def take_in(request: Request) -> Response:
        form, person = await read_form(request, LONGEST_BODY), await keeper(shell)
        data = form.get("contenu").encode("utf-8", "replace")
        read = parsed(data)
        if read.problems:
            return await _compared(shell, glossary, data)
        try:
            await glossary.put(person, read.entries, form.get("edition") or "-")
        except GlossaryChanged as error:
            return await _compared(shell, glossary, data, late=error)
        return shell.done(HERE, "importe")

    return router


async def _compared(shell: Shell, glossary: Glossary, data: bytes, late: GlossaryChanged | None = None) -> HTMLResponse:
    """What a file would change, or what is wrong with it."""
    read = parsed(data)
    compared = None if read.problems else await glossary.compare(await shell.caller(), read.entries)
    status = 422 if read.problems else failure_of(late).status if late else 200
    return shell.page(
        "glossary_import",
        HERE,
        status=status,
        error=str(late or ""),
        compared=compared,
        content=data.decode("utf-8-sig") if compared else "",
        problems=read.problems,
        shown=SHOWN,
    )
