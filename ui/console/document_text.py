"""A document's text as the index holds it, chunk by chunk, beside the pages of its original.

1. A chunk leads to its place on the page, and a page to the first chunk that begins on it.
2. What is shown is recorded before, the picture of a page too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from assistant.conversation import Source
from ingestion.indexed import IndexedPart
from policies.audit.event import Act, Event
from retrieval.corpus import DocumentText
from retrieval.errors import DocumentNotFound
from retrieval.index import Point
from ui.chat.original import Opened, Original, Ways, wanted
from ui.chat.original import shown as original_shown
from ui.chat.passage_links import ZOOMS, Look
from ui.console.document_page import DocumentPage, opened, shown
from ui.console.shell import NO_STORE, Shell
from ui.documents import DocumentServices, opened_event

CHUNKS = 20  # shown at once
LONGEST_NUMBER = 9  # digits


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: a chunk (from 0), a page of the original (from 1), how large."""

    chunk: int | None
    page: int | None
    zoom: int

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Wanted":
        """What is no number is not asked for."""
        zoom = _number(query, "zoom")
        return cls(_number(query, "morceau"), _number(query, "page"), zoom if zoom in ZOOMS else ZOOMS[0])


@dataclass(frozen=True, slots=True)
class TextPages:
    """The pages; each asks anew who may see what."""

    shell: Shell
    services: DocumentServices

    async def text(self, page: DocumentPage, request: Request) -> HTMLResponse:
        """Some chunks, one of them chosen, and the page of the original on which it stands."""
        asked = Wanted.of(request.query_params)
        part, chosen = await self._part(page, asked)
        text = await self._text(page, part.version or page.kept.document.version)
        await self._record(page, text, chosen, asked)
        original, told = await self._original(page, text, chosen, asked) if text and chosen else (None, "")
        return shown(
            self.shell,
            page,
            request,
            "texte",
            "document_text",
            part=part,
            chosen=chosen,
            original=original,
            told=told,
            text=text if text and not part.total else None,
            older=bool(part.total) and part.version != page.kept.document.version,
            starts=range(0, part.total, CHUNKS),
            first=(part.points[0].chunk.ordinal // CHUNKS * CHUNKS) if part.points else 0,
            step=CHUNKS,
        )

    async def picture(self, request: Request, collection_id: UUID) -> Response:
        """A page of the original, the one version whose original is kept."""
        page, asked = await opened(self.shell, self.services, request, collection_id), Wanted.of(request.query_params)
        text = await self._text(page, _number(request.query_params, "version") or page.kept.document.version)
        if text is None:
            raise DocumentNotFound(page.id)
        await self._record(page, text, None, asked)
        view = await self.services.originals.sheet(text, wanted(Look(asked.page, asked.zoom)))
        if view is None:
            raise DocumentNotFound(page.id)
        return Response(view.png, media_type="image/png", headers=NO_STORE)

    async def _part(self, page: DocumentPage, asked: Wanted) -> tuple[IndexedPart, Point | None]:
        chunks, place = self.services.chunks, page.kept.place.id
        first = asked.chunk
        if first is None and asked.page is not None:
            first = await chunks.first_on_page(place, page.id, asked.page)
        part = await chunks.part(place, page.id, (first or 0) // CHUNKS * CHUNKS, CHUNKS)
        return part, next((one for one in part.points if one.chunk.ordinal >= (first or 0)), None)

    async def _text(self, page: DocumentPage, version: int) -> DocumentText | None:
        """None of what waits for a decision, and of what was refused."""
        async with self.services.pool.connection() as connection:
            try:
                return await self.services.catalog.text(connection, page.kept.place.id, page.id, version)
            except DocumentNotFound:
                return None

    async def _record(self, page: DocumentPage, text: DocumentText | None, chosen: Point | None, asked: Wanted) -> None:
        if text is None:
            return
        locator = chosen.chunk.locator if chosen else None
        details = opened_event(page.kept, text.version)
        details |= {} if locator is None else {"start": locator.start, "end": locator.end}
        details |= {} if asked.page is None else {"page": asked.page}
        async with self.services.pool.connection() as connection:
            await self.services.ledger.append(connection, Event(Act.DOCUMENT_OPENED, page.person, details))

    async def _original(
        self, page: DocumentPage, text: DocumentText, chosen: Point, asked: Wanted
    ) -> tuple[Original | None, str]:
        """The page of the chosen chunk, or another that was asked for; a sentence where there is none."""
        locator = chosen.chunk.locator
        source = Source(
            collection_id=page.kept.place.id,
            collection=page.kept.collection.name,
            document_id=page.id,
            version=text.version,
            title=text.metadata.title,
            heading_path=locator.heading_path,
            page=locator.page,
            start=locator.start,
            end=locator.end,
        )
        opened_text = Opened(page.person, source, text, None)
        ways = _ways(self.shell, page, text.version, chosen, asked)
        return await original_shown(self.services.originals, ways, opened_text, Look(asked.page, asked.zoom))


def _ways(shell: Shell, page: DocumentPage, version: int, chosen: Point, asked: Wanted) -> Ways:
    """Turning the pages leads to the chunks of each; making one larger changes nothing else."""

    def of(look: Look) -> str:
        turned = look.page is not None and look.page != (asked.page or chosen.chunk.locator.page)
        chunk = "" if turned else str(chosen.chunk.ordinal)
        query = {"onglet": "texte", "morceau": chunk, "page": str(look.page or ""), "zoom": str(look.zoom)}
        return f"{shell.root}{page.address(**query)}#original"

    def picture(look: Look) -> str:
        query = {"version": str(version), "page": str(look.page or 1), "zoom": str(look.zoom)}
        return f"{shell.root}{page.address('/image', **query)}"

    return Ways(of, picture)


def _number(query: Mapping[str, str], name: str) -> int | None:
    written = query.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= LONGEST_NUMBER else None
