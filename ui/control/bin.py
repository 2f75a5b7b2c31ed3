"""The part of the API behind the command line that deletes collections, and recovers them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from policies import Action, Principal
from retrieval import Bin, Binned, CollectionNotFound, Collections
from ui.control.collections import state_json
from ui.identity import local_principal
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class RecoverRequest(Request):
    """Out of the bin: by its name, or by its identifier where several have that name; under another one where given."""

    collection: str
    id: UUID | None = None
    name: str = ""


def bin_router(collections: Collections, bin_: Bin) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.delete("/collections")
    async def delete(actor: Actor, name: str, *, now: bool = False, edition: int | None = None) -> dict[str, Any]:
        """Put a collection into the bin; `now` deletes it for good, where it lies in the bin already too."""
        documents = 0
        try:
            held = await collections.kept(actor, name, Action.DELETE_COLLECTION)
            documents = await bin_.delete(actor, held.id, edition)
        except CollectionNotFound:
            if not now:
                raise
            await bin_.erase(actor, name)
        else:
            if now:
                await bin_.erase(actor, held.id)
        return {"name": name, "documents": documents}

    @router.get("/collections/deleted")
    async def deleted(actor: Actor) -> list[dict[str, Any]]:
        """What lies in the bin."""
        return [_binned(one) for one in await bin_.deleted(actor)]

    @router.post("/collections/recovered")
    async def recover(actor: Actor, request: RecoverRequest) -> dict[str, Any]:
        """Out of the bin."""
        return state_json(await bin_.recover(actor, request.id or request.collection, request.name))

    return router


def _binned(one: Binned) -> dict[str, Any]:
    told = state_json(one.collection)
    return told | {"id": str(one.collection.id), "deleted_at": one.deleted_at.isoformat(timespec="seconds")}
