"""`/taches`: tasks to choose from, and the form of each, beside the conversation in which they are done.

1. A form belongs to a page of the chat that its sender has open; it is refused for any other.
2. What does not fit comes back in the form, under its field, with all that was typed.
3. What was typed travels in bodies, never in an address, and is kept nowhere before the task begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from assistant.errors import FieldsInvalid, TaskChanged
from assistant.tasks.order import TaskOrder
from assistant.tasks.template import Template
from policies.principal import Principal
from ui.chat.answering import Answering
from ui.chat.ports import Doer, Readable
from ui.chat.tasks.form import TaskForm, title
from ui.chat.tasks.orders import TaskOrders
from ui.chat.tasks.running import OpenPage, open_page
from ui.failures import EXPECTED, failure_of
from ui.form_body import form_pairs
from ui.identity import Caller
from ui.pages import pages
from ui.personal_data import kinds

PATH = "/taches"
LONGEST_BODY = 4 * 2**20  # bytes
STARTED = 200
MALFORMED = 422  # what was filled in

CLOSED = "Cette page n’est plus ouverte. Copiez ce que vous avez rempli, puis rechargez-la."
BUSY = "Une réponse est en cours sur cette page. Attendez sa fin, ou arrêtez-la, puis relancez la tâche."
INCOMPLETE = "Un champ est à corriger. Rien de ce que vous avez rempli n’est perdu."


@dataclass(frozen=True, slots=True)
class TaskServices:
    """What the forms stand on; `caller` is who fills them in."""

    caller: Caller
    orders: TaskOrders
    search: Readable
    answering: Answering
    root: str = ""

    @property
    def tasks(self) -> Doer:
        """What offers and does them."""
        return self.orders.tasks


@dataclass(frozen=True, slots=True)
class Told:
    """What a form says of what was filled in: a sentence for all of it, and one for each field by its name.

    `personal` are the kinds of personal data for which a yes is wanted.
    """

    problem: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    personal: Sequence[str] = ()
    status: int = 200


def task_router(services: TaskServices) -> APIRouter:
    """The routes of the forms."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    async def choose() -> HTMLResponse:
        await services.caller()
        try:
            return await _choice(services)
        except EXPECTED as error:
            return _failed(error)

    @router.get(PATH + "/{name}", response_class=HTMLResponse)
    async def fill_in(name: str, page: str = "") -> HTMLResponse:
        person = await services.caller()
        try:
            template = await services.tasks.template(name)
            return await _form(services, person, open_page(person, page), template, TaskForm(page=page), Told())
        except EXPECTED as error:
            return _failed(error)

    @router.post(PATH + "/{name}", response_class=HTMLResponse)
    async def start(name: str, request: Request) -> Response:
        person = await services.caller()
        try:
            form = TaskForm.of(await form_pairs(request, LONGEST_BODY))
            template = await services.tasks.template(name)
            page = open_page(person, form.page)
            if page is None:
                return await _form(services, person, page, template, form, Told(CLOSED, status=404))
            order = form.order(template, await services.orders.files.texts(person, page.conversation_id))
            told = await _checked(services, person, page, template, form, order)
            if told.status != STARTED:
                return await _form(services, person, page, template, form, told)
            page.start(services.answering, person, order)
        except EXPECTED as error:
            return _failed(error)
        return Response(status_code=STARTED)

    return router


async def _checked(
    services: TaskServices, person: Principal, page: OpenPage, template: Template, form: TaskForm, order: TaskOrder
) -> Told:
    """What keeps the task from beginning; nothing where nothing does."""
    problem = str(TaskChanged(template.title)) if form.version not in (None, template.version) else ""
    try:
        await services.orders.check(person, page.conversation_id, template, order)
    except FieldsInvalid as error:
        return Told(problem or INCOMPLETE, error.fields, status=MALFORMED)
    if problem:
        return Told(problem, status=MALFORMED)
    if not form.sure and (found := kinds(form.written())):
        return Told(personal=found, status=MALFORMED)
    return Told(BUSY, status=409) if page.busy else Told(status=STARTED)


async def _choice(services: TaskServices) -> HTMLResponse:
    return _html("tasks.html", 200, offered=await services.tasks.offered())


async def _form(
    services: TaskServices,
    person: Principal,
    page: OpenPage | None,
    template: Template,
    form: TaskForm,
    told: Told,
) -> HTMLResponse:
    files = await services.orders.files.texts(person, page.conversation_id) if page else []
    searched = await services.search.permitted(person, []) if template.collections else []
    return _html(
        "task.html",
        told.status,
        path=f"{services.root}{PATH}/{template.name}",
        template=template,
        form=form,
        told=told,
        files=[(file.document_id, title(file)) for file in files],
        collections=[collection.name for collection in searched],
    )


def _failed(error: Exception) -> HTMLResponse:
    failure = failure_of(error)
    return _html("task_failed.html", failure.status, message=failure.message)


def _html(name: str, status: int, **values: object) -> HTMLResponse:
    part = pages.get_template(name).render(**values)
    return HTMLResponse(part, status_code=status, headers={"Cache-Control": "no-store"})
