"""What all pages about one document have: where one is, what the document is called, and its tabs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from ingestion.upkeep import Kept
from policies.principal import Principal
from retrieval.errors import DocumentNotFound
from ui.console.shell import Shell, said_in
from ui.document_words import STATES
from ui.documents import DocumentServices

HERE = "/documents"
PATH = "/collections/{collection_id}/document"

TABS = {
    "": "Fiche",
    "texte": "Texte et original",
    "versions": "Versions",
    "acces": "Accès",
    "citations": "Citations",
}

SAID = {
    "corrige": "C’est corrigé. La correction vaut pour cette version et pour les suivantes.",
    "inchange": "Rien n’a changé\u202f: ce que vous avez envoyé est déjà écrit.",
    "confirme": "C’est confirmé.",
    "abroge": "L’abrogation est notée. À partir de ce jour, la recherche n’emploie plus ce texte.",
    "relu": "L’original va être relu\u202f: ce qui en a été lu reste trouvable d’ici là.",
}


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document for the person who keeps its collection; `name` is what people call it."""

    person: Principal
    kept: Kept
    name: str

    @property
    def id(self) -> str:
        return self.kept.document.id

    def address(self, below: str = "", **query: str) -> str:
        """Of a page about it, below the console's."""
        return address(self.kept.collection.id, self.id, below, **query)


def address(collection_id: UUID, document_id: str, below: str = "", **query: str) -> str:
    """Of a page about that document, below the console's."""
    asked = {"document": document_id} | {name: value for name, value in query.items() if value}
    return f"/collections/{collection_id}/document{below}?{urlencode(asked)}"


def document_id(request: Request) -> str:
    """Which document the address is about. Raises `DocumentNotFound`."""
    named = request.query_params.get("document", "")
    if not named or "\0" in named:
        raise DocumentNotFound(named.replace("\0", ""))
    return named


async def opened(shell: Shell, services: DocumentServices, request: Request, collection_id: UUID) -> DocumentPage:
    """The document of the address. Raises `CollectionNotFound`, `Refused`, `DocumentNotFound`."""
    person = await shell.caller()
    kept = await services.upkeep.kept(person, collection_id, document_id(request))
    key = kept.place.id, kept.document.id
    return DocumentPage(person, kept, (await services.names.of([key]))[key])


def shown(
    shell: Shell, page: DocumentPage, request: Request, tab: str, template: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """One of its tabs."""
    document = page.kept.document
    return shell.page(
        template,
        HERE,
        status=status,
        said=said_in(request, SAID),
        page=page,
        kept=page.kept,
        document=document,
        metadata=document.metadata,
        title=document.metadata.title or page.name,
        state=STATES[document.state.value],
        tabs_shown=[(page.address(onglet=one), name) for one, name in TABS.items()],
        tab_here=page.address(onglet=tab),
        **context,
    )


def back(shell: Shell, collection_id: UUID, document_id: str, said: str) -> RedirectResponse:
    """On to the page about that document, which says what was done."""
    return shell.done(f"/collections/{collection_id}/document", said, document=document_id)
