"""The part of the API behind the command line that takes collections, and what changes in them, to their readers."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from ingestion.publication.service import Overview, Publication
from ingestion.publication.table import Checklist, Figures, Progress
from ingestion.publication.waiting import Change, Standing, WaitingDocument
from policies import Principal
from retrieval import DocumentState
from ui.control.streams import Events, lines
from ui.identity import local_principal
from ui.wire import Request

SHOWN = 1000  # documents that wait

Actor = Annotated[Principal, Depends(local_principal)]


class PublicationRequest(Request):
    """A collection by name."""

    collection: str


class ReviewRequest(PublicationRequest):
    """Whether its changes wait to be published from now on."""

    reviewed: bool


class FourEyesRequest(PublicationRequest):
    """Whether another person publishes than the one who signs."""

    four_eyes: bool


class ChecklistRequest(PublicationRequest):
    """What was seen to; `change` is the fingerprint that was shown, empty: whatever waits now."""

    source: str
    licence: str
    personal_data: bool
    freshness: bool
    reviewed_by: str
    note: str = ""
    change: str = ""


class PublishRequest(PublicationRequest):
    """For whom (nobody: for all; not given: for those who read it now), and why although figures fell."""

    readers: list[str] | None = None
    reason: str = ""
    change: str = ""


class DocumentsRequest(PublicationRequest):
    """Documents by identifier."""

    documents: list[str]


def publication_router(publication: Publication) -> APIRouter:
    """These routes."""
    router = _checking_router(publication)

    @router.get("/publication")
    async def kept(actor: Actor) -> list[dict[str, Any]]:
        """How the collections stand that the caller keeps."""
        return [standing_json(one) for one in await publication.kept(actor)]

    @router.get("/publication/collection")
    async def overview(actor: Actor, collection: str) -> dict[str, Any]:
        """How one stands, and what waits there."""
        shown = overview_json(await publication.overview(actor, collection))
        waiting = await publication.changes(actor, collection, limit=SHOWN)
        return shown | {"documents": [document_json(one) for one in waiting]}

    @router.post("/publication/publish")
    async def publish(actor: Actor, request: PublishRequest) -> StreamingResponse:
        """Have readers find it."""
        shown = await publication.overview(actor, request.collection)
        readers = shown.collection.readers if request.readers is None else frozenset(request.readers)
        change = request.change or shown.change
        row = await publication.publish(actor, request.collection, readers, change, request.reason)
        return lines(_carried_out(publication, row.id))

    @router.post("/publication/rollback")
    async def roll_back(actor: Actor, request: PublicationRequest) -> StreamingResponse:
        """Have readers find what they found before."""
        row = await publication.roll_back(actor, request.collection)
        return lines(_carried_out(publication, row.id))

    @router.post("/publication/keep")
    async def keep(actor: Actor, request: DocumentsRequest) -> dict[str, Any]:
        """Let documents stay as readers find them: not to go, and nothing of them in the draft."""
        collection = await publication.collection(actor, request.collection)
        kept = await publication.drafts.keep(actor, collection, request.documents)
        discarded = await publication.drafts.discard(actor, collection, request.documents)
        return {"documents": sorted({*kept, *discarded})}

    return router


def _checking_router(publication: Publication) -> APIRouter:
    """Those by which nothing reaches its readers."""
    router, checking = APIRouter(), publication.checking

    @router.post("/publication/review")
    async def review(actor: Actor, request: ReviewRequest) -> dict[str, Any]:
        """Have changes wait, or be seen at once."""
        await publication.set_reviewed(actor, request.collection, request.reviewed)
        return {"collection": request.collection, "reviewed": request.reviewed}

    @router.post("/publication/four-eyes")
    async def four_eyes(actor: Actor, request: FourEyesRequest) -> dict[str, Any]:
        """Ask for two people, or no longer."""
        await publication.set_four_eyes(actor, request.collection, request.four_eyes)
        return {"collection": request.collection, "four_eyes": request.four_eyes}

    @router.post("/publication/submit")
    async def submit(actor: Actor, request: PublicationRequest) -> dict[str, Any]:
        """Have it checked."""
        return {"publication": str((await checking.submit(actor, request.collection)).id)}

    @router.post("/publication/withdraw")
    async def withdraw(actor: Actor, request: PublicationRequest) -> dict[str, Any]:
        """Back to the draft."""
        await checking.withdraw(actor, request.collection)
        return {"collection": request.collection}

    @router.post("/publication/check")
    async def check(actor: Actor, request: ChecklistRequest) -> dict[str, Any]:
        """Sign the checklist."""
        change = request.change or (await publication.overview(actor, request.collection)).change
        said = request.model_dump(exclude={"collection", "change"})
        await checking.sign(actor, request.collection, Checklist(**said), change)
        return {"change": change}

    @router.post("/publication/measure")
    async def measure(actor: Actor, request: PublicationRequest) -> StreamingResponse:
        """Ask the golden questions."""
        return lines(_measured(publication, actor, request.collection))

    return router


def standing_json(one: Standing) -> dict[str, Any]:
    """A collection on its way."""
    return {
        "collection": one.collection.name,
        "stage": one.collection.stage.value,
        "reviewed": one.collection.reviewed,
        "readers": sorted(one.collection.readers),
        "drafted": one.drafted,
        "removals": one.removals,
        "under_way": one.under_way.value if one.under_way else None,
        "published_at": one.published_at.isoformat(timespec="seconds") if one.published_at else None,
    }


def overview_json(shown: Overview) -> dict[str, Any]:
    """The same with what waits, and what is known of it."""
    under_way = shown.under_way
    return {
        "collection": shown.collection.name,
        "stage": shown.collection.stage.value,
        "reviewed": shown.collection.reviewed,
        "readers": sorted(shown.collection.readers),
        "change": shown.change,
        "counts": {change.value: shown.counts.of(change) for change in Change},
        "left": {
            state.value: shown.counts.left(state) for state in DocumentState if state is not DocumentState.INDEXED
        },
        "under_way": under_way.state.value if under_way else None,
        "checked": asdict(shown.checklist) if shown.checklist else None,
        "measured": figures_json(shown.figures) if shown.figures else None,
        "can_roll_back": shown.can_roll_back,
        "four_eyes": shown.four_eyes,
        "signed_by": under_way.signed_by.username if under_way and under_way.signed_by else None,
    }


def figures_json(figures: Figures) -> dict[str, Any]:
    """What the golden questions found."""
    return {
        "questions": figures.questions,
        "before": dict(figures.before),
        "after": dict(figures.after),
        "fallen": [*figures.fallen],
        "unanswerable": figures.unanswerable,
        "undecided": figures.undecided,
    }


def document_json(one: WaitingDocument) -> dict[str, Any]:
    """A document that waits."""
    return {
        "id": one.id,
        "title": one.title,
        "change": one.change.value,
        "version": one.version,
        "before": one.before,
        "state": one.state.value,
        "failure": one.failure,
    }


async def _measured(publication: Publication, actor: Principal, collection: str) -> Events:
    async for step in publication.checking.measure(actor, collection):
        if isinstance(step, Figures):
            yield {"kind": "figures"} | figures_json(step)
        else:
            yield _progress_json(step)


async def _carried_out(publication: Publication, publication_id: UUID) -> AsyncIterator[dict[str, Any]]:
    last = Progress(0, 0)
    async for last in publication.carry_out(publication_id):
        yield _progress_json(last)
    yield {"kind": "done", "documents": last.total}


def _progress_json(step: Progress) -> dict[str, Any]:
    return {"kind": "progress", "done": step.done, "total": step.total}
