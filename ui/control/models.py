"""The part of the API behind the command line about model files."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from policies import Principal
from ui.identity import local_principal
from ui.models import LanguageModels, Listed, Verified
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class ImportRequest(Request):
    """A file that this process can read."""

    path: str


def models_router(models: LanguageModels) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/models")
    async def listed() -> list[dict[str, Any]]:
        """The allowed models, and whether they are there."""
        return [listed_json(one) for one in await models.listed()]

    @router.post("/models")
    async def take(actor: Actor, request: ImportRequest) -> dict[str, Any]:
        """Bring an allowed file in."""
        return listed_json(await models.take(actor, Path(request.path)))

    @router.post("/models/verify")
    async def verify(actor: Actor) -> list[dict[str, Any]]:
        """Read the files in use again."""
        return [verified_json(one) for one in await models.verify(actor)]

    return router


def listed_json(listed: Listed) -> dict[str, Any]:
    """An allowed model and how its file stands."""
    path = str(listed.path) if listed.path else None
    return asdict(listed.model) | {"path": path, "state": listed.state, "in_use": listed.in_use}


def verified_json(verified: Verified) -> dict[str, Any]:
    """A file in use and what was found."""
    return asdict(verified) | {"path": str(verified.path)}
