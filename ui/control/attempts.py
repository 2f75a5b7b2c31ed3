"""The part of the API behind the command line about documents that speak to a model."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from assistant import Attempt, Attempts
from ingestion import Names
from policies import Principal
from ui.identity import local_principal

Actor = Annotated[Principal, Depends(local_principal)]


def attempts_router(attempts: Attempts, names: Names) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/attempts")
    async def page(
        actor: Actor,
        collection: str = "",
        before: int | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> list[dict[str, Any]]:
        """Those that the caller may take out, the last found first."""
        found = await attempts.page(actor, (collection,) if collection else (), before, limit)
        called = await names.of([one.key for one in found])
        return [attempt_json(one, called[one.key]) for one in found]

    return router


def attempt_json(attempt: Attempt, name: str) -> dict[str, Any]:
    """One of them; `last` is what the next page is before."""
    return {
        "collection": attempt.collection,
        "document": attempt.document_id,
        "name": name,
        "version": attempt.version,
        "chunks": list(attempt.chunks),
        "found": attempt.found,
        "given": attempt.given,
        "first_at": attempt.first_at.isoformat(timespec="seconds"),
        "last_at": attempt.last_at.isoformat(timespec="seconds"),
        "orders": [asdict(order) for order in attempt.orders],
        "last": attempt.last,
    }
