"""Pages rendered on the server: the templates, and what every page tells its reader."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from policies.principal import Principal
from ui.announcement import Announcement

STATIC = Path(__file__).parent / "static"
FRONT = Path(__file__).parent / "front"  # the State's design system and htmx (`deploy/front.sh`)

PARIS = ZoneInfo("Europe/Paris")

# Not from the locale: the C library of a small image knows only English.
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


# The parts of the product that are for some alone, by their addresses, as pages lead to them.
BESIDE = {"/console": "Console", "/audit": "Revue du registre"}


def _nothing(_: Principal) -> tuple[str, ...]:
    return ()


def nothing_announced() -> None:
    """For pages that have nobody who announces anything, or that look it up themselves."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Said on every page: which model writes, whether it is the demonstration one, whether nobody signs in.

    `root` is the path under which a proxy shows the pages, without a slash at its end; `beside` tells which parts of
    `BESIDE` are open to a person, whom pages then lead there; `announced` what is announced to everybody now. `writes`
    tells `model` and `demonstration` anew where they can change.
    """

    model: str
    demonstration: bool
    local: bool
    root: str = ""
    beside: Callable[[Principal], tuple[str, ...]] = _nothing
    announced: Callable[[], Announcement | None] = nothing_announced
    writes: Callable[[], tuple[str, bool]] | None = None

    @property
    def writing(self) -> tuple[str, bool]:
        """Which model writes now, and whether it is the demonstration one."""
        return self.writes() if self.writes else (self.model, self.demonstration)


def french_date(day: dt.date) -> str:
    """« 1er mars 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def moment(at: dt.datetime) -> str:
    """« 26/11/2026 20:03:22 », in Paris."""
    return f"{at.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"


def number(value: int) -> str:
    """« 1 234 567 », its spaces narrow and unbreakable."""
    return f"{value:,}".replace(",", "\u202f")


pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
pages.globals["BESIDE"] = BESIDE
pages.filters |= {"french_date": french_date, "moment": moment, "number": number}


def error_page(notice: Notice, status: int, title: str, message: str) -> HTMLResponse:
    """A page that says what went wrong and leads back to the chat."""
    page = pages.get_template("error.html").render(notice=notice, title=title, message=message)
    return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})
