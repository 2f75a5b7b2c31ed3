"""The part of the API behind the command line about the model that answers."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import Field

from assistant import Format, Standing
from policies import Principal
from ui.control.streams import lines
from ui.control.trials import TrialRequest, questions_of, told
from ui.identity import local_principal
from ui.model_choice import Choice
from ui.model_in_use import ModelInUse, Wish
from ui.trials import Trials
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class WishRequest(Request):
    """A model by its name, its file or its SHA-256, and how it is used."""

    model: str
    format: Format | None = None
    context: int | None = Field(None, ge=1)


class UseRequest(WishRequest):
    """The same, to answer from now on; `edition` is the version of the choice that was shown."""

    edition: int | None = None


class TryRequest(WishRequest, TrialRequest):
    """The same, to be tried on questions."""


class BackRequest(Request):
    """Back to the former model."""

    edition: int | None = None


@dataclass(frozen=True, slots=True)
class ModelServices:
    """What these routes stand on."""

    in_use: ModelInUse
    trials: Trials


def model_choice_router(services: ModelServices) -> APIRouter:
    """These routes."""
    router, in_use = APIRouter(), services.in_use

    @router.get("/models/current")
    async def current() -> dict[str, Any]:
        """What answers, and what would after a roll back."""
        former = await in_use.former()
        return {
            "chosen_here": in_use.choice is not None,
            "choice": choice_json(in_use.choice) if in_use.choice else None,
            "former": choice_json(former) if former else None,
            "engines": [standing_json(one) for one in in_use.engines.standings],
        }

    @router.post("/models/try")
    async def try_out(actor: Actor, request: TryRequest) -> StreamingResponse:
        """Each question as the model in use answers it, and as the other would."""
        wish = Wish(request.model, request.format, request.context)
        questions = questions_of(request.questions)
        return lines(told(services.trials.of_model(actor, wish, questions, request.collections)))

    @router.post("/models/use")
    async def use(actor: Actor, request: UseRequest) -> dict[str, Any]:
        """Have another model answer."""
        wish = Wish(request.model, request.format, request.context)
        return choice_json(await in_use.use(actor, wish, request.edition))

    @router.post("/models/back")
    async def back(actor: Actor, request: BackRequest) -> dict[str, Any]:
        """Have the former one answer again."""
        return choice_json(await in_use.back(actor, request.edition))

    return router


def choice_json(choice: Choice) -> dict[str, Any]:
    """A model and how it is used."""
    return asdict(choice) | {"format": choice.format.value, "at": choice.at.isoformat() if choice.at else None}


def standing_json(standing: Standing) -> dict[str, Any]:
    """An engine and how it stands."""
    return {
        "name": standing.name,
        "model": standing.engine.name,
        "context": standing.engine.context,
        "places": standing.engine.places,
        "resting": standing.resting,
        "making": standing.making,
        "waiting": standing.waiting,
        "reserved": standing.reserved,
        "tasks": [*standing.tasks],
        "speed": asdict(standing.speed) if standing.speed else None,
    }
