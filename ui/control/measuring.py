"""The API behind `assistant evaluate --answers` and `assistant calibrate --unanswerable`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import Field

from assistant import REFUSED, AnswerEvaluation, AnswersRun, CalibratingRefusal, RefusalCalibration
from policies import Principal
from retrieval import JudgedSet
from ui.control.streams import Events, lines
from ui.evaluation.answers_file import ANSWERS
from ui.evaluation.refusal_file import refusal_json
from ui.identity import local_principal
from ui.wire import CalibrateRequest, QuestionSet

Actor = Annotated[Principal, Depends(local_principal)]


class CalibrateRefusalRequest(CalibrateRequest):
    """`refused` is the share of the questions of `sets` that may be refused without asking the model."""

    unanswerable: list[QuestionSet] = Field(min_length=1)
    refused: float = Field(REFUSED, ge=0, lt=1)


def measuring_router(evaluation: AnswerEvaluation, calibrating: CalibratingRefusal) -> APIRouter:
    """Both stream progress, then what was found."""
    router = APIRouter()

    @router.post("/evaluate/answers")
    async def evaluate_answers(actor: Actor, request: CalibrateRequest) -> StreamingResponse:
        """Ask each question, and say how it was answered."""
        return lines(_evaluation(evaluation, actor, _sets(request.sets)))

    @router.post("/calibrate/refusal")
    async def calibrate_refusal(actor: Actor, request: CalibrateRefusalRequest) -> StreamingResponse:
        """Learn when to refuse."""
        return lines(_calibration(calibrating, actor, request))

    return router


def _sets(sets: Sequence[QuestionSet]) -> list[JudgedSet]:
    return [JudgedSet(one.name, one.questions, one.collections) for one in sets]


async def _evaluation(evaluation: AnswerEvaluation, actor: Principal, sets: Sequence[JudgedSet]) -> Events:
    async for step in evaluation.run(actor, sets):
        if isinstance(step, AnswersRun):
            yield {"kind": "run"} | ANSWERS.as_json(step)
        else:
            yield {"kind": "progress"} | asdict(step)


async def _calibration(calibrating: CalibratingRefusal, actor: Principal, request: CalibrateRefusalRequest) -> Events:
    run = calibrating.run(actor, _sets(request.sets), _sets(request.unanswerable), request.refused)
    async for step in run:
        if isinstance(step, RefusalCalibration):
            yield {"kind": "calibration"} | refusal_json(step)
        else:
            yield {"kind": "progress"} | asdict(step)
