"""The part of the API behind the command line about changing the embedding model."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from ingestion import Succession
from policies import Principal
from ui.identity import local_principal
from ui.spaces import advice

Actor = Annotated[Principal, Depends(local_principal)]


def embedding_router(succession: Succession) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/embedding")
    async def progress() -> dict[str, Any]:
        """Which model is in use, and how far the next one is."""
        return asdict(await succession.progress()) | {"advice": await advice(succession)}

    @router.post("/embedding/abandon")
    async def abandon(actor: Actor) -> dict[str, str]:
        """Stay with the model in use."""
        return {"embedding": await succession.abandon(actor)}

    return router
