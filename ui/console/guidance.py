"""`/console/taches/consignes`: what a ministry tells the model besides our own instructions."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from assistant import GuidanceChanged, GuidanceInvalid
from assistant.prompts.guidance import LONGEST
from assistant.prompts.profiles import CHAT
from policies import Action, Principal
from ui.console import trial_form
from ui.console.administrator import administrator
from ui.console.form import Form, read_form
from ui.console.shell import Shell, said_in
from ui.console.trial_pages import TrialPages, add_trial
from ui.console.versions import compared
from ui.failures import failure_of
from ui.line_difference import difference
from ui.services import Services

PART, PATH = "/taches", "/consignes"
TRIAL = "guidance-trial"  # the kind of work
SAID = {
    "enregistre": "Ces consignes sont en vigueur dès la prochaine réponse.",
    "retire": "Le ministère n’ajoute plus de consigne à celles du produit.",
    "retabli": "Cette version est de nouveau en vigueur.",
}


def guidance_router(shell: Shell, services: Services) -> APIRouter:
    """The pages, for administrators."""
    router, guidance = shell.router(PART), services.guidance

    async def person() -> Principal:
        return await administrator(shell, Action.ADMINISTER_TASKS)

    @router.get(PATH)
    async def opened(request: Request) -> HTMLResponse:
        held = await guidance.in_force()
        form = Form.filled({"texte": held.text, "edition": str(held.version)})
        return await _page(shell, services, await person(), form, said=said_in(request, SAID))

    @router.post(PATH)
    async def put(request: Request) -> Response:
        who, form = await person(), await read_form(request)
        edition = form.whole("edition", least=0, most=10**8)
        try:
            changed = await guidance.put(who, form.get("texte"), edition or 0)
        except (GuidanceInvalid, GuidanceChanged) as error:
            return await _refused(shell, services, who, form, error)
        return shell.done(f"{PART}{PATH}", "enregistre" if changed.text else "retire")

    @router.post(f"{PATH}/essai")
    async def tried(request: Request) -> Response:
        who, form = await person(), await read_form(request)
        try:
            text = await guidance.draft(who, form.get("texte"))
        except GuidanceInvalid as error:
            return await _refused(shell, services, who, form, error)
        questions, names = await trial_form.asked(services, who, form)
        if form.errors:
            return await _page(shell, services, who, form, status=422)
        services.long_work.start(who, TRIAL, services.trials.of_guidance(who, text, questions, names), text)
        return shell.done(f"{PART}{PATH}/essai")

    _add_versions(router, shell, services, person)
    add_trial(
        router,
        shell,
        services.long_work,
        person,
        TrialPages(TRIAL, PART, f"{PATH}/essai", "guidance_trial", "trial_steps"),
    )
    return router


def _add_versions(
    router: APIRouter, shell: Shell, services: Services, person: Callable[[], Awaitable[Principal]]
) -> None:
    guidance = services.guidance

    @router.post(f"{PATH}/retour")
    async def restored(request: Request) -> Response:
        who, form = await person(), await read_form(request)
        number = form.whole("version", least=1, most=10**8)
        edition = form.whole("edition", least=0, most=10**8)
        try:
            await guidance.restore(who, number or 0, edition or 0)
        except GuidanceChanged as error:
            return await _page(shell, services, who, form, error=str(error), status=409)
        return shell.done(f"{PART}{PATH}", "retabli")

    @router.get(f"{PATH}/difference")
    async def differing(request: Request) -> HTMLResponse:
        await person()
        texts = {one.version: one.text for one in await guidance.versions()}
        before, after = compared(request, max(texts, default=0))
        lines = difference(texts.get(before, ""), texts.get(after, ""))
        steps = [("/taches", "Tâches et consignes"), ("/taches/consignes", "Consignes"), ("", "Différence")]
        return shell.page("difference", PART, of="des consignes", before=before, after=after, lines=lines, steps=steps)


async def _refused(shell: Shell, services: Services, who: Principal, form: Form, error: Exception) -> HTMLResponse:
    """What was typed stays; what is in force now stands beside it."""
    failure = failure_of(error)
    form.wrong("texte", failure.message)
    # Whoever was told of the other's version, and sends theirs again, means it.
    edition = (await services.guidance.in_force()).version if isinstance(error, GuidanceChanged) else None
    return await _page(shell, services, who, form, edition=edition, status=failure.status)


async def _page(
    shell: Shell,
    services: Services,
    who: Principal,
    form: Form,
    *,
    edition: int | None = None,
    said: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    versions = await services.guidance.versions()
    return shell.page(
        "guidance",
        PART,
        status=status,
        said=said,
        error=error,
        form=form,
        versions=versions[::-1],
        in_force=versions[-1] if versions else None,
        edition=form.get("edition") if edition is None else edition,
        ours=CHAT.instructions,
        longest=LONGEST,
        collections=await trial_form.choices(services, who),
    )
