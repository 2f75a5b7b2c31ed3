"""`/console/travaux/evaluations`: evaluations under way and those that have ended, stopped and begun again.

The table goes on by itself, as that of `ui.console.jobs`; figures and comparisons are in `ui.console.evaluation`.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from policies.principal import Principal
from retrieval import QuestionSets
from ui.console import evaluation_words as words
from ui.console.evaluation import run_of
from ui.console.form import Form
from ui.console.jobs import HERE as PART
from ui.console.listing import PAGE, Listing
from ui.console.shell import Shell, said_in
from ui.evaluation.kept import RunState
from ui.evaluation.runs import Evaluations
from ui.evaluation.runs_queries import SORTS

HERE = f"{PART}/evaluations"
FILTERS = ("collection", "etat", "direct")

SAID = {
    "annulee": "L’évaluation est annulée.",
    "recommencee": "Une autre évaluation comme elle commence, ou attend son tour.",
}


def evaluation_work_router(shell: Shell, sets: QuestionSets, runs: Evaluations) -> APIRouter:
    """These pages."""
    router = shell.router(HERE)

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        person, listing = await shell.caller(), _listing(request)
        return shell.page(
            "evaluation_work",
            PART,
            said=said_in(request, SAID),
            form=Form.filled(listing.filters),
            collections=[(one.id, one.name) for one in await sets.keeps(person)],
            choices=[(state.value, name) for state, (_, name) in words.STATES.items()],
            **await _table(runs, person, listing),
        )

    @router.get("/tableau")
    async def table(request: Request) -> HTMLResponse:
        """The table alone, as it goes on."""
        return shell.part("evaluation_work_table", **await _table(runs, await shell.caller(), _listing(request)))

    @router.post("/{run}/annulation")
    async def cancel(request: Request, run: str) -> RedirectResponse:
        """End one where it is."""
        await runs.cancel(await shell.caller(), run_of(run))
        return shell.done(HERE, "annulee", **_listing(request).filters)

    @router.post("/{run}/reprise")
    async def again(request: Request, run: str) -> RedirectResponse:
        """Begin another like it."""
        await runs.again(await shell.caller(), run_of(run))
        return shell.done(HERE, "recommencee", **_listing(request).filters)

    return router


async def _table(runs: Evaluations, person: Principal, listing: Listing) -> dict[str, Any]:
    rows, total = await runs.page(
        person,
        collection=listing.collection(),
        state=listing.one_of("etat", RunState),
        sort=listing.sort,
        descending=listing.descending,
        offset=listing.offset,
        limit=PAGE,
    )
    return {
        "rows": rows,
        "listing": listing,
        "window": listing.window(total),
        "words": words,
        "live": listing.get("direct") != "non",
    }


def _listing(request: Request) -> Listing:
    return Listing.of(request.query_params.multi_items(), fields=FILTERS, sorts=SORTS, descending=True)
