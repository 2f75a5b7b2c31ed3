"""`/console/modeles/fiche`: one model, its trial beside the one that answers, and its choice."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from assistant import Format
from policies import Action, Principal
from ui.console import trial_form
from ui.console.administrator import administrator
from ui.console.form import Form, read_form
from ui.console.models import PART, STATES
from ui.console.shell import Shell
from ui.console.sizes import size_said
from ui.console.trial_pages import TrialPages, add_trial
from ui.errors import ModelNotListed
from ui.failures import EXPECTED, failure_of
from ui.memory import available
from ui.model_in_use import LEAST_CONTEXT, Wish
from ui.models import Listed
from ui.pages import number
from ui.services import Services

TRIAL = "model-trial"  # the kind of work

MOST_CONTEXT = 10**6


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial is of: the model, how it is used, and which choice was shown."""

    wish: Wish
    name: str
    edition: int


def model_router(shell: Shell, services: Services) -> APIRouter:
    """The pages of one model and of its trial, for administrators."""
    router = shell.router(PART)

    async def person() -> Principal:
        return await administrator(shell, Action.ADMINISTER_MODELS)

    @router.get("/fiche/{sha256}")
    async def card(sha256: str) -> HTMLResponse:
        who, one = await person(), await _listed(services, sha256)
        return await _card(shell, services, who, one, await _first_form(services, one))

    @router.post("/fiche/{sha256}/essai")
    async def tried(sha256: str, request: Request) -> Response:
        who, one, form = await person(), await _listed(services, sha256), await read_form(request)
        tried = _tried(one, form)
        questions, names = await trial_form.asked(services, who, form)
        if form.errors:
            return await _card(shell, services, who, one, form, status=422)
        steps = services.trials.of_model(who, tried.wish, questions, names)
        services.long_work.start(who, TRIAL, steps, tried)
        return shell.done(f"{PART}/essai")

    @router.post("/fiche/{sha256}/choix")
    async def chosen(sha256: str, request: Request) -> Response:
        who, one, form = await person(), await _listed(services, sha256), await read_form(request)
        tried = _tried(one, form)
        if form.errors:
            return await _card(shell, services, who, one, form, status=422)
        try:
            await services.model_in_use.use(who, tried.wish, tried.edition)
        except EXPECTED as error:
            failure = failure_of(error)
            return await _card(shell, services, who, one, form, error=failure.message, status=failure.status)
        return shell.done(PART, "choisi")

    pages = TrialPages(TRIAL, PART, "/essai", "model_trial", "trial_steps")
    add_trial(router, shell, services.long_work, person, pages)
    return router


async def _card(
    shell: Shell,
    services: Services,
    who: Principal,
    one: Listed,
    form: Form,
    *,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    header = await services.models.header(one)
    choice = services.model_in_use.choice
    return shell.page(
        "model",
        PART,
        status=status,
        error=error,
        form=form,
        one=one,
        header=header,
        size=size_said(header.size if header else None),
        memory=size_said(header.memory(choice.context) if header and choice else None),
        left=size_said(available()),
        states=STATES,
        choice=choice,
        formats=[(style.value, style.value) for style in Format],
        collections=await trial_form.choices(services, who),
        least=LEAST_CONTEXT,
    )


async def _first_form(services: Services, one: Listed) -> Form:
    header = await services.models.header(one)
    choice = services.model_in_use.choice
    context = choice.context if choice else 4096
    return Form.filled(
        {
            "format": header.format.value if header and header.format else "",
            "contexte": str(min(context, header.context or context) if header else context),
            "edition": str(choice.version if choice else 0),
        }
    )


def _tried(one: Listed, form: Form) -> Tried:
    style = form.one_of("format", [style.value for style in Format], "Choisissez comment parler à ce modèle.")
    context = form.whole("contexte", least=LEAST_CONTEXT, most=MOST_CONTEXT)
    if context is None:
        form.wrong("contexte", f"Donnez un nombre entier de {number(LEAST_CONTEXT)} à {number(MOST_CONTEXT)}.")
    edition = form.whole("edition", least=0, most=10**8) or 0
    return Tried(Wish(one.model.sha256, Format(style) if style else None, context), one.model.name, edition)


async def _listed(services: Services, sha256: str) -> Listed:
    """Raises `ModelNotListed`."""
    for one in await services.models.listed():
        if one.model.sha256 == sha256:
            return one
    raise ModelNotListed(sha256[:64])
