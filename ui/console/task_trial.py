"""`/console/taches/essai`: a template tried on a pasted text before it is saved; what it makes is kept nowhere."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter, Request, Response

from assistant import GIVEN, Answered, FieldKind, Material, PieceDone, TaskEvent, TaskRequest, Template, TemplateInvalid
from assistant.answer import Waiting
from assistant.tasks.filling import dealt
from ingestion import Block
from policies import Action, Principal
from retrieval.corpus import DocumentMetadata, DocumentText
from ui.console.administrator import administrator
from ui.console.form import Form, read_form
from ui.console.shell import Shell
from ui.console.tasks import PART, Told, refused, source_of, template_page
from ui.console.trial_pages import TrialPages, add_trial
from ui.services import Services
from ui.task_texts import cut, material

TRIAL = "task-trial"  # the kind of work

PASTED = "Texte collé"
LONGEST = 400_000  # characters of a pasted text


def task_trial_router(shell: Shell, services: Services) -> APIRouter:
    """The pages, for administrators."""
    router = shell.router(PART)

    async def person() -> Principal:
        return await administrator(shell, Action.ADMINISTER_TASKS)

    @router.post("/essai")
    async def tried(request: Request) -> Response:
        who, form = await person(), await read_form(request, longest=4 * 2**20)
        name = form.get("name")
        try:
            template = await services.templates.draft(who, source_of(form))
        except TemplateInvalid as error:
            return await refused(shell, services, name, form, error)
        texts = [form.text(one, longest=LONGEST, lines=True) for one in ("texte", "texte2")]
        if not any(texts):
            form.wrong("texte", "Collez le texte sur lequel essayer.")
        if form.errors:
            return await template_page(shell, services, name, form, Told(status=422))
        steps = _steps(services.tasks.try_out(who, template.source, _request(template, form, texts)))
        services.long_work.start(who, TRIAL, steps, template)
        return shell.done(f"{PART}/essai")

    pages = TrialPages(TRIAL, PART, "/essai", "task_trial", "task_trial_steps")
    add_trial(router, shell, services.long_work, person, pages)
    return router


def _request(template: Template, form: Form, texts: list[str]) -> TaskRequest:
    plain = [field.name for field in template.fields if field.kind is not FieldKind.DOCUMENTS]
    values = {name: form.get(f"value.{name}") for name in plain if form.get(f"value.{name}").strip()}
    materials = [_material(n, text) for n, text in enumerate(texts, start=1) if text]
    return TaskRequest(template.name, values, dealt(template, materials))


def _material(number: int, text: str) -> Material:
    title = f"{PASTED} {number}"
    given = DocumentText(GIVEN, title, 1, DocumentMetadata(title), text)
    return material(given, PASTED, cut(given.metadata, [Block(line) for line in text.split("\n")]))


async def _steps(events: AsyncGenerator[TaskEvent, None]) -> AsyncGenerator[TaskEvent, None]:
    """What whoever comes back wants to know: how far it is, and the result."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, PieceDone | Waiting | Answered):
                yield event
