"""The report of what an auditor saw, as a PDF that can be printed, filed and read aloud.

1. It is tagged for assistive technologies (PDF/UA-1, ISO 14289-1:2014), in French.
2. What others wrote is data of the template (`ui/templates/review/report.typ`), never markup.
3. The same report gives the same bytes.
"""

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst

from ui.review.register import Row

TEMPLATE = Path(__file__).parents[1] / "templates" / "review" / "report.typ"
HEADS = ("N°", "Date et heure (Paris)", "Acte", "Personne", "Ce qui est en cause")

# How many compilations typst keeps its work for, a gigabyte of it where reports are long; empty ones make it let go.
_KEPT = 10

# What the font draws: Latin, its accents, Greek, Cyrillic, and ordinary signs.
_UNDRAWN = re.compile(
    r"[^ -~\u00a0-\u00ac\u00ae-\u02e4\u1e00-\u1eff\u0300-\u034e\u0350-\u036f"
    r"\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u0477"
    r"\u2010-\u2027\u202f-\u2037\u2039-\u203e\u2070\u2071\u2074-\u208e\u2090-\u209c€№™\u2190-\u219b]"
)


@dataclass(frozen=True, slots=True)
class Report:
    """What stands above the acts, one line each, and when it was made."""

    title: str
    lines: Sequence[str]
    at: dt.datetime


def report_pdf(report: Report, rows: Sequence[Row]) -> bytes:
    """The file."""
    acts = [[row.number, row.at, row.act, row.who, at_stake(row)] for row in rows]
    shown = {
        "title": drawn(report.title),
        "lines": [drawn(line) for line in report.lines],
        "heads": HEADS,
        "acts": [[drawn(cell) for cell in act] for act in acts],
    }
    file = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(shown)},
        pdf_standards="ua-1",
        timestamp=report.at.replace(microsecond=0),
    )
    typesetter = typst.Compiler(root=TEMPLATE.parent, font_paths=_fonts(), ignore_system_fonts=True)
    for _ in range(_KEPT):
        typesetter.compile(b"")
    return file


def drawn(text: str) -> str:
    """The text with what the font has no sign for, or what has no form at all, by its number: «‹U+202E›»."""
    return _UNDRAWN.sub(lambda one: f"‹U+{ord(one[0]):04X}›", text)


def at_stake(row: Row) -> str:
    """What an act is about, on one line."""
    documents = ", ".join(row.documents) + (f" et {row.more} autre{'s' if row.more > 1 else ''}" if row.more else "")
    about = "sur " + ", ".join(row.about) if row.about else ""
    parts = (" ; ".join(row.signs), about, ", ".join(row.collections), documents)
    return " · ".join(part for part in parts if part)


@cache
def _fonts() -> typst.Fonts:
    """The fonts that typst carries, so that a report looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False)
