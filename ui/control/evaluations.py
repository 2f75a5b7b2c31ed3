"""The API behind `assistant evaluate --set` and `assistant evaluations`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import Field

from assistant import AnswersRun
from policies import Principal
from retrieval import EvaluationRun, QuestionSets
from ui.control.questions import SetRequest
from ui.control.streams import Events, lines
from ui.evaluation.answers_file import ANSWERS
from ui.evaluation.comparing import MARGIN, compared
from ui.evaluation.comparing_json import compared_json
from ui.evaluation.conditions import changed
from ui.evaluation.kept import KeptEvaluation, Measured, RunState
from ui.evaluation.run_file import SEARCHES
from ui.evaluation.runs import DEPTH, Evaluations
from ui.identity import local_principal
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class StartRequest(SetRequest):
    """What is measured of which set; `depth` documents are read for each question."""

    kind: Measured = Measured.SEARCH
    depth: int = Field(DEPTH, ge=1, le=100)


class CompareRequest(Request):
    """Two evaluations; a figure may fall by the margin."""

    before: UUID
    after: UUID
    margin: float = Field(MARGIN, ge=0, le=1)


def evaluations_router(sets: QuestionSets, runs: Evaluations) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/evaluations")
    async def evaluations(actor: Actor, collection: str = "", state: RunState | None = None) -> list[dict[str, Any]]:
        """The last ones that the caller may see."""
        rows, _ = await runs.page(actor, collection=collection or None, state=state)
        return [evaluation_json(one) for one in rows]

    @router.post("/evaluations")
    async def start(actor: Actor, request: StartRequest) -> StreamingResponse:
        """Evaluate a set; progress, at last the evaluation as it is kept."""
        held = await sets.named(actor, request.name, request.collection)
        run_id = await runs.start(actor, held.id, request.kind, request.depth)
        return lines(_followed(runs, actor, run_id))

    @router.post("/evaluations/compare")
    async def compare(actor: Actor, request: CompareRequest) -> dict[str, Any]:
        """Two beside each other."""
        before, after = await runs.get(actor, request.before), await runs.get(actor, request.after)
        found = compared(
            await runs.result(actor, request.before), await runs.result(actor, request.after), request.margin
        )
        return compared_json(found) | {"conditions": changed(before.settings, after.settings)}

    @router.get("/evaluations/{run_id}")
    async def one(actor: Actor, run_id: UUID) -> dict[str, Any]:
        """One, with what it found where it is finished."""
        kept = evaluation_json(await runs.get(actor, run_id))
        return kept | {"result": _result(await runs.result(actor, run_id)) if kept["state"] == "finished" else None}

    @router.post("/evaluations/{run_id}/again")
    async def again(actor: Actor, run_id: UUID) -> StreamingResponse:
        """Evaluate once more; progress, at last the new evaluation as it is kept."""
        return lines(_followed(runs, actor, await runs.again(actor, run_id)))

    @router.post("/evaluations/{run_id}/cancel")
    async def cancel(actor: Actor, run_id: UUID) -> dict[str, Any]:
        """End one where it is."""
        await runs.cancel(actor, run_id)
        return evaluation_json(await runs.get(actor, run_id))

    return router


def evaluation_json(kept: KeptEvaluation) -> dict[str, Any]:
    """An evaluation without what it found for each question."""
    return {
        "id": str(kept.id),
        "set": kept.set.name,
        "collection": kept.set.collection.name,
        "of": kept.kind.value,
        "state": kept.state.value,
        "depth": kept.depth,
        "asked_at": kept.asked_at.isoformat(timespec="seconds"),
        "asked_by": kept.asked_by,
        "questions": kept.questions,
        "done": kept.done,
        "settings": dict(kept.settings),
        "metrics": dict(kept.figures),
        "failure": kept.failure,
    }


async def _followed(runs: Evaluations, actor: Principal, run_id: UUID) -> Events:
    async for kept in runs.followed(actor, run_id):
        if kept.state.at_work:
            yield {"kind": "progress", "done": kept.done, "total": kept.questions}
        else:
            yield {"kind": "evaluation"} | evaluation_json(kept)


def _result(result: EvaluationRun | AnswersRun) -> dict[str, Any]:
    return SEARCHES.as_json(result) if isinstance(result, EvaluationRun) else ANSWERS.as_json(result)
