"""The part of the API behind the command line about one document: what is known of it changed, and what it became."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator

from assistant.citing import citing
from policies import Act, Event, Principal
from policies.review.received import received_by
from retrieval import TextKind
from retrieval.corpus import Document
from retrieval.search import today
from retrieval.versions import versions_of
from ui.control.documents import named_json
from ui.documents import DocumentServices, opened_event
from ui.identity import local_principal
from ui.text_versions import Comparison, compared, what
from ui.wire import Line, Request

CHUNKS = 100
CITING_DAYS = 90

Actor = Annotated[Principal, Depends(local_principal)]


def _named(text: str) -> str:
    if not text:
        raise ValueError("un document garde un titre")
    return text


Title = Annotated[Line, AfterValidator(_named)]


class Correction(Request):
    """What holds of a document; what is not sent stays as it is, and null or nothing is for what is not known."""

    title: Title = ""
    kind: TextKind | None = None
    number: Line = ""
    signed_on: dt.date | None = None
    in_force_from: dt.date | None = None
    repealed_on: dt.date | None = None
    replaces: tuple[Line, ...] = ()
    replaced_by: Line = ""
    author: Line = ""


class CorrectionRequest(Request):
    """For one document of a collection, by name."""

    collection: str
    document: str
    correction: Correction


class OneDocument(Request):
    """A document of a collection, by name; `fields` are those that are confirmed, all where none is named."""

    collection: str
    document: str
    fields: frozenset[str] = frozenset()


def document_router(services: DocumentServices) -> APIRouter:
    """These routes."""
    router, control = APIRouter(), _Control(services)
    router.add_api_route("/document", control.correct, methods=["PATCH"])
    router.add_api_route("/document/confirmed", control.confirm, methods=["POST"])
    router.add_api_route("/document/read-again", control.read_again, methods=["POST"])
    router.add_api_route("/document/versions", control.versions, methods=["GET"])
    router.add_api_route("/document/difference", control.difference, methods=["GET"])
    router.add_api_route("/document/chunks", control.chunks, methods=["GET"])
    router.add_api_route("/document/cited", control.cited, methods=["GET"])
    router.add_api_route("/document/original", control.original, methods=["GET"], response_class=StreamingResponse)
    return router


class _Control:
    def __init__(self, services: DocumentServices) -> None:
        self._services = services

    async def correct(self, actor: Actor, request: CorrectionRequest) -> dict[str, Any]:
        """Say what holds of a document."""
        given = {name: getattr(request.correction, name) for name in request.correction.model_fields_set}
        corrected = await self._services.upkeep.correct(actor, request.collection, request.document, given)
        return await self._json(corrected)

    async def confirm(self, actor: Actor, request: OneDocument) -> dict[str, Any]:
        """Say that what was guessed of it holds."""
        upkeep = self._services.upkeep
        return await self._json(await upkeep.confirm(actor, request.collection, request.document, request.fields))

    async def read_again(self, actor: Actor, request: OneDocument) -> dict[str, str]:
        """Have its original read again; `problem` says why that cannot be."""
        problem = await self._services.upkeep.read_again(actor, request.collection, request.document)
        return {"document": request.document, "problem": problem}

    async def versions(self, actor: Actor, collection: str, document: str) -> list[dict[str, Any]]:
        """Its versions, the newest first."""
        kept = await self._services.upkeep.kept(actor, collection, document)
        async with self._services.pool.connection() as connection:
            found = await versions_of(connection, kept.place.id, document)
            givers = await received_by(connection, str(kept.place.id), document)
        return [_json(asdict(one)) | {"given_by": givers.get(one.version, "")} for one in found]

    async def difference(self, actor: Actor, collection: str, document: str, old: int, new: int) -> dict[str, Any]:
        """What changed between two of them."""
        kept = await self._services.upkeep.kept(actor, collection, document)
        async with self._services.pool.connection() as connection:
            texts = [
                await self._services.catalog.text(connection, kept.place.id, document, version)
                for version in (old, new)
            ]
            for version in (old, new):
                event = Event(Act.DOCUMENT_OPENED, actor, opened_event(kept, version))
                await self._services.ledger.append(connection, event)
        return _comparison(await compared(*texts))

    async def chunks(
        self, actor: Actor, collection: str, document: str, start: Annotated[int, Query(ge=1)] = 1
    ) -> dict[str, Any]:
        """What the index holds of it, some chunks from that one on (from 1)."""
        kept = await self._services.upkeep.kept(actor, collection, document)
        part = await self._services.chunks.part(kept.place.id, document, start - 1, CHUNKS)
        async with self._services.pool.connection() as connection:
            event = Event(Act.DOCUMENT_OPENED, actor, opened_event(kept, part.version or kept.document.version))
            await self._services.ledger.append(connection, event)
        return {
            "version": part.version,
            "total": part.total,
            "chunks": [
                {
                    "chunk": one.chunk.ordinal + 1,
                    "page": one.chunk.locator.page,
                    "headings": list(one.chunk.locator.heading_path),
                    "words": len(one.sparse.indices),
                    "text": one.chunk.text,
                }
                for one in part.points
            ],
        }

    async def cited(self, actor: Actor, collection: str, document: str) -> dict[str, Any]:
        """How many answers cited it lately."""
        kept = await self._services.upkeep.kept(actor, collection, document)
        since = today() - dt.timedelta(days=CITING_DAYS)
        found = await citing(self._services.pool, kept.collection.id, document, since)
        return {
            "since": since.isoformat(),
            "answers": found.answers,
            "unsupported": found.unsupported,
            "useful": found.useful,
            "useless": found.useless,
            "days": [_json(asdict(day)) for day in found.days],
        }

    async def original(self, actor: Actor, collection: str, document: str) -> StreamingResponse:
        """The file as it came; its name stands in a header."""
        kept = await self._services.upkeep.kept(actor, collection, document)
        download = await self._services.downloads.open_in(actor, kept.place, document)
        headers = {"Content-Length": str(download.size), "X-Name": quote(download.name)}
        return StreamingResponse(download.pieces, media_type="application/octet-stream", headers=headers)

    async def _json(self, document: Document) -> dict[str, Any]:
        (shown,) = await named_json(self._services.names, [document])
        return shown


def _comparison(found: Comparison) -> dict[str, Any]:
    changes = [
        {
            "what": what(one),
            "place": one.units[-1].place,
            "old": one.old.text if one.old else None,
            "new": one.new.text if one.new else None,
        }
        for one in found.changes
    ]
    return {"total": found.total, "moved": found.moved, "too_long": found.too_long, "changes": changes}


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Days and moments as text."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}
