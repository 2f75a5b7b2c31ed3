"""The part of the API behind the command line about the SIEMs that receive the ledger."""

from typing import Any

from fastapi import APIRouter

from policies.audit.forwarding import standings
from ui.database import Pool
from ui.siem import standings_json


def siem_router(pool: Pool) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/siem")
    async def all_of_them() -> list[dict[str, Any]]:
        """How far each has received the ledger."""
        return standings_json(await standings(pool))

    return router
