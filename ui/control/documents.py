"""The part of the API behind the command line that shows what is known of documents, and corrects it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from ingestion import Names
from policies import Principal
from retrieval import Document, Documents
from ui.control.quarantine import found_json
from ui.identity import local_principal
from ui.wire import Request, metadata_json

Actor = Annotated[Principal, Depends(local_principal)]


class RemovalRequest(Request):
    """Some documents of one collection, by name."""

    collection: str
    documents: list[str] = Field(min_length=1)


def documents_router(documents: Documents, names: Names) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/document")
    async def one(actor: Actor, collection: str, document: str) -> dict[str, Any]:
        """One document."""
        (shown,) = await named_json(names, [await documents.document(actor, collection, document)])
        return shown

    @router.delete("/documents")
    async def remove(actor: Actor, request: RemovalRequest) -> dict[str, int]:
        """Take documents out of a collection."""
        return {"removed": await documents.remove(actor, request.collection, request.documents)}

    return router


async def named_json(names: Names, documents: Sequence[Document]) -> list[dict[str, Any]]:
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
