"""The part of the API behind the command line about how long things are kept."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from assistant.expiry import Expired
from policies import Principal
from policies.audit.purge import Due
from retrieval import KEPT_DAYS, Collections
from ui.identity import local_principal
from ui.retaining import Retaining
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class CollectionRetentionRequest(Request):
    """For how many months conversations that stand on a collection are kept; None: as long as others."""

    collection: str
    months: Annotated[int, Field(ge=1, le=120)] | None


def retention_router(retaining: Retaining, collections: Collections) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/retention")
    async def show() -> dict[str, Any]:
        """The times, and what is past its own now."""
        conversations, texts, records, collections = await retaining.due()
        due = {
            "conversations": _conversations(conversations),
            "content": _due(texts),
            "records": _due(records),
            "collections": _due(collections),
        }
        return {"months": asdict(retaining.retention), "days": {"collections": KEPT_DAYS}, "due": due}

    @router.post("/retention")
    async def apply() -> dict[str, int]:
        """What the night would do."""
        return asdict(await retaining.apply())

    @router.get("/collections/retention")
    async def collection(actor: Actor, collection: str) -> dict[str, Any]:
        """A collection's own time."""
        return {"collection": collection, "months": await collections.retention(actor, collection)}

    @router.patch("/collections/retention")
    async def change(actor: Actor, request: CollectionRetentionRequest) -> dict[str, Any]:
        """Another one from now on."""
        await collections.set_retention(actor, request.collection, request.months)
        return {"collection": request.collection, "months": request.months}

    return router


def _conversations(expired: Sequence[Expired]) -> dict[str, Any]:
    oldest = expired[0].updated_at.isoformat() if expired else None
    return {"count": len(expired), "held": sum(one.kept for one in expired), "oldest": oldest}


def _due(due: Due) -> dict[str, Any]:
    return {"count": due.count, "held": due.held, "oldest": due.oldest.isoformat() if due.oldest else None}
