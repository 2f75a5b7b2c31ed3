"""The page of a passage: its document, with the passage marked where it stands.

A link says where; whether this person may read there is decided anew at each opening, and the opening
is in the ledger before the text is given.
"""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.conversation import Source
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from retrieval.catalog import Catalog
from retrieval.corpus import DocumentMetadata, DocumentText
from retrieval.errors import CollectionNotFound, DocumentNotFound
from ui.chat.passage_links import PATH, PassageLinks
from ui.chat.ports import Readable
from ui.database import Pool
from ui.failures import EXPECTED, failure_of
from ui.identity import Caller
from ui.pages import Notice, error_page, french_date, pages

NOT_FOUND = (
    "Ce passage n’existe pas, ou ne vous est pas ouvert. Posez la question à nouveau pour retrouver ses sources."
)


@dataclass(frozen=True, slots=True)
class PassageServices:
    """What the pages stand on; `caller` is the one who reads them."""

    caller: Caller
    pool: Pool
    search: Readable
    catalog: Catalog
    ledger: Ledger
    links: PassageLinks
    notice: Notice


def passage_router(services: PassageServices) -> APIRouter:
    """The route of the pages."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    async def passage(request: Request) -> HTMLResponse:
        source = services.links.read(request.query_params.multi_items())
        if source is None:
            return _refusal(services.notice, 404, NOT_FOUND)
        try:
            document, newer = await _open(services, source)
        except (CollectionNotFound, DocumentNotFound):
            return _refusal(services.notice, 404, NOT_FOUND)
        except EXPECTED as error:
            failure = failure_of(error)
            return _refusal(services.notice, failure.status, failure.message)
        return _page(services.notice, source, document, newer)

    return router


async def _open(services: PassageServices, source: Source) -> tuple[DocumentText, bool]:
    """The document in the version that was cited, and whether there is a newer one; recorded before it is given."""
    person = await services.caller()
    [collection] = await services.search.permitted(person, [source.collection])
    if collection.id != source.collection_id:  # deleted since, and another has its name
        raise CollectionNotFound(source.collection)
    details: dict[str, Json] = {
        "collection": str(collection.id),
        "document": source.document_id,
        "version": source.version,
        "start": source.start,
        "end": source.end,
    }
    async with services.pool.connection() as connection:
        document = await services.catalog.text(connection, collection.id, source.document_id, source.version)
        latest = await services.catalog.document(connection, collection.id, source.document_id)
        await services.ledger.append(connection, Event(Act.DOCUMENT_OPENED, person, details))
    return document, latest is not None and latest.version > source.version


def _page(notice: Notice, source: Source, document: DocumentText, newer: bool) -> HTMLResponse:
    text, metadata, today = document.text, document.metadata, dt.datetime.now().astimezone().date()
    page = pages.get_template("passage.html").render(
        notice=notice,
        source=source,
        metadata=metadata,
        state=state(metadata, today),
        in_force=metadata.in_force(today),
        newer=newer,
        original=metadata.url if _is_web_address(metadata.url) else "",
        before=text[: source.start],
        passage=text[source.start : source.end],
        after=text[source.end :],
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _is_web_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:  # whoever wrote the document wrote anything
        return False


def _refusal(notice: Notice, status: int, message: str) -> HTMLResponse:
    return error_page(notice, status, "Passage introuvable", message)


def state(metadata: DocumentMetadata, today: dt.date) -> str:
    """In French, whether the text applies on that day, and from or until when."""
    if metadata.repealed_on is not None and metadata.repealed_on <= today:
        return f"Abrogé le {french_date(metadata.repealed_on)}"
    if metadata.in_force_from is not None and metadata.in_force_from > today:
        return f"En vigueur à partir du {french_date(metadata.in_force_from)}"
    if metadata.repealed_on is not None:
        return f"En vigueur jusqu’au {french_date(metadata.repealed_on)} exclu"
    if metadata.in_force_from is not None:
        return f"En vigueur depuis le {french_date(metadata.in_force_from)}"
    return "En vigueur (dates d’effet non précisées)"
