"""The part of the API behind the command line that shows what is known of documents, and corrects it."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, Field

from ingestion import Names
from policies import Principal
from retrieval import Document, Documents, TextKind
from ui.control.quarantine import found_json
from ui.identity import local_principal
from ui.wire import Line, Request, metadata_json

PAGE = 100

Actor = Annotated[Principal, Depends(local_principal)]


def _named(text: str) -> str:
    if not text:
        raise ValueError("un document garde un titre")
    return text


Title = Annotated[Line, AfterValidator(_named)]


class RemovalRequest(Request):
    """Some documents of one collection, by name."""

    collection: str
    documents: list[str] = Field(min_length=1)


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


def documents_router(documents: Documents, names: Names) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/documents")
    async def page(
        actor: Actor,
        collection: str,
        after: str = "",
        guessed: bool = False,
        limit: Annotated[int, Query(ge=1, le=1000)] = PAGE,
    ) -> list[dict[str, Any]]:
        """The next documents after that one; `guessed`: only those of which something is to be confirmed."""
        return await _named_json(names, await documents.page(actor, collection, after, limit, guessed=guessed))

    @router.get("/document")
    async def one(actor: Actor, collection: str, document: str) -> dict[str, Any]:
        """One document."""
        (shown,) = await _named_json(names, [await documents.document(actor, collection, document)])
        return shown

    @router.delete("/documents")
    async def remove(actor: Actor, request: RemovalRequest) -> dict[str, int]:
        """Take documents out of a collection."""
        return {"removed": await documents.remove(actor, request.collection, request.documents)}

    @router.patch("/document")
    async def correct(actor: Actor, request: CorrectionRequest) -> dict[str, Any]:
        """Say what holds of a document."""
        given = {name: getattr(request.correction, name) for name in request.correction.model_fields_set}
        corrected = await documents.correct(actor, request.collection, request.document, given)
        (shown,) = await _named_json(names, [corrected])
        return shown

    return router


async def _named_json(names: Names, documents: Sequence[Document]) -> list[dict[str, Any]]:
    """Documents, each with what people call it."""
    called = await names.of([(document.collection_id, document.id) for document in documents])
    return [document_json(document, called[document.collection_id, document.id]) for document in documents]


def document_json(document: Document, name: str) -> dict[str, Any]:
    """A document and what is known of it."""
    return {
        "id": document.id,
        "name": name,
        "version": document.version,
        "state": document.state.value,
        "failure": document.failure,
        "found": found_json(document.found),
        **metadata_json(document.metadata),
    }
