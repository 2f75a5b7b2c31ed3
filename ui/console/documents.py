"""`/console/documents`: the documents of the collections that somebody keeps, narrowed, sorted, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ingestion import Names
from ingestion.bulk import Change
from policies.principal import Principal
from retrieval.corpus import Collection, DocumentMetadata, DocumentState
from retrieval.document_list import DocumentList, DocumentPage, ListedDocument
from retrieval.search import today
from ui.console.bulk_words import CHANGES
from ui.console.document_filters import Asked, asked, choices
from ui.console.document_page import address
from ui.console.listing import PAGE
from ui.console.shell import Shell, said_in
from ui.document_words import STATES
from ui.pages import PARIS, french_date

HERE = "/documents"
SAID: Mapping[str, str] = {}

# The design system's word for each state.
BADGES = {
    DocumentState.PENDING: "info",
    DocumentState.INDEXED: "success",
    DocumentState.FAILED: "error",
    DocumentState.QUARANTINED: "warning",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A document as a line of the list; `key` stands for it in forms."""

    key: str
    address: str
    name: str
    title: str
    kind: str
    number: str
    day: str
    force: str
    state: str
    badge: str
    failure: str
    collection: str
    received: str
    to_check: bool


@dataclass(frozen=True, slots=True)
class DocumentsPages:
    """The page, over the services that it shows."""

    shell: Shell
    documents: DocumentList
    names: Names

    async def listed(self, request: Request) -> HTMLResponse:
        """The list."""
        person, list_ = await self.shell.caller(), asked(request.query_params.multi_items())
        kept = await self.documents.kept(person)
        found = None if list_.form.errors else await self._page(person, list_, kept)
        return self.shell.page(
            "documents",
            HERE,
            status=422 if list_.form.errors else 200,
            said=said_in(request, SAID),
            form=list_.form,
            listing=list_.listing,
            window=list_.listing.window(found.total) if found else None,
            choices=choices(kept, await self.documents.sources(kept)),
            collection=_chosen(kept, list_.which),
            rows=await self._rows(found.rows) if found else [],
            changes=CHANGES,
            first=Change.RETRY,
        )

    async def _page(self, person: Principal, list_: Asked, kept: Sequence[Collection]) -> DocumentPage:
        return await self.documents.page(
            person,
            list_.wanted,
            list_.which,
            order=list_.order,
            descending=list_.listing.descending,
            offset=list_.listing.offset,
            limit=PAGE,
            kept=kept,
        )

    async def _rows(self, rows: Sequence[ListedDocument]) -> list[Row]:
        names = await self.names.of([(one.collection.id, one.document.id) for one in rows])
        return [_row(one, names[one.collection.id, one.document.id]) for one in rows]


def documents_router(shell: Shell, documents: DocumentList, names: Names) -> APIRouter:
    """The route of the list."""
    router = shell.router(HERE)
    router.add_api_route("", DocumentsPages(shell, documents, names).listed, methods=["GET"])
    return router


def _chosen(kept: Sequence[Collection], which: UUID | None) -> Collection | None:
    return next((one for one in kept if one.id == which), None)


def _row(one: ListedDocument, name: str) -> Row:
    document, metadata = one.document, one.document.metadata
    day = metadata.signed_on or metadata.date
    return Row(
        key=f"{one.collection.id}/{document.id}",
        address=address(one.collection.id, document.id),
        name=name,
        title="" if metadata.title in {document.id, name} else metadata.title,
        kind=metadata.kind.value if metadata.kind else "",
        number=metadata.number,
        day=french_date(day) if day else "",
        force=_force(metadata),
        state=STATES[document.state.value],
        badge=BADGES[document.state],
        failure=document.failure,
        collection=one.collection.name,
        received=f"{one.received_at.astimezone(PARIS):%d/%m/%Y}",
        to_check=bool(metadata.guessed),
    )


def _force(metadata: DocumentMetadata) -> str:
    """Said only where a text does not simply apply."""
    starts = metadata.in_force_from or metadata.signed_on
    if metadata.repealed_on and metadata.repealed_on <= today():
        return f"abrogé le {french_date(metadata.repealed_on)}"
    if starts and starts > today():
        return f"à partir du {french_date(starts)}"
    return f"jusqu’au {french_date(metadata.repealed_on)}" if metadata.repealed_on else ""
