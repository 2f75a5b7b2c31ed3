"""The part of the API behind the command line about a ministry's own instructions to the model."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import Field

from assistant import Guidance, GuidanceVersion
from policies import Principal
from ui.control.streams import lines
from ui.control.trials import TrialRequest, questions_of, told
from ui.identity import local_principal
from ui.trials import Trials
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class GuidanceRequest(Request):
    """A text, empty for none; `edition` is the version that was shown to who wrote it."""

    text: str
    edition: int | None = None


class RestoreGuidanceRequest(Request):
    """An earlier version."""

    version: int = Field(ge=1)
    edition: int | None = None


class TryGuidanceRequest(TrialRequest):
    """A text, to be tried on questions."""

    text: str


def guidance_router(guidance: Guidance, trials: Trials) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/prompts")
    async def versions() -> list[dict[str, Any]]:
        """All versions, the first one first; the last is in force."""
        return [guidance_json(one) for one in await guidance.versions()]

    @router.put("/prompts")
    async def put(actor: Actor, request: GuidanceRequest) -> dict[str, Any]:
        """A new version in force."""
        return guidance_json(await guidance.put(actor, request.text, request.edition))

    @router.post("/prompts/restore")
    async def restore(actor: Actor, request: RestoreGuidanceRequest) -> dict[str, Any]:
        """An earlier version in force again."""
        return guidance_json(await guidance.restore(actor, request.version, request.edition))

    @router.post("/prompts/try")
    async def try_out(actor: Actor, request: TryGuidanceRequest) -> StreamingResponse:
        """Each question as it is answered now, and as it would be."""
        questions = questions_of(request.questions)
        return lines(told(trials.of_guidance(actor, request.text, questions, request.collections)))

    return router


def guidance_json(version: GuidanceVersion) -> dict[str, Any]:
    """A version, with the SHA-256 of its text."""
    return asdict(version) | {"at": version.at.isoformat() if version.at else None, "sha256": version.fingerprint}
