"""The part of the API behind the command line that narrows lists of documents, and changes many at once."""

import asyncio
import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from ingestion import Names
from ingestion.bulk import Bulk, Change
from ingestion.bulks import Bulks, Chosen, Everything
from policies import Principal
from retrieval.corpus import DocumentState, TextKind
from retrieval.document_filter import DocumentFilter, InForce, Order
from retrieval.document_list import DocumentList
from ui.control.documents import named_json
from ui.control.streams import Events, lines
from ui.errors import RequestMalformed
from ui.identity import local_principal
from ui.wire import Line, Request

PAGE = 1_000
LOOK_S = 0.2  # at what another is at
TOLD = 100  # documents that were left as they were

Actor = Annotated[Principal, Depends(local_principal)]


class Narrowed(Request):
    """What must hold of the documents; `source` is one's name, `by_hand`: from none."""

    words: Line = ""
    state: DocumentState | None = None
    kind: TextKind | None = None
    in_force: InForce | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    to_check: bool = False
    source: str = ""
    by_hand: bool = False


class ChangeRequest(Request):
    """To these documents of a collection, or to all that are as `narrowed`."""

    collection: str
    change: Change
    documents: list[str] = Field([], max_length=10_000)
    narrowed: Narrowed | None = None
    on: dt.date | None = None


class ListRequest(Narrowed):
    """A page of a collection, by identifier."""

    collection: str
    offset: int = Field(0, ge=0)


def bulk_router(documents: DocumentList, bulks: Bulks, names: Names) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/documents/found")
    async def found(actor: Actor, request: Annotated[ListRequest, Query()]) -> dict[str, Any]:
        """The documents after the first so many, and how many there are in all."""
        wanted = await _filter(documents, actor, request.collection, request)
        page = await documents.page(
            actor,
            wanted,
            request.collection,
            order=Order.ID,
            descending=False,
            offset=request.offset,
            limit=PAGE,
            most=None,
        )
        shown = await named_json(names, [row.document for row in page.rows])
        return {"documents": shown, "total": page.total}

    @router.post("/documents/change")
    async def change(actor: Actor, request: ChangeRequest) -> Any:
        """Progress, then what was done and what was left."""
        return lines(_changed(documents, bulks, actor, request))

    return router


async def _changed(documents: DocumentList, bulks: Bulks, actor: Principal, request: ChangeRequest) -> Events:
    if request.change is Change.REPEAL and request.on is None:
        raise RequestMalformed("Dites à partir de quel jour les textes ne s’appliquent plus\u202f: --on 2026-01-31.")
    bulk = await bulks.start(actor, request.change, await _chosen(documents, actor, request), request.on)
    while bulk.ended_at is None:
        yield {"kind": "progress", "done": bulk.done + bulk.left, "total": bulk.documents}
        working = asyncio.create_task(bulks.work(bulk.id))
        while not (await asyncio.wait([working], timeout=LOOK_S))[0]:
            bulk = await bulks.bulk(actor, bulk.id)
            yield {"kind": "progress", "done": bulk.done + bulk.left, "total": bulk.documents}
        await working
        bulk = await bulks.bulk(actor, bulk.id)
        if bulk.ended_at is None:  # another is at it
            await asyncio.sleep(LOOK_S)
    yield {"kind": "changed"} | await _outcome(bulks, actor, bulk)


async def _outcome(bulks: Bulks, actor: Principal, bulk: Bulk) -> dict[str, Any]:
    left = await bulks.left(actor, bulk.id, limit=TOLD)
    return {
        "documents": bulk.documents,
        "done": bulk.done,
        "left": bulk.left,
        "reasons": [{"document_id": one.document_id, "reason": one.reason} for one in left],
    }


async def _chosen(documents: DocumentList, actor: Principal, request: ChangeRequest) -> Chosen:
    if request.narrowed is None:
        (collection,) = await documents.kept(actor, request.collection)
        return [(collection.id, one) for one in dict.fromkeys(request.documents)]
    wanted = await _filter(documents, actor, request.collection, request.narrowed)
    announced = await documents.count(actor, wanted, request.collection)
    return Everything(wanted, request.collection, announced)


async def _filter(documents: DocumentList, actor: Principal, collection: str, given: Narrowed) -> DocumentFilter:
    """Raises `PeriodReversed`, `RequestMalformed`, `CollectionNotFound`."""
    return DocumentFilter(
        words=given.words,
        state=given.state,
        kind=given.kind,
        in_force=given.in_force,
        since=given.since,
        until=given.until,
        to_check=given.to_check,
        source=await _source(documents, actor, collection, given.source) if given.source else None,
        by_hand=given.by_hand,
    )


async def _source(documents: DocumentList, actor: Principal, collection: str, name: str) -> UUID:
    sources = await documents.sources(await documents.kept(actor, collection))
    found = next((one for one, called in sources if called.casefold() == name.casefold()), None)
    if found is None:
        raise RequestMalformed(f"La collection ne suit aucune source «\u202f{name}\u202f».")
    return found
