"""`/console/publication`: collections, and what changes in them, on their way to their readers."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ingestion.publication.errors import PublicationError
from ingestion.publication.service import Publication
from ingestion.publication.waiting import Standing
from retrieval.errors import CollectionPaused
from retrieval.names import folded
from ui.console import publication_words as words
from ui.console.form import read_form
from ui.console.listing import PAGE, Listing
from ui.console.publication_steps import Done, Steps
from ui.console.publication_view import HERE, PublicationPages
from ui.console.shell import Shell
from ui.long_work import LongWork
from ui.text_versions import compared, marked, what

ONE = "/{collection_id}"
# What is wrong with what was sent, and is said on the page of the collection.
WRONG = (PublicationError, CollectionPaused)


def publication_router(shell: Shell, publication: Publication, work: LongWork) -> APIRouter:
    """The list, and the page of each collection."""
    router, pages = shell.router(HERE), PublicationPages(shell, publication, work)

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        listing = Listing.of(request.query_params.multi_items(), fields=("texte", "etape"), sorts=("nom", "attente"))
        rows = _narrowed(await publication.kept(await shell.caller()), listing)
        some = rows[listing.offset : listing.offset + PAGE]
        window = listing.window(len(rows))
        return shell.page(
            "publication",
            HERE,
            listing=listing,
            window=window,
            rows=some,
            steps=words.STEPS,
            state_of=words.state_of,
            under_way=words.UNDER_WAY,
        )

    @router.get(ONE)
    async def opened(request: Request, collection_id: str) -> HTMLResponse:
        person = await shell.caller()
        return await pages.page(person, await pages.find(person, collection_id), request)

    @router.get(f"{ONE}/suite")
    async def going_on(collection_id: str) -> Response:
        person = await shell.caller()
        return await pages.going_on(person, await pages.find(person, collection_id))

    @router.get(f"{ONE}/difference")
    async def difference(request: Request, collection_id: str) -> HTMLResponse:
        person = await shell.caller()
        collection = await pages.find(person, collection_id)
        old, new = await publication.texts(person, collection.id, request.query_params.get("document", ""))
        return shell.page(
            "publication_difference",
            HERE,
            collection=collection,
            new=new,
            comparison=await compared(old, new),
            marked=marked,
            what=what,
        )

    for name, done in Steps(publication, work).by_name.items():
        router.add_api_route(f"{ONE}/{name}", _step(pages, done), methods=["POST"])
    return router


def _step(pages: PublicationPages, done: Done) -> Callable[..., Awaitable[Response]]:
    async def step(request: Request, collection_id: str) -> Response:
        person = await pages.shell.caller()
        collection, form = await pages.find(person, collection_id), await read_form(request)
        try:
            said = await done(person, collection, form)
        except WRONG as error:
            return await pages.page(person, collection, request, form=form, failure=error)
        if form.errors:
            return await pages.page(person, collection, request, form=form)
        return pages.shell.done(f"{HERE}/{collection.id}", said)

    return step


def _narrowed(kept: list[Standing], listing: Listing) -> list[Standing]:
    words_wanted, step = folded(listing.get("texte")), listing.get("etape")
    rows = [
        one
        for one in kept
        if words_wanted in folded(one.collection.name) and step in ("", str(words.step_of(one.collection)))
    ]
    if listing.sort == "attente":
        rows.sort(key=lambda one: (one.drafted + one.removals, one.collection.name))
    return rows[::-1] if listing.descending else rows
