"""`/console/collections/{id}/sources`: where a collection's documents come from, and how often one looks there."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ingestion import Place, SourceKind, Sources
from ingestion.sources.errors import SourceBusy, SourceChanged, SourceExists, SourceInvalid
from policies.principal import Principal
from retrieval import CollectionPaused
from retrieval.corpus import Collection
from retrieval.names import NAME_LENGTH
from ui.console import source_words as words
from ui.console.form import Form, read_form
from ui.console.kept_collection import HERE, ONE, KeptCollections, tabs_of
from ui.console.shell import Shell, said_in

SAID = {
    "ajoutee": "La collection suit la source.",
    "demandee": "La synchronisation commence dans la minute.",
    "rythme": "Le rythme est enregistré.",
    "retiree": "La source n’est plus suivie, et ses documents sont retirés.",
    "gardee": "La source n’est plus suivie\u202f; ses documents restent.",
}
LONGEST_PLACE = 1000
MOST_MINUTES = 60 * 24 * 31


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """What the page stands on; `credentials` are the names of sections of the settings."""

    kept: KeptCollections
    sources: Sources

    @property
    def credentials(self) -> list[str]:
        """The names under which the settings have servers."""
        return sorted(self.sources.opening.credentials)

    async def name(self, principal: Principal, collection: Collection, form: Form) -> str:
        """The source that a form names, where it is the collection's; else empty, and that is said."""
        named = form.text("source", longest=NAME_LENGTH, needed="Dites quelle source.")
        if named not in {one.name for one in await self.sources.of_collection(principal, collection.id)}:
            form.wrong("source", "Cette source n’est pas, ou plus, suivie par cette collection.")
        return named


def sources_router(shell: Shell, page: SourcesPage) -> APIRouter:
    """The page, and a source to be followed."""
    router = shell.router(f"{ONE}/sources")

    @router.get("")
    async def opened(request: Request, collection_id: str) -> HTMLResponse:
        collection = await page.kept.find(await shell.caller(), collection_id)
        return await _page(shell, page, collection, said=said_in(request, SAID))

    @router.post("")
    async def add(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        collection = await page.kept.find(person, collection_id)
        form = await read_form(request)
        name = form.text("name", longest=NAME_LENGTH, needed="Donnez un nom à la source.")
        kind = form.one_of("kind", [*words.KINDS], "Dites de quoi il s’agit.")
        location = form.text("location", longest=LONGEST_PLACE, needed="Donnez le chemin ou l’adresse de la source.")
        credentials = form.get("credentials") and form.one_of("credentials", page.credentials)
        every = form.whole("every", least=1, most=MOST_MINUTES)
        if not form.errors:
            try:
                place = Place(SourceKind(kind), location, credentials)
                await page.sources.add(person, name, collection.id, place, every)
            except SourceExists as taken:
                form.wrong("name", str(taken))
            except SourceInvalid as invalid:
                form.wrong("location", str(invalid))
            else:
                return shell.done(f"{HERE}/{collection.id}/sources", "ajoutee")
        return await _page(shell, page, collection, form, status=422)

    return router


def followed_router(shell: Shell, page: SourcesPage) -> APIRouter:
    """What is done to a source that is followed."""
    router = shell.router(f"{ONE}/sources")

    @router.post("/synchronisation")
    async def synchronise(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        collection = await page.kept.find(person, collection_id)
        form = await read_form(request)
        name = await page.name(person, collection, form)
        if form.errors:
            return await _page(shell, page, collection, status=422, error=form.errors["source"])
        try:
            await page.sources.ask(person, name)
        except CollectionPaused as paused:
            return await _page(shell, page, collection, status=409, error=str(paused))
        return shell.done(f"{HERE}/{collection.id}/sources", "demandee")

    @router.post("/rythme")
    async def reschedule(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        collection = await page.kept.find(person, collection_id)
        form = await read_form(request)
        name = await page.name(person, collection, form)
        every = form.whole("rythme", least=1, most=MOST_MINUTES)
        if form.errors:
            return await _page(shell, page, collection, status=422, rhythm=form)
        try:
            await page.sources.reschedule(person, name, every, form.get("edition"))
        except SourceChanged as changed:
            form.wrong("rythme", str(changed))
            return await _page(shell, page, collection, status=409, rhythm=form)
        return shell.done(f"{HERE}/{collection.id}/sources", "rythme")

    @router.post("/retrait")
    async def remove(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        collection = await page.kept.find(person, collection_id)
        form = await read_form(request)
        name = await page.name(person, collection, form)
        documents = form.one_of("documents", ("garder", "retirer"), "Dites ce que deviennent les documents.")
        if form.errors:
            return await _page(shell, page, collection, status=422, error=next(iter(form.errors.values())))
        try:
            await page.sources.remove(person, name, keep_documents=documents == "garder")
        except SourceBusy as busy:
            return await _page(shell, page, collection, status=409, error=str(busy))
        return shell.done(f"{HERE}/{collection.id}/sources", "gardee" if documents == "garder" else "retiree")

    return router


async def _page(
    shell: Shell,
    page: SourcesPage,
    collection: Collection,
    form: Form | None = None,
    *,
    status: int = 200,
    said: str = "",
    error: str = "",
    rhythm: Form | None = None,
) -> HTMLResponse:
    """The page; `rhythm` is a form that was not taken: it stands at its source as it was typed."""
    return shell.page(
        "collection_sources",
        HERE,
        status=status,
        collection=collection,
        tabs=tabs_of(collection),
        tab=f"{HERE}/{collection.id}/sources",
        sources=await page.sources.of_collection(await shell.caller(), collection.id),
        kinds=[*words.KINDS.items()],
        words=words,
        credentials=[(name, name) for name in page.credentials],
        folders=page.sources.opening.folders,
        form=form or Form.filled({"kind": SourceKind.WEBDAV.value}),
        rhythm=rhythm or Form(),
        said=said,
        error=error or (rhythm.errors.get("source", "") if rhythm else ""),
    )
