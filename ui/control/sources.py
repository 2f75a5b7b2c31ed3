"""The part of the API behind the command line that has collections follow sources."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from ingestion import Followed, Place, Progress, SourceFilter, SourceKind, SourceList, Sources, SyncState
from policies import Principal
from ui.control.streams import Events, lines
from ui.identity import local_principal
from ui.wire import Request

PAGE = 100

Actor = Annotated[Principal, Depends(local_principal)]


class SourceRequest(Request):
    """A source for a collection; `credentials` names a section of the settings."""

    name: str
    collection: str
    kind: SourceKind
    location: str
    credentials: str = ""
    every_minutes: int | None = Field(None, ge=1)


class RescheduleRequest(Request):
    """A source by name; without a number it is synchronised when somebody asks. `edition` is the one that was shown."""

    name: str
    every_minutes: int | None = Field(ge=1)
    edition: str | None = None


class SyncRequest(Request):
    """A source by name; `allow_empty`: what came from it may all go."""

    name: str
    allow_empty: bool = False


def sources_router(sources: Sources, listed: SourceList) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/sources")
    async def page(
        actor: Actor,
        collection: str = "",
        state: SyncState | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = PAGE,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> list[dict[str, Any]]:
        """Some sources of the collections that the caller keeps, by name."""
        found = await listed.page(actor, SourceFilter(collection or None, state), limit=limit, offset=offset)
        return [source_json(one.source, one.collection) for one in found.sources]

    @router.post("/sources")
    async def add(actor: Actor, request: SourceRequest) -> dict[str, Any]:
        """Have a collection follow a source."""
        place = Place(request.kind, request.location, request.credentials)
        added = await sources.add(actor, request.name, request.collection, place, request.every_minutes, confined=False)
        return source_json(added, request.collection)

    @router.post("/sources/sync")
    async def sync(actor: Actor, request: SyncRequest) -> StreamingResponse:
        """Progress, then what changed."""
        return lines(_synced(sources, actor, request))

    @router.patch("/sources")
    async def reschedule(actor: Actor, request: RescheduleRequest) -> dict[str, Any]:
        """Another rhythm."""
        changed = await sources.reschedule(actor, request.name, request.every_minutes, request.edition)
        return {"name": request.name, "every_minutes": changed.every_minutes, "edition": changed.edition}

    @router.delete("/sources")
    async def remove(actor: Actor, name: str, keep_documents: bool = False) -> dict[str, Any]:
        """Follow a source no longer."""
        removed = await sources.remove(actor, name, keep_documents=keep_documents)
        return {"name": name, "documents": removed}

    return router


async def _synced(sources: Sources, actor: Principal, request: SyncRequest) -> Events:
    async for step in sources.sync(actor, request.name, allow_empty=request.allow_empty):
        yield {"kind": "progress" if isinstance(step, Progress) else "changes"} | asdict(step)


def source_json(source: Followed, collection: str) -> dict[str, Any]:
    """A source, and how its latest synchronisation went."""
    return {
        "name": source.name,
        "collection": collection,
        "kind": source.place.kind.value,
        "location": source.place.location,
        "credentials": source.place.credentials,
        "every_minutes": source.every_minutes,
        "edition": source.edition,
        "by": source.principal.username,
        "state": source.state.value,
        "synced_at": source.synced_at.isoformat(timespec="seconds") if source.synced_at else None,
        "failure": source.failure,
        "counts": dict(source.counts),
    }
