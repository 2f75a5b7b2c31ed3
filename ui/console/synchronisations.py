"""`/console/travaux/synchronisations`: how the latest synchronisation of each source is, and having another one made.

The table goes on by itself, as that of `ui.console.jobs`.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ingestion import SourceFilter, SourceList, SourceOrder, Sources, SyncState
from policies.principal import Principal
from retrieval import CollectionPaused
from retrieval.names import NAME_LENGTH
from ui.console import source_words as words
from ui.console.form import Form, read_form
from ui.console.jobs import HERE as PART
from ui.console.listing import PAGE, Listing
from ui.console.shell import Shell, said_in

HERE = f"{PART}/synchronisations"
FILTERS = ("collection", "etat", "direct")
ORDERS = {
    "etat": SourceOrder.STATE,
    "fin": SourceOrder.ENDED,
    "collection": SourceOrder.COLLECTION,
    "source": SourceOrder.NAME,
}

SAID = {"demandee": "La synchronisation commence dans la minute."}


@dataclass(frozen=True, slots=True)
class SyncServices:
    """What these pages stand on."""

    listed: SourceList
    sources: Sources


def synchronisations_router(shell: Shell, services: SyncServices) -> APIRouter:
    """These pages."""
    router = shell.router(HERE)

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        return await _page(shell, services, request, said=said_in(request, SAID))

    @router.get("/tableau")
    async def table(request: Request) -> HTMLResponse:
        """The table alone, as it goes on."""
        shown = await _table(services, await shell.caller(), _listing(request), again=True)
        return shell.part("synchronisations_table", **shown)

    @router.post("/reprise")
    async def again(request: Request) -> Response:
        """Have a source synchronised at the next look."""
        form = await read_form(request)
        name = form.text("source", longest=NAME_LENGTH, needed="Dites quelle source.")
        if form.errors:
            return await _page(shell, services, request, status=422, error=form.errors["source"])
        try:
            await services.sources.ask(await shell.caller(), name)
        except CollectionPaused as paused:
            return await _page(shell, services, request, status=409, error=str(paused))
        return shell.done(HERE, "demandee", **_listing(request).filters)

    return router


async def _page(
    shell: Shell, services: SyncServices, request: Request, *, status: int = 200, said: str = "", error: str = ""
) -> HTMLResponse:
    listing = _listing(request)
    shown = await _table(services, await shell.caller(), listing, again=False)
    return shell.page(
        "synchronisations",
        PART,
        status=status,
        said=said,
        error=error,
        form=Form.filled(listing.filters),
        collections=[(one.id, one.name) for one in shown["page"].collections],
        choices=[(state.value, name) for state, (_, name) in words.STATES.items()],
        **shown,
    )


async def _table(services: SyncServices, person: Principal, listing: Listing, *, again: bool) -> dict[str, Any]:
    page = await services.listed.page(
        person,
        SourceFilter(listing.collection(), listing.one_of("etat", SyncState)),
        ORDERS[listing.sort],
        descending=listing.descending,
        limit=PAGE,
        offset=listing.offset,
        again=again,
    )
    return {
        "page": page,
        "listing": listing,
        "window": listing.window(page.total),
        "words": words,
        "live": listing.get("direct") != "non",
    }


def _listing(request: Request) -> Listing:
    return Listing.of(request.query_params.multi_items(), fields=FILTERS, sorts=tuple(ORDERS))
