"""`/console`: how much is asked and how it ends, what it takes, and how the parts of the product are."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.figure_reports import FigureReports, Sight
from assistant.figure_sums import FigureReport, Period
from ingestion import JobList
from retrieval.errors import CollectionNotFound
from ui.console.dashboard_charts import charts
from ui.console.dashboard_tiles import size, tiles
from ui.console.form import Form
from ui.console.shell import Shell
from ui.figures import Estimates
from ui.health import Health

PERIODS = {"7": "7 jours", "30": "30 jours", "90": "90 jours", "365": "12 mois"}
USUAL = "30"
HERE = ""
SHOWN_COLLECTIONS = 20


@dataclass(frozen=True, slots=True)
class DashboardServices:
    """What the page is made of."""

    reports: FigureReports
    estimates: Estimates
    jobs: JobList
    health: Health


def dashboard_router(shell: Shell, services: DashboardServices) -> APIRouter:
    """The page from which all parts are reached."""
    router = shell.router()

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        person = await shell.caller()
        chosen = request.query_params.get("periode", USUAL)
        days = chosen if chosen in PERIODS else USUAL
        sight = await services.reports.sight(person)
        report = await _report(services.reports, sight, int(days), request.query_params.get("collection", ""))
        found = await services.health.now()
        named = "" if report.collection_id is None else str(report.collection_id)
        return shell.page(
            "dashboard",
            HERE,
            form=Form.filled({"periode": days, "collection": named}),
            periods=[*PERIODS.items()],
            collections=[(str(one.id), one.name) for one in sight.collections],
            everything=sight.everything,
            report=report,
            tiles=tiles(report, services.estimates),
            charts=charts(report, services.estimates),
            estimates=services.estimates,
            listed=report.collections[:SHOWN_COLLECTIONS],
            states=await services.jobs.states(sight.collections),
            health=found if sight.everything else None,
            unwell_first=sorted(found.parts, key=lambda part: part.well),
            well=found.well,
            size=size,
        )

    return router


async def _report(reports: FigureReports, sight: Sight, days: int, collection: str) -> FigureReport:
    """Raises `CollectionNotFound`."""
    period = Period.last(days, reports.today())
    if not collection:
        return await reports.report(sight, period)
    try:
        collection_id = UUID(collection)
    except ValueError as error:
        raise CollectionNotFound(collection) from error
    return await reports.report(sight, period, collection_id)
