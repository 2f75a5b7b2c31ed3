"""`/conservation`: for how long a person's conversations are kept, and their choice of a shorter time.

The choice is recorded with it; the page works without JavaScript.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from policies.principal import Principal
from ui.errors import RequestMalformed
from ui.failures import EXPECTED, failure_of
from ui.form_body import form_pairs
from ui.identity import Caller
from ui.pages import Notice, error_page, pages
from ui.retaining import Retaining

PATH = "/conservation"
LONGEST_BODY = 1024  # bytes
CHOICES = (1, 3, 6, 12)  # months


@dataclass(frozen=True, slots=True)
class KeepingServices:
    """What the page stands on; `caller` is the one who reads it."""

    caller: Caller
    retaining: Retaining
    notice: Notice

    @property
    def choices(self) -> list[int]:
        """The months that are less than the ministry's."""
        return [months for months in CHOICES if months < self.retaining.retention.conversations]


def keeping_router(services: KeepingServices) -> APIRouter:
    """The route of the page."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    async def show() -> HTMLResponse:
        person = await services.caller()
        return _page(services, person, await services.retaining.expiry.chosen(person))

    @router.post(PATH, response_class=HTMLResponse)
    async def choose(request: Request) -> HTMLResponse:
        person = await services.caller()
        try:
            months = _chosen(services, dict(await form_pairs(request, LONGEST_BODY)))
            await services.retaining.expiry.choose(person, months)
        except EXPECTED as error:
            failure = failure_of(error)
            return error_page(services.notice, failure.status, "Choix non enregistré", failure.message)
        return _page(services, person, months, saved=True)

    return router


def _chosen(services: KeepingServices, form: dict[str, str]) -> int | None:
    """None: as long as the ministry. Raises `RequestMalformed`."""
    written = form.get("months")
    if written == "":
        return None
    if written is None or written not in map(str, services.choices):
        raise RequestMalformed("Choisissez l’une des durées proposées.")
    return int(written)


def _page(services: KeepingServices, person: Principal, months: int | None, *, saved: bool = False) -> HTMLResponse:
    page = pages.get_template("keeping.html").render(
        notice=services.notice,
        path=PATH,
        beside=services.notice.beside(person),
        retention=services.retaining.retention,
        choices=services.choices,
        months=months,
        saved=saved,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})
