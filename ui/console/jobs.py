"""`/console/travaux`: what workers are at, what waits for them, what failed and why, trying it again, stopping it.

The table goes on by itself (htmx): such a look belongs to the page that was recorded, and no reader of screens is told
of it. It rests while something in it has the focus, and for whoever stops it.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from ingestion import JobFilter, JobList, JobOrder, Jobs, JobState, Succession
from ingestion.errors import JobNotFound
from policies.principal import Principal
from ui.console.document_page import address
from ui.console.form import Form, read_form
from ui.console.listing import PAGE, Listing
from ui.console.shell import Shell, said_in

HERE = "/travaux"
FILTERS = ("collection", "etat", "motif", "direct")
ORDERS = {"recent": JobOrder.NEWEST, "collection": JobOrder.COLLECTION}
LONGEST_NUMBER = 19  # digits

# What is said of a state: its badge in the design system, and its name.
STATES = {
    JobState.RUNNING: ("info", "En cours"),
    JobState.WAITING: ("", "En attente"),
    JobState.FAILED: ("error", "En échec"),
    JobState.QUARANTINED: ("warning", "Mis de côté"),
    JobState.INDEXED: ("success", "Trouvable"),
}

SAID = {
    "relance": "C’est relancé\u202f: ces documents attendent à nouveau leur tour.",
    "rien": "Il n’y avait rien à relancer.",
    "annule": "C’est annulé\u202f: ce qui n’était pas fait est en échec jusqu’à un nouvel essai.",
}


@dataclass(frozen=True, slots=True)
class JobServices:
    """What these pages stand on."""

    listed: JobList
    jobs: Jobs
    succession: Succession


def jobs_router(shell: Shell, services: JobServices) -> APIRouter:
    """These pages."""
    router = shell.router(HERE)

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        listing = _listing(request)
        shown = await _page(services, await shell.caller(), listing, again=False)
        return shell.page(
            "jobs",
            HERE,
            said=said_in(request, SAID),
            form=Form.filled(listing.filters),
            collections=[(one.id, one.name) for one in shown["page"].collections],
            choices=[(state.value, name) for state, (_, name) in STATES.items()],
            succession=await services.succession.progress(),
            **shown,
        )

    @router.get("/tableau")
    async def table(request: Request) -> HTMLResponse:
        """The table alone, as it goes on."""
        return shell.part("jobs_table", **await _page(services, await shell.caller(), _listing(request), again=True))

    @router.post("/reprise")
    async def retry_failed(request: Request) -> RedirectResponse:
        """Try again all that failed in what the filters show."""
        form = await read_form(request)
        listing = Listing.of(form.pairs, fields=FILTERS)
        retried = await services.listed.retry_failed(await shell.caller(), _asked(listing))
        return shell.done(HERE, "relance" if retried else "rien", **listing.filters)

    @router.get("/{job}")
    async def job_opened(request: Request, job: str) -> HTMLResponse:
        shown = await _job(services, await shell.caller(), request, _number(job), again=False)
        return shell.page("job", HERE, said=said_in(request, SAID), **shown)

    @router.get("/{job}/tableau")
    async def job_table(request: Request, job: str) -> HTMLResponse:
        """What changes of a job, as it goes on."""
        return shell.part("job_table", **await _job(services, await shell.caller(), request, _number(job), again=True))

    @router.post("/{job}/reprise")
    async def retry(job: str) -> RedirectResponse:
        """Try again now what failed or waits of one job: another one takes it up."""
        retried = await services.jobs.retry(await shell.caller(), _number(job))
        return shell.done(HERE, "relance" if retried else "rien")

    @router.post("/{job}/annulation")
    async def cancel(job: str) -> RedirectResponse:
        """Stop one job."""
        cancelled = await services.jobs.cancel(await shell.caller(), _number(job))
        return shell.done(f"{HERE}/{_number(job)}", "annule" if cancelled else "rien")

    return router


async def _page(services: JobServices, person: Principal, listing: Listing, *, again: bool) -> dict[str, Any]:
    page = await services.listed.page(
        person,
        _asked(listing),
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
        "states": STATES,
        "live": listing.get("direct") != "non",
        "failed": page.states[JobState.FAILED],
    }


async def _job(services: JobServices, person: Principal, request: Request, job: int, *, again: bool) -> dict[str, Any]:
    listing = Listing.of(request.query_params.multi_items(), fields=("direct",))
    listed, documents = await services.listed.opened(person, job, limit=PAGE, offset=listing.offset, again=again)
    return {
        "job": listed,
        "documents": documents,
        "listing": listing,
        "window": listing.window(listed.documents),
        "states": STATES,
        "live": listing.get("direct") != "non" and listed.pending > 0,
        "address": address,
    }


def _listing(request: Request) -> Listing:
    query = request.query_params.multi_items()
    return Listing.of(query, fields=FILTERS, sorts=tuple(ORDERS), descending=True)


def _asked(listing: Listing) -> JobFilter:
    """What the filters ask for; a state that there is not narrows nothing. Raises `CollectionNotFound`."""
    state = listing.get("etat")
    return JobFilter(listing.collection(), JobState(state) if state in [*JobState] else None, listing.get("motif"))


def _number(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) <= LONGEST_NUMBER):
        raise JobNotFound(0)
    return int(written)
