"""The part of the API behind the command line about how the ledger is signed."""

from typing import Any

from fastapi import APIRouter

from ui.auditing import Auditing
from ui.ledger_state import ledger_state, state_json


def ledger_router(auditing: Auditing) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/ledger")
    async def state() -> dict[str, Any]:
        """How far it is signed."""
        return state_json(await ledger_state(auditing.pool, auditing.watch))

    return router
