"""The part of the API behind the command line that makes and changes collections."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from policies import Principal
from retrieval import Collection, CollectionChanges, Collections
from ui.identity import local_principal
from ui.wire import CollectionRequest, Request, collection_json

Actor = Annotated[Principal, Depends(local_principal)]


class DescribeRequest(Request):
    """Another name or description; what is not given stays. `edition` is the one that was shown."""

    collection: str
    name: str | None = None
    description: str | None = None
    edition: int | None = Field(None, ge=0)


class AccessRequest(Request):
    """Another owner or other readers; what is not given stays, and no reader is every agent."""

    collection: str
    owner: str | None = None
    readers: list[str] | None = None
    edition: int | None = Field(None, ge=0)


class StateRequest(Request):
    """Whether it takes documents, or is found by its readers."""

    collection: str
    change: Literal["pause", "resume", "archive", "restore"]
    edition: int | None = Field(None, ge=0)


def collections_router(collections: Collections, changes: CollectionChanges) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/collections")
    async def listed(actor: Actor) -> list[dict[str, Any]]:
        """The collections that the caller may read."""
        return [collection_json(one, documents) for one, documents in await collections.readable(actor)]

    @router.post("/collections")
    async def create(actor: Actor, request: CollectionRequest) -> dict[str, Any]:
        """A new, empty collection."""
        made = await collections.create(
            actor, request.name, request.description, request.owner, request.readers, reviewed=request.reviewed
        )
        return collection_json(made, documents=0)

    @router.patch("/collections/description")
    async def describe(actor: Actor, request: DescribeRequest) -> dict[str, Any]:
        """Another name or description."""
        held = await collections.kept(actor, request.collection)
        name = held.name if request.name is None else request.name
        description = held.description if request.description is None else request.description
        return state_json(await changes.describe(actor, held.id, name, description, _edition(held, request.edition)))

    @router.patch("/collections/access")
    async def access(actor: Actor, request: AccessRequest) -> dict[str, Any]:
        """Another owner, other readers."""
        held = await collections.kept(actor, request.collection)
        owner = held.owner if request.owner is None else request.owner
        readers = held.readers if request.readers is None else request.readers
        return state_json(await changes.set_access(actor, held.id, owner, readers, _edition(held, request.edition)))

    @router.patch("/collections/state")
    async def state(actor: Actor, request: StateRequest) -> dict[str, Any]:
        """Paused or not, archived or not."""
        change = getattr(changes, request.change)
        return state_json(await change(actor, request.collection, request.edition))

    return router


def _edition(held: Collection, shown: int | None) -> int:
    return held.edition if shown is None else shown


def state_json(collection: Collection) -> dict[str, Any]:
    """A collection without its documents."""
    told = collection_json(collection, 0)
    del told["documents"]
    return told
