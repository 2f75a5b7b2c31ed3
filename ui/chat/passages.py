"""The page of a passage: its document, the original's page beside its text, with the passage marked in both.

1. A link says where; whether this person may read there is decided anew at each opening, that of a picture included.
2. An opening is in the ledger before the text is given. A picture of a page needs no record of its own: its link
   comes with an opening, which gave the whole document, and is good for that reader and a few minutes only.
3. Where the original cannot be drawn, the text stands alone, with a sentence that says so.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from assistant.conversation import Source
from assistant.errors import ConversationNotFound
from assistant.tasks.request import GIVEN
from ingestion import BlobMissing, IngestionError, PageNotFound
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from retrieval.catalog import Catalog
from retrieval.corpus import DocumentState
from retrieval.errors import CollectionNotFound, DocumentNotFound
from retrieval.search import today
from ui.chat.in_force import state
from ui.chat.original import Opened, Original, shown, wanted, ways
from ui.chat.passage_links import PATH, PICTURE_PATH, Look, PassageLinks
from ui.chat.passage_text import lines, rendered
from ui.chat.ports import DocumentOriginals, GivenTexts, Readable
from ui.chat.quotation import quoted, reference
from ui.database import Pool
from ui.failures import EXPECTED, failure_of
from ui.identity import Caller
from ui.pages import Notice, error_page, pages

NOT_FOUND = (
    "Ce passage n’existe pas, ou ne vous est pas ouvert. Posez la question à nouveau pour retrouver ses sources."
)


@dataclass(frozen=True, slots=True)
class PassageServices:
    """What the pages stand on; `caller` is the one who reads them, `now` gives seconds (Unix)."""

    caller: Caller
    pool: Pool
    search: Readable
    catalog: Catalog
    ledger: Ledger
    originals: DocumentOriginals
    links: PassageLinks
    notice: Notice
    given: GivenTexts
    now: Callable[[], float] = field(default=time.time)


def passage_router(services: PassageServices) -> APIRouter:
    """The routes of the pages and their pictures."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    async def passage(request: Request) -> HTMLResponse:
        read = services.links.read(request.query_params.multi_items())
        if read is None:
            return _refusal(services.notice, 404, NOT_FOUND)
        source, look = read
        try:
            opened = await _open(services, source)
            await _record(services, opened, look)
            original, told = await _original(services, opened, look)
            text = await _text(services, opened, look, alone=original is None)
        except (CollectionNotFound, ConversationNotFound, DocumentNotFound):
            return _refusal(services.notice, 404, NOT_FOUND)
        except EXPECTED as error:
            failure = failure_of(error)
            return _refusal(services.notice, failure.status, failure.message)
        return _page(services.notice, opened, original, told, text)

    @router.get(PICTURE_PATH, response_class=Response)
    async def picture(request: Request) -> Response:
        person = await services.caller()
        read = services.links.read_picture(request.query_params.multi_items(), person.subject, services.now())
        if read is None:
            return _refusal(services.notice, 404, NOT_FOUND)
        source, look = read
        try:
            opened = await _open(services, source)
            view = await services.originals.sheet(opened.text, wanted(look))
        except (CollectionNotFound, DocumentNotFound, BlobMissing, PageNotFound):
            return _refusal(services.notice, 404, NOT_FOUND)
        except EXPECTED as error:
            failure = failure_of(error)
            return _refusal(services.notice, failure.status, failure.message)
        if view is None:
            return _refusal(services.notice, 404, NOT_FOUND)
        return Response(view.png, media_type="image/png", headers={"Cache-Control": "no-store"})

    return router


async def _open(services: PassageServices, source: Source) -> Opened:
    """What was cited, if this person may read it now."""
    person = await services.caller()
    if source.collection_id == GIVEN:
        return Opened(person, source, await services.given.pasted(person, source.document_id), None)
    collection = await services.search.opened(person, source.collection_id, source.collection)
    async with services.pool.connection() as connection:
        text = await services.catalog.text(connection, collection.id, source.document_id, source.version)
        latest = await services.catalog.document(connection, collection.id, source.document_id)
    if latest and latest.version == source.version and latest.state is DocumentState.QUARANTINED:
        raise DocumentNotFound(source.document_id)  # it was cited, and waits for a decision since it was read anew
    return Opened(person, source, text, latest, collection.allowed_by)


async def _record(services: PassageServices, opened: Opened, look: Look) -> None:
    source = opened.source
    details: dict[str, Json] = {
        "collection": str(source.collection_id),
        "document": source.document_id,
        "version": source.version,
        "start": source.start,
        "end": source.end,
        "rules": [*opened.allowed_by],
        **({} if look.page is None else {"page": look.page}),
    }
    async with services.pool.connection() as connection:
        await services.ledger.append(connection, Event(Act.DOCUMENT_OPENED, opened.person, details))


async def _original(services: PassageServices, opened: Opened, look: Look) -> tuple[Original | None, str]:
    """The page of the original, or a sentence that says why there is none; neither of a text that was pasted."""
    if opened.source.collection_id == GIVEN:
        return None, ""
    return await shown(services.originals, ways(services.links, opened, services.now()), opened, look)


async def _text(services: PassageServices, opened: Opened, look: Look, *, alone: bool) -> Markup:
    """The document's text; with its headings and tables where the original tells them."""
    source, blocks = opened.source, None
    if alone and source.collection_id != GIVEN:
        try:
            blocks = await services.originals.blocks(opened.text)
        except IngestionError:  # the text is there all the same
            blocks = None
    known = blocks or lines(opened.text.text, source.heading_path)
    title = opened.text.metadata.title
    return rendered(known, source.start, source.end, title=title, focused=look.page is None)


def _page(notice: Notice, opened: Opened, original: Original | None, told: str, text: Markup) -> HTMLResponse:
    source, metadata, day = opened.source, opened.text.metadata, today()
    newer = opened.latest if opened.latest is not None and opened.latest.version > source.version else None
    page = pages.get_template("passage.html").render(
        notice=notice,
        source=source,
        metadata=metadata,
        state=state(metadata, day),
        in_force=metadata.in_force(day),
        given=source.collection_id == GIVEN,
        newer=newer,
        newer_from=newer.metadata.in_force_from if newer else None,
        original=original,
        told=told,
        quotation=quoted(opened.text.text[source.start : source.end]),
        reference=reference(metadata, source),
        published=metadata.url if _is_web_address(metadata.url) else "",
        text=text,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _is_web_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:  # whoever wrote the document wrote anything
        return False


def _refusal(notice: Notice, status: int, message: str) -> HTMLResponse:
    return error_page(notice, status, "Passage introuvable", message)
