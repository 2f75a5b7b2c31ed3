"""`/console/taches`: the tasks that are offered, what their templates say, and changes of them, tried before.

What is wrong with a template is said beside it, line by line; what was typed is not lost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from assistant import TaskChanged, Template, TemplateInvalid, Version
from assistant.tasks.template_file import LONGEST_FILE, read_template
from policies import Action, Principal
from ui.console.administrator import administrator
from ui.console.form import Form, read_form
from ui.console.shell import Shell, said_in
from ui.console.versions import compared
from ui.failures import failure_of
from ui.line_difference import difference
from ui.services import Services

PART = "/taches"
SAID = {
    "enregistre": "Cette version est en vigueur.",
    "retabli": "Cette version est de nouveau en vigueur.",
    "retire": "Cette tâche n’est plus proposée.",
    "propose": "Cette tâche est de nouveau proposée.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says besides its template: what is wrong, on which lines, and which edition counts from here on."""

    error: str = ""
    faults: tuple[tuple[int, str], ...] = ()
    edition: int | None = None
    said: str = ""
    status: int = 200


def tasks_router(shell: Shell, services: Services) -> APIRouter:
    """The pages of templates, for administrators."""
    router, templates = shell.router(PART), services.templates

    async def person() -> Principal:
        return await administrator(shell, Action.ADMINISTER_TASKS)

    @router.get("")
    async def listed() -> HTMLResponse:
        await person()
        held, guidance = await templates.all(), await services.guidance.in_force()
        return shell.page("tasks", PART, versions=held, guidance=guidance)

    @router.get("/modele/{name}")
    async def opened(name: str, request: Request) -> HTMLResponse:
        await person()
        held = await templates.versions(name)
        form = Form.filled({"source": held[-1].template.source, "edition": str(held[-1].template.version)})
        return await template_page(shell, services, name, form, Told(said=said_in(request, SAID)))

    @router.post("/modele/{name}")
    async def put(name: str, request: Request) -> Response:
        who, form = await person(), await read_form(request)
        edition = form.whole("edition", least=0, most=10**8)
        try:
            changed = await templates.put(who, source_of(form), edition or 0)
        except (TemplateInvalid, TaskChanged) as error:
            return await refused(shell, services, name, form, error)
        return shell.done(f"{PART}/modele/{changed.template.name}", "enregistre")

    @router.get("/nouvelle")
    async def new() -> HTMLResponse:
        await person()
        return await template_page(shell, services, "", Form.filled({"edition": "0"}), Told())

    @router.post("/nouvelle")
    async def added(request: Request) -> Response:
        who, form = await person(), await read_form(request)
        try:
            changed = await templates.put(who, source_of(form), 0)
        except (TemplateInvalid, TaskChanged) as error:
            return await refused(shell, services, "", form, error)
        return shell.done(f"{PART}/modele/{changed.template.name}", "enregistre")

    _add_versions(router, shell, services, person)
    return router


def _add_versions(
    router: APIRouter, shell: Shell, services: Services, person: Callable[[], Awaitable[Principal]]
) -> None:
    templates = services.templates

    @router.get("/modele/{name}/difference")
    async def differing(name: str, request: Request) -> HTMLResponse:
        await person()
        held = {one.template.version: one.template for one in await templates.versions(name)}
        before, after = compared(request, max(held))
        texts = [held[one].source if one in held else "" for one in (before, after)]
        steps = [("/taches", "Tâches et consignes"), (f"/taches/modele/{name}", held[max(held)].title)]
        return shell.page(
            "difference",
            PART,
            of=f"de la tâche «\u202f{name}\u202f»",
            before=before,
            after=after,
            lines=difference(*texts),
            steps=[*steps, ("", "Différence")],
        )

    async def changed(name: str, request: Request, said: str, change: Callable[..., Awaitable[Version]]) -> Response:
        who, form = await person(), await read_form(request)
        edition = form.whole("edition", least=0, most=10**8) or 0
        number = form.whole("version", least=1, most=10**8)
        try:
            await change(who, name, *([] if number is None else [number]), edition)
        except TaskChanged as error:
            held = await templates.versions(name)
            shown = Form.filled({"source": held[-1].template.source, "edition": str(held[-1].template.version)})
            return await template_page(shell, services, name, shown, Told(str(error), status=409))
        return shell.done(f"{PART}/modele/{name}", said)

    @router.post("/modele/{name}/retour")
    async def restored(name: str, request: Request) -> Response:
        return await changed(name, request, "retabli", templates.restore)

    @router.post("/modele/{name}/retrait")
    async def disabled(name: str, request: Request) -> Response:
        return await changed(name, request, "retire", templates.disable)

    @router.post("/modele/{name}/offre")
    async def enabled(name: str, request: Request) -> Response:
        return await changed(name, request, "propose", templates.enable)


def source_of(form: Form) -> str:
    """The template as it was typed; its lines end as they do in our files."""
    return form.get("source").replace("\r\n", "\n").replace("\r", "\n")


async def refused(shell: Shell, services: Services, name: str, form: Form, error: Exception) -> HTMLResponse:
    """What was typed stays, with what is wrong beside it."""
    failure = failure_of(error)
    form.wrong("source", failure.message)
    faults = error.faults if isinstance(error, TemplateInvalid) else ()
    edition = None
    if isinstance(error, TaskChanged) and name:
        # Whoever was told of the other's version, and sends theirs again, means it.
        edition = (await services.templates.version(name)).template.version
    return await template_page(shell, services, name, form, Told(faults=faults, edition=edition, status=failure.status))


async def template_page(shell: Shell, services: Services, name: str, form: Form, told: Told) -> HTMLResponse:
    """One template to be read and changed; without a name a new one. Raises `TaskNotFound`."""
    versions = await services.templates.versions(name) if name else []
    last = versions[-1] if versions else None
    return shell.page(
        "template",
        PART,
        status=told.status,
        error=told.error,
        said=told.said,
        name=name,
        form=form,
        faults=told.faults,
        lines=source_of(form).split("\n"),
        edition=form.get("edition") if told.edition is None else told.edition,
        versions=versions[::-1],
        last=last,
        preview=_preview(source_of(form)) or (last.template if last else None),
        longest=LONGEST_FILE,
    )


def _preview(source: str) -> Template | None:
    """The template whose form is shown; None where there is no valid one."""
    try:
        return read_template(source)
    except TemplateInvalid:
        return None
