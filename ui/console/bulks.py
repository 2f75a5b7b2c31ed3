"""`/console/documents/lots`: one change to many documents, confirmed first, then followed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ingestion import Names
from ingestion.bulk import Bulk, Change
from ingestion.bulks import AT_ONCE, Bulks, Chosen, Everything
from ingestion.errors import BulkMoved
from retrieval.document_list import DocumentList, Key
from ui.console.bulk_words import CHANGES, DONE, EXPLAINED
from ui.console.document_filters import FIELDS, Asked, asked
from ui.console.document_page import address
from ui.console.documents import HERE
from ui.console.form import Form, read_form
from ui.console.listing import PAGE, Listing
from ui.console.shell import Shell
from ui.errors import RequestMalformed

MOST_TICKED = 200  # a page shows fewer


@dataclass(frozen=True, slots=True)
class Left:
    """A document that was left as it was."""

    name: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class BulkPages:
    """The pages, over the services that they call."""

    shell: Shell
    bulks: Bulks
    documents: DocumentList
    names: Names

    async def confirm(self, request: Request) -> HTMLResponse:
        """What would be done, and to how many."""
        form = await read_form(request)
        return await self._confirm(form)

    async def begin(self, request: Request) -> Response:
        """Do it: a few at once, many in the background."""
        form = await read_form(request)
        change, on, chosen = _change(form), _day(form), _chosen(form)
        if form.errors or change is None or not chosen:
            return await self._confirm(form, status=422)
        person = await self.shell.caller()
        try:
            bulk = await self.bulks.start(person, change, chosen, on)
        except BulkMoved as error:
            return await self._confirm(form, status=409, error=str(error))
        if bulk.documents <= AT_ONCE:
            await self.bulks.work(bulk.id)
        return self.shell.done(f"{HERE}/lots/{bulk.id}")

    async def shown(self, request: Request, bulk_id: UUID) -> HTMLResponse:
        """How far it is, and what was left as it was."""
        bulk = await self.bulks.bulk(await self.shell.caller(), bulk_id)
        listing = Listing.of(request.query_params.multi_items())
        left = await self._left(bulk, listing.offset)
        window = listing.window(bulk.left)
        return self.shell.page(
            "bulk", HERE, bulk=bulk, name=CHANGES[bulk.change.value], left=left, listing=listing, window=window
        )

    async def progress(self, bulk_id: UUID) -> HTMLResponse:
        """The same, of the page that is open; one that has ended is loaded whole."""
        bulk = await self.bulks.bulk(await self.shell.caller(), bulk_id)
        part = self.shell.part("bulk_progress", bulk=bulk)
        if bulk.ended_at is not None:
            part.headers["HX-Refresh"] = "true"
        return part

    async def _confirm(self, form: Form, *, status: int = 200, error: str = "") -> HTMLResponse:
        change, person = _change(form), await self.shell.caller()
        all_ = form.get("quoi") == "tout"
        list_ = _asked(form)
        ticked = _ticked(form)
        found = await self.documents.count(person, list_.wanted, list_.which) if all_ else len(ticked)
        if change is None:
            form.wrong("changement", "Choisissez ce qu’il faut faire.")
        if not found:
            form.wrong("quoi", "Cochez au moins un document, ou choisissez tous ceux que la liste trouve.")
        return self.shell.page(
            "bulk_confirm",
            HERE,
            status=422 if form.errors and status == 200 else status,
            error=error,
            form=form,
            change=change,
            name=CHANGES[change.value] if change else "",
            explained=EXPLAINED[change] if change else "",
            button=DONE[change] if change else "",
            documents=found,
            kept=[*((name, value) for name, value in list_.listing.filters.items()), ("quoi", form.get("quoi"))],
            ticked=[] if all_ else ticked,
            back=f"{HERE}{list_.listing.query()}",
        )

    async def _left(self, bulk: Bulk, offset: int) -> list[Left]:
        left = await self.bulks.left(await self.shell.caller(), bulk.id, offset, PAGE)
        names = await self.names.of([(one.collection_id, one.document_id) for one in left])
        return [
            Left(
                name=names[one.collection_id, one.document_id],
                address=address(one.collection_id, one.document_id),
                reason=one.reason,
            )
            for one in left
        ]


def bulk_router(shell: Shell, bulks: Bulks, documents: DocumentList, names: Names) -> APIRouter:
    """The routes of changes to many documents."""
    router, pages = shell.router(HERE), BulkPages(shell, bulks, documents, names)
    router.add_api_route("/lot", pages.confirm, methods=["POST"])
    router.add_api_route("/lots", pages.begin, methods=["POST"], response_class=Response)
    router.add_api_route("/lots/{bulk_id}", pages.shown, methods=["GET"])
    router.add_api_route("/lots/{bulk_id}/avancement", pages.progress, methods=["GET"])
    return router


def _change(form: Form) -> Change | None:
    return Change(form.get("changement")) if form.get("changement") in CHANGES else None


def _day(form: Form) -> dt.date | None:
    """From when on what is repealed does not apply; needed for that alone."""
    if _change(form) is not Change.REPEAL:
        return None
    day = form.day("jour")
    if day is None:
        form.wrong("jour", "Donnez le premier jour où les textes ne s’appliquent plus.")
    return day


def _asked(form: Form) -> Asked:
    """The list that the form was sent from. Raises `RequestMalformed` where it cannot be."""
    list_ = asked([pair for pair in form.pairs if pair[0] in {*FIELDS, "tri"}])
    if list_.form.errors:
        raise RequestMalformed("Cette liste a changé. Ouvrez à nouveau la page des documents.")
    return list_


def _chosen(form: Form) -> Chosen:
    if form.get("quoi") != "tout":
        return _ticked(form)
    list_, announced = _asked(form), form.get("nombre")
    fits = announced.isascii() and announced.isdigit() and len(announced) < 10
    return Everything(list_.wanted, list_.which, int(announced) if fits else -1)


def _ticked(form: Form) -> Sequence[Key]:
    """Raises `RequestMalformed` for what is no document's key."""
    keys: dict[Key, None] = {}
    for one in form.all("doc")[:MOST_TICKED]:
        collection, _, identifier = one.partition("/")
        try:
            keys[UUID(collection), identifier] = None
        except ValueError as error:
            raise RequestMalformed("Cette demande n’est pas celle d’un formulaire d’ici. Rechargez la page.") from error
    return list(keys)
