"""`/console/collections/{id}/suppression` and `/console/collections/corbeille`: deleting a collection by its name, and
recovering it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from policies.access import Action
from policies.principal import Principal
from retrieval import (
    KEPT_DAYS,
    Bin,
    Binned,
    CollectionChanged,
    CollectionExists,
    CollectionNotFound,
    NameInvalid,
)
from retrieval.collection_list import CollectionList
from retrieval.corpus import Collection
from retrieval.names import NAME_LENGTH, name_key
from ui.console.form import Form, read_form
from ui.console.kept_collection import HERE, ONE, KeptCollections, edition_in, tabs_of
from ui.console.shell import Shell, said_in

BIN = f"{HERE}/corbeille"
SAID = {"effacee": "La collection est effacée pour de bon."}

TYPE_ITS_NAME = "Tapez le nom de la collection, tel qu’il est écrit ci-dessus."


@dataclass(frozen=True, slots=True)
class BinPages:
    """What these pages stand on."""

    kept: KeptCollections
    bin: Bin
    list: CollectionList

    async def binned(self, principal: Principal, collection_id: str) -> Binned:
        """What lies in the bin under that identifier. Raises `CollectionNotFound`."""
        for one in await self.bin.deleted(principal):
            if str(one.collection.id) == collection_id:
                return one
        raise CollectionNotFound(collection_id[:36])


def deletion_router(shell: Shell, pages: BinPages) -> APIRouter:
    """The page that asks for the name."""
    router = shell.router(ONE)

    @router.get("/suppression")
    async def asked(collection_id: str) -> HTMLResponse:
        collection = await pages.kept.find(await shell.caller(), collection_id, Action.DELETE_COLLECTION)
        return await _deletion(shell, pages, collection, Form())

    @router.post("/suppression")
    async def delete(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        collection = await pages.kept.find(person, collection_id, Action.DELETE_COLLECTION)
        form = await read_form(request)
        edition = edition_in(form)
        _require_name(form, collection)
        if form.errors:
            return await _deletion(shell, pages, collection, form, status=422)
        try:
            await pages.bin.delete(person, collection.id, edition)
        except CollectionChanged as changed:
            now = await pages.kept.find(person, collection_id, Action.DELETE_COLLECTION)
            return await _deletion(shell, pages, now, form, status=409, error=str(changed))
        return shell.done(HERE, "supprimee")

    return router


def bin_router(shell: Shell, pages: BinPages) -> APIRouter:
    """What was deleted, and its ways out."""
    router = shell.router(BIN)

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        return await _bin(shell, pages, said=said_in(request, SAID))

    @router.post("/{collection_id}/retablissement")
    async def recover(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        one = await pages.binned(person, collection_id)
        form = await read_form(request)
        name = form.text("name", longest=NAME_LENGTH)
        if not form.errors:
            try:
                await pages.bin.recover(person, one.collection.id, name)
            except (CollectionExists, NameInvalid) as taken:
                form.wrong("name", f"{taken} Vous pouvez lui donner ici un autre nom.")
            else:
                return shell.done(f"{HERE}/{one.collection.id}", "retablie")
        return await _bin(shell, pages, form, one.collection.id, status=422)

    @router.post("/{collection_id}/effacement")
    async def erase(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        one = await pages.binned(person, collection_id)
        form = await read_form(request)
        _require_name(form, one.collection)
        if form.errors:
            return await _bin(shell, pages, form, one.collection.id, status=422)
        await pages.bin.erase(person, one.collection.id)
        return shell.done(BIN, "effacee")

    return router


def _require_name(form: Form, collection: Collection) -> None:
    if name_key(form.text("typed", longest=NAME_LENGTH, needed=TYPE_ITS_NAME)) != name_key(collection.name):
        form.wrong("typed", TYPE_ITS_NAME)


async def _deletion(
    shell: Shell, pages: BinPages, collection: Collection, form: Form, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    return shell.page(
        "collection_deletion",
        HERE,
        status=status,
        collection=collection,
        held=await pages.list.held(collection),
        tabs=tabs_of(collection),
        tab=f"{HERE}/{collection.id}/suppression",
        days=KEPT_DAYS,
        form=form,
        error=error,
    )


async def _bin(
    shell: Shell,
    pages: BinPages,
    form: Form | None = None,
    of: UUID | None = None,
    *,
    status: int = 200,
    said: str = "",
) -> HTMLResponse:
    return shell.page(
        "bin",
        HERE,
        status=status,
        rows=await pages.bin.deleted(await shell.caller()),
        kept=dt.timedelta(days=KEPT_DAYS),
        days=KEPT_DAYS,
        form=form or Form(),
        empty=Form(),
        of=of,
        said=said,
    )
