"""What is known of a document: shown with its guesses marked, corrected, confirmed; and saying that it is repealed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from retrieval.corpus import DocumentState
from retrieval.corrections import CORRECTABLE, edition_of
from retrieval.document_filter import DocumentFilter
from retrieval.document_list import ListedDocument
from retrieval.errors import DatesReversed, DocumentChanged
from ui.console import document_form
from ui.console.document_page import DocumentPage, back, document_id, opened, shown
from ui.console.form import Form, read_form
from ui.console.shell import Shell
from ui.document_words import FIELDS
from ui.documents import DocumentServices

MOST_FOUND = 20  # documents that might take the place of one

CHANGED = (
    "Une autre personne a changé cette fiche, ou une nouvelle version est arrivée, pendant que vous écriviez. Rien "
    "n’est perdu\u202f: votre saisie est dans les champs, ce qui est écrit maintenant est dit dessous."
)


@dataclass(frozen=True, slots=True)
class SheetPages:
    """The pages; each asks anew who may see and change what."""

    shell: Shell
    services: DocumentServices

    @property
    def changes(self) -> Mapping[str, Callable[..., Awaitable[Response]]]:
        """What takes a form, by its address below the document's."""
        return {
            "": self.correct,
            "/confirmation": self.confirm,
            "/abrogation": self.repeal,
            "/relecture": self.read_again,
            "/retrait": self.remove,
        }

    async def sheet(
        self, page: DocumentPage, request: Request, form: Form | None = None, *, now: bool = False, error: str = ""
    ) -> HTMLResponse:
        """The fields as they are, or as they were typed; with `now`, what is written now beside."""
        document, place = page.kept.document, page.kept.place
        written = {name: document_form.written(getattr(document.metadata, name)) for name in FIELDS}
        waiting = None
        if document.state is DocumentState.QUARANTINED and not page.kept.in_draft:
            waiting = await self.services.quarantine.number(page.person, page.kept.collection.id, document.id)
        return shown(
            self.shell,
            page,
            request,
            "",
            "document",
            status=409 if now else 422 if form and form.errors else 200,
            error=error,
            form=form or document_form.filled(document.metadata),
            fields=FIELDS,
            kinds=document_form.KINDS,
            edition=edition_of(document),
            now=written if now else {},
            guesses={name: written[name] for name in FIELDS if name in document.metadata.guessed},
            waiting=waiting,
            has_original=await self.services.downloads.has(place.id, document.id, document.version),
        )

    async def correct(self, request: Request, collection_id: UUID) -> Response:
        """What was typed takes the place of what is known, as far as it differs."""
        form, page = await read_form(request), await opened(self.shell, self.services, request, collection_id)
        values = document_form.read(form)
        if form.errors:
            return await self.sheet(page, request, form)
        edition = form.get("edition")
        if edition != edition_of(page.kept.document):
            return await self.sheet(page, request, form, now=True, error=CHANGED)
        values = document_form.changed(values, page.kept.document.metadata)
        if not values:
            return back(self.shell, collection_id, page.id, "inchange")
        try:
            await self.services.upkeep.correct(page.person, collection_id, page.id, values, edition)
        except DatesReversed as error:
            form.wrong("repealed_on", str(error))
            return await self.sheet(page, request, form)
        except DocumentChanged:
            page = await opened(self.shell, self.services, request, collection_id)
            return await self.sheet(page, request, form, now=True, error=CHANGED)
        return back(self.shell, collection_id, page.id, "corrige")

    async def confirm(self, request: Request, collection_id: UUID) -> Response:
        """The guesses of the fields that are named hold; all, where none is."""
        form, named, person = await read_form(request), document_id(request), await self.shell.caller()
        fields = frozenset(form.all("field")) & CORRECTABLE
        try:
            await self.services.upkeep.confirm(person, collection_id, named, fields, form.get("edition"))
        except DocumentChanged:
            page = await opened(self.shell, self.services, request, collection_id)
            return await self.sheet(page, request, now=True, error=CHANGED)
        return back(self.shell, collection_id, named, "confirme")

    async def repealing(self, page: DocumentPage, request: Request, form: Form | None = None) -> HTMLResponse:
        """The day, and the text that takes its place, which is looked for by its title or number."""
        words = request.query_params.get("texte", "").replace("\0", "")[:200].strip()
        found: Sequence[ListedDocument] = ()
        if words:
            found = (await self.services.listed.page(page.person, DocumentFilter(words=words), limit=MOST_FOUND)).rows
        metadata = page.kept.document.metadata
        day = {"repealed_on": document_form.written(metadata.repealed_on), "replaced_by": metadata.replaced_by}
        return shown(
            self.shell,
            page,
            request,
            "",
            "document_repeal",
            status=422 if form and form.errors else 200,
            form=form or Form.filled(day),
            edition=edition_of(page.kept.document),
            words=words,
            found=[one for one in found if one.document.id != page.id],
            looked=bool(words),
        )

    async def repeal(self, request: Request, collection_id: UUID) -> Response:
        """It applies no more from a day on; and another text takes its place, where one is named."""
        form, page = await read_form(request), await opened(self.shell, self.services, request, collection_id)
        day = form.day("repealed_on")
        if day is None:
            form.wrong("repealed_on", "Donnez le premier jour où le texte ne s’applique plus.")
        replaced_by = await self._successor(page, form) or form.text("replaced_by", longest=document_form.LINE)
        if form.errors:
            return await self.repealing(page, request, form)
        values = {"repealed_on": day} | ({"replaced_by": replaced_by} if replaced_by else {})
        try:
            await self.services.upkeep.correct(page.person, collection_id, page.id, values, form.get("edition"))
        except DatesReversed as error:
            form.wrong("repealed_on", str(error))
            return await self.repealing(page, request, form)
        except DocumentChanged as error:
            page = await opened(self.shell, self.services, request, collection_id)
            form.wrong("repealed_on", str(error))
            return await self.repealing(page, request, form)
        return back(self.shell, collection_id, page.id, "abroge")

    async def read_again(self, request: Request, collection_id: UUID) -> Response:
        """Have its original read again."""
        await read_form(request)
        person, named = await self.shell.caller(), document_id(request)
        if why := await self.services.upkeep.read_again(person, collection_id, named):
            page = await opened(self.shell, self.services, request, collection_id)
            return await self.sheet(page, request, error=why)
        return back(self.shell, collection_id, named, "relu")

    async def remove(self, request: Request, collection_id: UUID) -> Response:
        """Take it out, once that was confirmed."""
        form, page = await read_form(request), await opened(self.shell, self.services, request, collection_id)
        if not form.is_set("sure"):
            form.wrong("sure", "Cochez la case\u202f: le document part avec toutes ses versions.")
            return shown(self.shell, page, request, "", "document_removal", status=422, form=form)
        await self.services.upkeep.remove(page.person, collection_id, page.id)
        return self.shell.done("/documents", "retire", collection=str(collection_id))

    async def _successor(self, page: DocumentPage, form: Form) -> str:
        """The number, or the title, of the document that was chosen; nothing where none was."""
        collection, _, named = form.get("by").partition("/")
        if not named:
            return ""
        try:
            where = UUID(collection)
        except ValueError:
            form.wrong("by", "Choisissez l’un des textes proposés.")
            return ""
        metadata = (await self.services.upkeep.kept(page.person, where, named)).document.metadata
        return metadata.number or metadata.title
