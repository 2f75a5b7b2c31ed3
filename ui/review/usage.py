"""`/audit/usage`: how much was done on each day, of what, with which collections. Counts alone, and nobody's."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from policies.audit.event import Act, Event, Json
from policies.review.filters import Filters
from policies.review.usage import Counted, Day, Period, by_act, by_collection, by_day
from ui.day_chart import DayBar, day_chart
from ui.errors import RequestMalformed
from ui.evaluation.plots import Bar, Caption, bars
from ui.pages import PARIS, number
from ui.review.filter_form import FilterForm, recorded
from ui.review.register import MOST_READ, Register
from ui.review.shell import Shell
from ui.review.shown import title
from ui.review.words import ACTS, FAMILIES

PART = "/usage"
USUAL = dt.timedelta(days=29)
LONGEST = 731  # days
SHOWN_BARS = 12


def usage_router(shell: Shell, register: Register) -> APIRouter:
    """The route of the page."""
    router = shell.router()

    @router.get(PART)
    async def usage(request: Request) -> HTMLResponse:
        form = FilterForm.of_address(request.query_params.multi_items())
        try:
            filters, period = form.filters(), _period(form)
        except RequestMalformed as wrong:
            return shell.page("usage", PART, status=422, form=form, error=str(wrong), **_choices({}))
        await register.projection.catch_up(MOST_READ)
        told: dict[str, Json] = {"page": "usage", "filters": recorded(_looked_at(filters, period))}
        async with shell.pool.connection() as connection:
            days = await by_day(connection, period, filters.acts, filters.collection)
            acts = await by_act(connection, period, filters.collection)
            collections = await by_collection(connection, period, filters.acts)
            names = await register.collections(connection)
            await register.ledger.append(connection, Event(Act.REVIEW_OPENED, await shell.caller(), told))
        return shell.page(
            "usage",
            PART,
            form=form,
            error="",
            period=period,
            total=number(sum(day.count for day in days)),
            days=days,
            chart=_by_day(days),
            act_chart=_bars("actes", "Actes", [Counted(title(one.name), one.count) for one in acts]),
            collection_chart=_bars(
                "collections", "Collections", [Counted(names.get(one.name, one.name), one.count) for one in collections]
            ),
            number=number,
            **_choices(names),
        )

    return router


def _by_day(days: Sequence[Day]) -> Markup:
    most = max((day.count for day in days), default=0) or 1
    said = f"De {days[0].day:%d/%m/%Y} à {days[-1].day:%d/%m/%Y}, {number(most)} actes au plus en un jour."
    shown = [DayBar(day.day, day.count) for day in days]
    return day_chart(Caption("jours", "Actes par jour", said), shown, lambda value: number(round(value)))


def _bars(name: str, heading: str, counted: Sequence[Counted]) -> Markup | None:
    """The most frequent; None where there is none."""
    if not counted:
        return None
    shown = [Bar(one.name, one.count, number(one.count)) for one in counted[:SHOWN_BARS]]
    said = ", ".join(f"{bar.label} : {bar.written}" for bar in shown)
    return bars(Caption(name, heading, said), shown, shown[0].value)


def _period(form: FilterForm) -> Period:
    """The days that are asked for; without any, the last thirty. Raises `RequestMalformed`."""
    filters, today = form.filters(), dt.datetime.now(PARIS).date()
    until = filters.until or (today if not filters.since else max(today, filters.since))
    since = filters.since or until - USUAL
    if (until - since).days >= LONGEST:
        raise RequestMalformed("La période dépasse deux ans. Resserrez-la.")
    return Period(since, until)


def _looked_at(filters: Filters, period: Period) -> Filters:
    return Filters(acts=filters.acts, collection=filters.collection, since=period.since, until=period.until)


def _choices(names: Mapping[str, str]) -> dict[str, Any]:
    collections = sorted(names.items(), key=lambda one: one[1].casefold())
    return {"collections": collections, "families": FAMILIES, "acts": ACTS}
