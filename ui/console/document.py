"""One document's page: its tabs, who may see it, which answers cited it, and its original to take away."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from assistant.citing import citing
from policies.access import Action
from retrieval.search import today
from ui.console.document_page import PATH, DocumentPage, opened, shown
from ui.console.document_sheet import SheetPages
from ui.console.document_text import TextPages
from ui.console.document_versions import VersionPages
from ui.console.form import Form, read_form
from ui.console.seeing_as import SeeingAs, Seen, in_words
from ui.console.shell import NO_STORE, Shell
from ui.documents import DocumentServices
from ui.errors import PersonAmbiguous, PersonNotFound

CITING_DAYS = 90
LONGEST_NAME = 200  # characters


@dataclass(frozen=True, slots=True)
class DocumentPages:
    """The pages; each asks anew who may see what."""

    shell: Shell
    services: DocumentServices
    seeing: SeeingAs

    async def tab(self, request: Request, collection_id: UUID) -> HTMLResponse:
        """The tab that the address names."""
        page = await opened(self.shell, self.services, request, collection_id)
        match request.query_params.get("onglet", ""):
            case "texte":
                return await TextPages(self.shell, self.services).text(page, request)
            case "versions":
                return await VersionPages(self.shell, self.services).versions(page, request)
            case "acces":
                return await self.access(page, request, Form())
            case "citations":
                return await self.citations(page, request)
            case "abrogation":
                return await SheetPages(self.shell, self.services).repealing(page, request)
            case "retrait":
                return shown(self.shell, page, request, "", "document_removal", form=Form())
        return await SheetPages(self.shell, self.services).sheet(page, request)

    async def access(self, page: DocumentPage, request: Request, form: Form) -> HTMLResponse:
        """Who may read it, in words, and what is decided about a person."""
        rule = page.kept.collection.rule
        seen: Seen | None = None
        try:
            seen = await self.seeing.seen_as(page.person, form.get("username"), rule)
        except (PersonNotFound, PersonAmbiguous) as error:
            form.wrong("username", str(error))
        return shown(
            self.shell,
            page,
            request,
            "acces",
            "document_access",
            status=422 if form.errors else 200,
            words=in_words(rule),
            seen=seen,
            form=form,
            asks_for_others=self.seeing.policy.may(page.person, Action.ADMINISTER_PEOPLE).allowed,
        )

    async def see_as(self, request: Request, collection_id: UUID) -> HTMLResponse:
        """The same for the person whose name was typed: it stands in no address."""
        form = await read_form(request)
        form.text("username", longest=LONGEST_NAME)
        return await self.access(await opened(self.shell, self.services, request, collection_id), request, form)

    async def citations(self, page: DocumentPage, request: Request) -> HTMLResponse:
        """How many answers stood on it, day by day."""
        since = today() - dt.timedelta(days=CITING_DAYS)
        cited = await citing(self.services.pool, page.kept.collection.id, page.id, since)
        return shown(self.shell, page, request, "citations", "document_citations", cited=cited, since=since)

    async def original(self, request: Request, collection_id: UUID) -> Response:
        """The file, to be kept by whoever asks and never to be shown by a browser here."""
        page = await opened(self.shell, self.services, request, collection_id)
        download = await self.services.downloads.open_in(page.person, page.kept.place, page.id)
        headers = NO_STORE | {
            "Content-Disposition": disposition(download.name),
            "Content-Length": str(download.size),
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(download.pieces, media_type="application/octet-stream", headers=headers)


def document_router(shell: Shell, services: DocumentServices, seeing: SeeingAs) -> APIRouter:
    """All routes about one document."""
    router, pages = shell.router(), DocumentPages(shell, services, seeing)
    router.add_api_route(PATH, pages.tab, methods=["GET"])
    router.add_api_route(f"{PATH}/acces", pages.see_as, methods=["POST"])
    for below, given in {"/original": pages.original, "/image": TextPages(shell, services).picture}.items():
        router.add_api_route(f"{PATH}{below}", given, methods=["GET"], response_class=Response)
    for below, change in SheetPages(shell, services).changes.items():
        router.add_api_route(f"{PATH}{below}", change, methods=["POST"])
    return router


def disposition(name: str) -> str:
    """The header that has a browser keep a file under a name, whatever its giver called it (RFC 6266, RFC 8187)."""
    last = PurePosixPath(name.replace("\\", "/")).name
    safe = re.sub(r"[^\w\-. ()’,;&+=@«»]", "_", last).strip(". ")[-LONGEST_NAME:] or "document"
    plain = re.sub(r"[^\w\-.() ]", "_", safe, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
