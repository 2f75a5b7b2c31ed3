"""The part of the API behind the command line about tasks: doing one, and keeping their templates."""

import asyncio
import base64
import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import Field

from assistant import (
    Answer,
    Answered,
    TaskRequest,
    Tasks,
    Template,
    Templates,
    Version,
)
from assistant.conversation import Exchange, Reply
from assistant.tasks.filling import dealt
from policies import Principal
from retrieval.search import today
from ui.control.answer_events import event_json
from ui.control.streams import Events, lines
from ui.export.content import exported
from ui.export.routes import FORMATS
from ui.identity import local_principal
from ui.task_texts import TaskTexts
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class DocumentRequest(Request):
    """A document of a collection, by name."""

    collection: str
    document: str


class DoRequest(Request):
    """A task on files that this process can read, and on documents, in this order; `format` is that of a file of it."""

    task: str
    values: dict[str, str] = Field(default_factory=dict)
    paths: tuple[str, ...] = ()
    documents: tuple[DocumentRequest, ...] = ()
    collections: tuple[str, ...] = ()
    format: Literal["docx", "odt", "md"] | None = None


class TryRequest(DoRequest):
    """The same by a template that is not kept."""

    source: str


class EditionRequest(Request):
    """`edition` is the last version when it was shown to who changes the template."""

    edition: int | None = None


class PutRequest(EditionRequest):
    """A template as its file says it."""

    source: str


class RestoreRequest(EditionRequest):
    """An earlier version of a template."""

    version: int = Field(ge=1)


@dataclass(frozen=True, slots=True)
class TaskServices:
    """What these routes stand on."""

    tasks: Tasks
    templates: Templates
    texts: TaskTexts


def tasks_router(services: TaskServices) -> APIRouter:
    """These routes."""
    router, templates = APIRouter(), services.templates

    @router.post("/task")
    async def do(actor: Actor, request: DoRequest) -> StreamingResponse:
        """Progress, then the result whole."""
        return lines(_do(services, actor, request))

    @router.post("/task/try")
    async def try_out(actor: Actor, request: TryRequest) -> StreamingResponse:
        """The same by a template that is not kept."""
        return lines(_try_out(services, actor, request))

    @router.get("/tasks")
    async def listed() -> list[dict[str, Any]]:
        """All tasks, those taken out of use too."""
        return [version_json(one) for one in await templates.all()]

    @router.get("/tasks/{name}")
    async def show(name: str, version: int | None = None) -> dict[str, Any]:
        """One, whole, with the numbers of its versions."""
        numbers = [one.template.version for one in await templates.versions(name)]
        return whole_json(await templates.version(name, version)) | {"versions": numbers}

    @router.put("/tasks")
    async def put(actor: Actor, request: PutRequest) -> dict[str, Any]:
        """A new version in force."""
        return version_json(await templates.put(actor, request.source, request.edition))

    @router.post("/tasks/{name}/restore")
    async def restore(actor: Actor, name: str, request: RestoreRequest) -> dict[str, Any]:
        """An earlier version in force again."""
        return version_json(await templates.restore(actor, name, request.version, request.edition))

    @router.post("/tasks/{name}/disable")
    async def disable(actor: Actor, name: str) -> dict[str, Any]:
        """A task that is offered no longer."""
        return version_json(await templates.disable(actor, name))

    @router.post("/tasks/{name}/enable")
    async def enable(actor: Actor, name: str) -> dict[str, Any]:
        """A task that is offered again."""
        return version_json(await templates.enable(actor, name))

    return router


def version_json(version: Version) -> dict[str, Any]:
    """A template in one version, without its texts."""
    template = version.template
    return {
        "name": template.name,
        "title": template.title,
        "description": template.description,
        "version": template.version,
        "sha256": template.fingerprint,
        "disabled": version.disabled,
        "by": version.by,
        "at": version.at.isoformat() if version.at else None,
    }


def whole_json(version: Version) -> dict[str, Any]:
    """The same with its fields and its file."""
    fields = [asdict(field) for field in version.template.fields]
    return version_json(version) | {"fields": fields, "source": version.template.source}


async def _do(services: TaskServices, actor: Principal, request: DoRequest) -> Events:
    template = await services.tasks.template(request.task)
    async for event in services.tasks.run(actor, await _request(services, actor, request, template)):
        told = event_json(event)
        if isinstance(event, Answered):
            told |= await _file(event.answer, request.format)
        yield told


async def _try_out(services: TaskServices, actor: Principal, request: TryRequest) -> Events:
    template = await services.templates.draft(actor, request.source)
    wanted = await _request(services, actor, request, template)
    async for event in services.tasks.try_out(actor, request.source, wanted):
        yield event_json(event)


async def _request(services: TaskServices, actor: Principal, request: DoRequest, template: Template) -> TaskRequest:
    texts = services.texts
    materials = [await texts.file(Path(path)) for path in request.paths]
    materials += [await texts.document(actor, one.collection, one.document) for one in request.documents]
    return TaskRequest(request.task, request.values, dealt(template, materials), request.collections)


async def _file(answer: Answer, format_: str | None) -> dict[str, str]:
    """The result as a file of that format, in base 64."""
    if format_ is None:
        return {}
    exchange = Exchange(uuid4(), answer.question, dt.datetime.now(dt.UTC), Reply.of(answer))
    content = exported(answer.question, [exchange], {}, today())
    written = await asyncio.to_thread(FORMATS[format_][0], content)
    return {"file": base64.b64encode(written).decode()}
