"""Pages rendered on the server: the templates, and what every page tells its reader."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from policies.principal import Principal

STATIC = Path(__file__).parent / "static"

# Not from the locale: the C library of a small image knows only English.
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def _nobody(_: Principal) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Notice:
    """Said on every page: which model writes, whether it is the demonstration one, whether nobody signs in.

    `root` is the path under which a proxy shows the pages, without a slash at its end; `reviews` tells whether the
    review is open to a person, whom pages then lead to it.
    """

    model: str
    demonstration: bool
    local: bool
    root: str = ""
    reviews: Callable[[Principal], bool] = _nobody


def french_date(day: dt.date) -> str:
    """« 1er mars 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
pages.filters["french_date"] = french_date


def error_page(notice: Notice, status: int, title: str, message: str) -> HTMLResponse:
    """A page that says what went wrong and leads back to the chat."""
    page = pages.get_template("error.html").render(notice=notice, title=title, message=message)
    return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})
