"""Which areas are headings, by what a reader tells them apart: size and boldness."""

import re
from itertools import islice

import numpy as np

from ingestion.parsing.areas import Areas
from ingestion.parsing.paragraphs import leads_on

LARGER = 1.1  # times the body's size
LINES = 3
CHARACTERS = 140
LETTERS = 3  # at least
BOLD_CHARACTERS = 100
BOLD_SHARE = 0.25  # beyond this bold print is nothing special
HEADINGS_SHARE = 0.3  # beyond this a page is a poster, whose large words are its text

_BULLET = re.compile(r"[•●○■□▪▫◦➢➔→✓✔❑❖·*−–—-]\s")


def heading_levels(areas: Areas) -> dict[int, int]:
    """Level, from 1, of each area that is a heading; none where large print is the text itself."""
    lines = areas.lines
    lengths = areas.lengths
    total = lengths.sum()
    half_points = np.round(lines.sizes * 2).astype(int)
    body = int(np.bincount(np.clip(half_points, 0, 1000), lengths).argmax())
    styles = np.round(areas.sizes * 2).astype(int)
    is_larger = styles >= LARGER * body
    if lengths[lines.bold].sum() < BOLD_SHARE * total:
        is_larger |= areas.bold & (styles >= body) & (areas.characters <= BOLD_CHARACTERS)
    is_short = (areas.ends - areas.starts <= LINES) & (areas.characters <= CHARACTERS)
    found = [area for area in np.flatnonzero(is_larger & is_short).tolist() if may_be_heading(areas.text(area))]
    if areas.characters[found].sum() > HEADINGS_SHARE * total:
        return {}
    style = {area: (int(styles[area]), bool(areas.bold[area])) for area in found}
    levels = {one: level for level, one in enumerate(sorted(set(style.values()), reverse=True), start=1)}
    return {area: levels[style[area]] for area in found}


def largest(areas: Areas) -> str:
    """What stands in the largest letters on the first page that has any, which is its title as a rule."""
    is_short = (areas.ends - areas.starts <= LINES) & (areas.characters <= CHARACTERS)
    found: list[int] = []
    for area in np.flatnonzero(is_short).tolist():
        if found and areas.sheets[area] != areas.sheets[found[0]]:
            break
        if may_be_heading(areas.text(area)):
            found.append(area)
    return areas.text(max(found, key=lambda area: areas.sizes[area])) if found else ""


def may_be_heading(text: str) -> bool:
    """Whether its words could be those of a title."""
    return (
        len([*islice(filter(str.isalpha, text), LETTERS)]) == LETTERS
        and not text.endswith((",", ";"))
        and not text[0].islower()
        and not leads_on(text)
        and not _BULLET.match(text)
    )
