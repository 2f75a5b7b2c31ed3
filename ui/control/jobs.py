"""The part of the API behind the command line about jobs, and about what became of them in catalogue and index."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ingestion import Agreement, DocumentJob, Findings, Jobs, JobState, Renewal
from policies import Principal
from ui.identity import local_principal

PAGE = 100

Actor = Annotated[Principal, Depends(local_principal)]


def jobs_router(jobs: Jobs, renewal: Renewal) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/jobs")
    async def page(
        actor: Actor,
        collection: str = "",
        state: JobState | None = None,
        after_collection: str = "",
        after: str = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = PAGE,
    ) -> list[dict[str, Any]]:
        """The next documents after that one, with their jobs."""
        found = await jobs.page(actor, collection, state, (after_collection, after), limit)
        return [job_json(one) for one in found]

    @router.post("/jobs/{job}/cancel")
    async def cancel(actor: Actor, job: int) -> dict[str, int]:
        """Stop a job."""
        return {"job": job, "documents": await jobs.cancel(actor, job)}

    @router.post("/jobs/{job}/retry")
    async def retry(actor: Actor, job: int) -> dict[str, int]:
        """Have a job tried again now."""
        return {"job": job, "documents": await jobs.retry(actor, job)}

    @router.post("/jobs/retry-failed")
    async def retry_failed(actor: Actor, collection: str = "") -> dict[str, int]:
        """Have all that failed tried again."""
        return {"documents": await jobs.retry_failed(actor, collection)}

    @router.post("/jobs/renew")
    async def renew(actor: Actor, collection: str) -> dict[str, int]:
        """Have made anew what an earlier version of the assistant made of a collection's files."""
        return {"documents": await renewal.renew(actor, collection)}

    return router


def agreement_router(agreement: Agreement) -> APIRouter:
    """The routes that compare the catalogue and the index."""
    router = APIRouter()

    @router.post("/index/check")
    async def check(actor: Actor) -> dict[str, Any]:
        """What they do not say alike."""
        return findings_json(await agreement.check(actor))

    @router.post("/index/repair")
    async def repair(actor: Actor) -> dict[str, Any]:
        """The same, mended."""
        return findings_json(await agreement.repair(actor))

    return router


def findings_json(findings: Findings) -> dict[str, Any]:
    """How many documents need something."""
    return {"agree": findings.agree, **findings.counts()}


def job_json(one: DocumentJob) -> dict[str, Any]:
    """A document and how far it is."""
    return {
        "collection": one.collection,
        "document_id": one.id,
        "name": one.name,
        "version": one.version,
        "job": one.job,
        "state": one.state.value,
        "reason": one.reason,
        "attempts": one.attempts,
        "next_try": _moment(one.next_try),
        "progress": None if one.total is None else {"done": one.done, "total": one.total},
    }


def _moment(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
