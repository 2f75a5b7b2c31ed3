"""`/console/collections/{id}`: what a collection holds, what it is called, whether it takes documents and is found."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from policies.principal import Principal
from retrieval import CollectionChanged, CollectionChanges, CollectionExists, NameInvalid
from retrieval.collection_list import CollectionList
from retrieval.corpus import Collection
from retrieval.names import DESCRIPTION_LENGTH, NAME_LENGTH
from ui.console.collections import STAGES
from ui.console.form import Form, read_form
from ui.console.kept_collection import FORGED, HERE, ONE, KeptCollections, edition_in, tabs_of
from ui.console.seeing_as import in_words
from ui.console.shell import Shell, said_in

SAID = {
    "creee": "La collection est créée.",
    "decrite": "Le nom et la description sont enregistrés.",
    "pause": "La collection est en pause\u202f: elle ne prend plus de nouveau document.",
    "resume": "La collection prend à nouveau des documents.",
    "archive": "La collection est archivée\u202f: seuls ceux qui la tiennent la trouvent encore, en la nommant.",
    "restore": "La collection est à nouveau trouvée par ses lecteurs.",
    "retablie": "La collection est rétablie, telle qu’elle était.",
}


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """What the page stands on."""

    kept: KeptCollections
    changes: CollectionChanges
    list: CollectionList


def collection_router(shell: Shell, page: CollectionPage) -> APIRouter:
    """The page and its forms."""
    router = shell.router(ONE)

    @router.get("")
    async def opened(request: Request, collection_id: str) -> HTMLResponse:
        collection = await page.kept.find(await shell.caller(), collection_id)
        return await _one(shell, page, collection, said=said_in(request, SAID))

    @router.post("/description")
    async def describe(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        collection = await page.kept.find(person, collection_id)
        form = await read_form(request)
        name = form.text("name", longest=NAME_LENGTH, needed="Donnez un nom à la collection.")
        description = form.text("description", longest=DESCRIPTION_LENGTH, lines=True)
        edition = edition_in(form)
        if not form.errors:
            try:
                await page.changes.describe(person, collection.id, name, description, edition)
            except (CollectionExists, NameInvalid) as wrong:
                form.wrong("name", str(wrong))
            except CollectionChanged as changed:
                return await _one(
                    shell, page, await page.kept.find(person, collection_id), form, status=409, error=str(changed)
                )
            else:
                return shell.done(f"{HERE}/{collection.id}", "decrite")
        return await _one(shell, page, collection, form, status=422)

    @router.post("/etat")
    async def change(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        collection = await page.kept.find(person, collection_id)
        form = await read_form(request)
        wanted = form.one_of("change", ("pause", "resume", "archive", "restore"))
        edition = edition_in(form)
        if form.errors:
            return await _one(shell, page, collection, status=422, error=FORGED)
        acts: Mapping[str, Callable[[Principal, UUID, int | None], Awaitable[Collection]]] = {
            "pause": page.changes.pause,
            "resume": page.changes.resume,
            "archive": page.changes.archive,
            "restore": page.changes.restore,
        }
        try:
            await acts[wanted](person, collection.id, edition)
        except CollectionChanged as changed:
            return await _one(shell, page, await page.kept.find(person, collection_id), status=409, error=str(changed))
        return shell.done(f"{HERE}/{collection.id}", wanted)

    return router


async def _one(
    shell: Shell,
    page: CollectionPage,
    collection: Collection,
    form: Form | None = None,
    *,
    status: int = 200,
    said: str = "",
    error: str = "",
) -> HTMLResponse:
    held = await page.list.held(collection)
    typed = form or Form.filled({"name": collection.name, "description": collection.description})
    return shell.page(
        "collection",
        HERE,
        status=status,
        collection=collection,
        held=held,
        tabs=tabs_of(collection),
        tab=f"{HERE}/{collection.id}",
        words=in_words(collection.rule),
        stages=STAGES,
        form=typed,
        said=said,
        error=error,
    )
