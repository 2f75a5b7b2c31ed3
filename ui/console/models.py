"""`/console/modeles`: which models there are, and which one answers and how."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from policies import Action, Principal
from ui.console.administrator import administrator
from ui.console.form import Form, read_form
from ui.console.shell import Shell, said_in
from ui.console.sizes import size_said
from ui.failures import EXPECTED, failure_of
from ui.memory import available
from ui.model_in_use import ModelInUse
from ui.models import Copied, Listed
from ui.services import Services

PART = "/modeles"
SAID = {
    "choisi": "Ce modèle répond désormais. Les réponses commencées avant s’achèvent avec l’ancien.",
    "retour": "Le modèle précédent répond de nouveau.",
}
STATES = {"absent": ("", "Absent"), "intact": ("success", "Présent, intact"), "altered": ("error", "Altéré")}

# Kinds of work that goes on while its page is left.
IMPORT, VERIFICATION = "model-import", "model-verification"


def models_router(shell: Shell, services: Services) -> APIRouter:
    """The page of all models, for administrators."""
    router = shell.router(PART)

    async def person() -> Principal:
        return await administrator(shell, Action.ADMINISTER_MODELS)

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        return await _list(shell, services, await person(), said=said_in(request, SAID))

    @router.post("/retour")
    async def back(request: Request) -> Response:
        who, form = await person(), await read_form(request)
        edition = form.whole("edition", least=0, most=10**8)
        try:
            await services.model_in_use.back(who, edition or 0)
        except EXPECTED as error:
            failure = failure_of(error)
            return await _list(shell, services, who, error=failure.message, status=failure.status)
        return shell.done(PART, "retour")

    _add_work(router, shell, services, person)
    return router


def _add_work(router: APIRouter, shell: Shell, services: Services, person: Callable[[], Awaitable[Principal]]) -> None:
    @router.get("/suite")
    async def going_on() -> HTMLResponse:
        return shell.part("model_work", **_work(services, await person()))

    @router.post("/import")
    async def imported(request: Request) -> Response:
        who, form = await person(), await read_form(request)
        path = form.text("chemin", longest=4_000, needed="Donnez le chemin du fichier sur le serveur.")
        if not form.errors and not Path(path).is_absolute():
            form.wrong("chemin", "Donnez un chemin entier, qui commence par «\u202f/\u202f».")
        if form.errors:
            return await _list(shell, services, who, form=form, status=422)
        services.long_work.start(who, IMPORT, services.models.importing(who, Path(path)), Path(path).name)
        return shell.done(PART)

    @router.post("/verification")
    async def verified(request: Request) -> Response:
        who, form = await person(), await read_form(request)
        form.one_of("fichiers", ["en-service"])
        if form.errors:
            return await _list(shell, services, who, form=form, status=422)
        services.long_work.start(who, VERIFICATION, services.models.verifying(who))
        return shell.done(PART)


async def _list(
    shell: Shell,
    services: Services,
    who: Principal,
    *,
    form: Form | None = None,
    said: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    in_use = services.model_in_use
    listed = await services.models.listed()
    return shell.page(
        "models",
        PART,
        status=status,
        said=said,
        error=error,
        form=form or Form(),
        listed=listed,
        states=STATES,
        standings=in_use.engines.standings,
        memory=await _memory(services, listed),
        left=size_said(available()),
        choice=in_use.choice,
        former=await in_use.former(),
        kind=_kind(in_use),
        **_work(services, who),
    )


def _work(services: Services, who: Principal) -> dict[str, Any]:
    """How far an import and a verification are."""
    taking, reading = (services.long_work.of(who, kind) for kind in (IMPORT, VERIFICATION))
    return {
        "taking": taking,
        "share": taking.last if taking and isinstance(taking.last, Copied) else None,
        "taken": taking.last if taking and isinstance(taking.last, Listed) else None,
        "reading": reading,
        "failures": [failure_of(work.error).message for work in (taking, reading) if work and work.error],
    }


async def _memory(services: Services, listed: list[Listed]) -> dict[str, str]:
    """What each model in use takes with its context, about, by the name of its engine."""
    taken = {}
    for standing in services.model_in_use.engines.standings:
        digests = standing.engine.digests()
        for one in listed:
            if one.in_use and (one.model.sha256 in digests or len(listed) == 1) and one.state == "intact":
                header = await services.models.header(one)
                taken[standing.name] = size_said(header.memory(standing.engine.context) if header else None)
    return taken


def _kind(in_use: ModelInUse) -> Callable[[str], str]:
    """Where an engine runs, by its name."""
    settings = in_use.settings

    def kind(name: str) -> str:
        one = settings.engines.get(name)
        if settings.llm or (one and one.kind == "server"):
            return f"serveur {one.url if one else settings.llm}"
        return "llama-server de l’assistant" if one and one.kind == "llama-server" else "dans l’assistant"

    return kind
