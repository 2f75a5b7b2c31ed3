"""Lines on paper to headings and paragraphs in reading order.

Pure geometry, in four steps: running heads and page numbers are dropped; neighbouring lines become
boxes; the boxes are put in reading order by cutting the page along its widest white gaps (recursive
XY-cut; Nagy and Seth, 1984); lines are joined to paragraphs, and larger or bold ones become headings.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingestion.parsing.outline import Heading, Paragraph
from ingestion.parsing.reading_order import Box, reading_order

__all__ = ["Box", "Line", "Page", "largest_line", "read"]

MARGIN = 0.12  # of the page's height, where running heads and feet stand
HEADING_SIZE = 1.1  # times the body's size
HEADING_CHARACTERS = 140
BOLD_HEADING_CHARACTERS = 100
HEADINGS_SHARE = 0.3  # beyond this a page is a poster, whose large words are its text

_PAGE_NUMBER = re.compile(r"[-–—|\s]*(?:p(?:age)?\.?\s*)?\d{1,4}(?:\s*(?:/|sur|de)\s*\d{1,4})?[-–—|\s]*", re.IGNORECASE)
_BULLET = re.compile(r"[•●○■□▪▫◦➢➔→✓✔❑❖·*−–—-]\s")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-zA-Z])[).°]\s")
_LEADER = re.compile(r"(?:\.\s?){4,}|…{2,}")


@dataclass(frozen=True, slots=True)
class Line:
    """Characters on one baseline; `size` in points, `is_row` where wide gaps part it like a table's row."""

    text: str
    page: int
    box: Box
    size: float
    bold: bool
    is_row: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet and its lines, in the order of the file. Coordinates in points, upwards from the bottom left."""

    number: int
    box: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Area:
    """Neighbouring lines of one size."""

    lines: tuple[Line, ...]
    box: Box

    @property
    def size(self) -> float:
        return self.lines[0].size


def read(pages: Sequence[Page]) -> list[Heading | Paragraph]:
    """All that a reader reads, in the order in which they read it."""
    kept = _without_running_heads(pages)
    areas = [area for page in kept for area in _ordered(page)]
    words = Counter(word.lower() for page in pages for line in page.lines for word in re.findall(r"[\w-]+", line.text))
    levels = _heading_levels(areas)
    items: list[Heading | Paragraph] = []
    for area in areas:
        level = levels.get(_style(area)) if _may_be_heading(area) else None
        if level is None:
            items += [Paragraph(_dehyphenated(text, words), area.lines[0].page) for text in _paragraphs(area)]
        else:
            text = " ".join(line.text for line in area.lines)
            items.append(Heading(_dehyphenated(text, words), level, area.lines[0].page))
    return items


def largest_line(pages: Sequence[Page]) -> str:
    """What stands in the largest letters on the first page that has any, which is its title as a rule."""
    areas = next((areas for page in pages if (areas := [a for a in _ordered(page) if _may_be_heading(a)])), [])
    return " ".join(line.text for line in max(areas, key=lambda area: area.size).lines) if areas else ""


def _without_running_heads(pages: Sequence[Page]) -> list[Page]:
    """Page numbers go, and all but the first of the lines that many pages have at their top or foot."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(line) for line in page.lines if _in_margin(line, page)})
    running = {shape for shape, count in seen.items() if count >= max(3, 0.4 * len(pages))}
    said: set[str] = set()
    kept: list[Page] = []
    for page in pages:
        lines: list[Line] = []
        for line in page.lines:
            shape = _shape(line)
            if _in_margin(line, page) and (_PAGE_NUMBER.fullmatch(line.text) or shape in said):
                continue
            if shape in running and _in_margin(line, page):
                said.add(shape)
            lines.append(line)
        kept.append(Page(page.number, page.box, tuple(lines)))
    return kept


def _in_margin(line: Line, page: Page) -> bool:
    margin = MARGIN * page.box.height
    return line.box.bottom > page.box.top - margin or line.box.top < page.box.bottom + margin


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text).casefold()


def _ordered(page: Page) -> list[_Area]:
    areas = [_Area(tuple(lines), Box.around([line.box for line in lines])) for lines in _neighbours(page.lines)]
    return [areas[index] for index in reading_order([area.box for area in areas], [area.size for area in areas])]


def _neighbours(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines that stand one under the other; what is printed twice in one place counts once."""
    run: list[Line] = []
    printed: set[tuple[str, int, int]] = set()
    for line in lines:
        place = (line.text, round(line.box.left / 2), round(line.box.bottom / 2))
        if place in printed:
            continue
        printed.add(place)
        if run and not _continues(run[-1], line):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _continues(above: Line, below: Line) -> bool:
    gap = above.box.bottom - below.box.top
    height = min(above.box.height, below.box.height)
    return (
        abs(above.size - below.size) <= 0.08 * above.size
        and -0.6 * height <= gap <= 0.6 * height
        and below.box.bottom < above.box.bottom
        and above.box.left < below.box.right
        and below.box.left < above.box.right
    )


def _style(area: _Area) -> tuple[float, bool]:
    """What a reader tells headings apart by: size in half points, and boldness."""
    return round(area.size * 2) / 2, all(line.bold for line in area.lines)


def _may_be_heading(area: _Area) -> bool:
    text = " ".join(line.text for line in area.lines)
    return (
        len(area.lines) <= 3
        and len(text) <= HEADING_CHARACTERS
        and sum(map(str.isalpha, text)) >= 3
        and not text.endswith((",", ";"))
        and not _LEADER.search(text)
        and not _BULLET.match(text)
        and not text[0].islower()
    )


def _heading_levels(areas: Sequence[_Area]) -> dict[tuple[float, bool], int]:
    """Level, from 1, of each style that only headings have; none where large print is the text itself."""
    sizes: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    for area in areas:
        for line in area.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
            bold[line.bold] += len(line.text)
    if not sizes:
        return {}
    body = sizes.most_common(1)[0][0]
    total = sum(sizes.values())
    bold_is_rare = bold[True] < 0.25 * total
    styles: Counter[tuple[float, bool]] = Counter()
    for area in filter(_may_be_heading, areas):
        size, is_bold = _style(area)
        characters = sum(len(line.text) for line in area.lines)
        is_bold_title = is_bold and bold_is_rare and size >= body and characters <= BOLD_HEADING_CHARACTERS
        if size >= HEADING_SIZE * body or (is_bold_title):
            styles[(size, is_bold)] += characters
    if sum(styles.values()) > HEADINGS_SHARE * total:
        return {}
    return {style: level for level, style in enumerate(sorted(styles, reverse=True), start=1)}


def _paragraphs(area: _Area) -> Iterator[str]:
    """Lines joined where the sentence goes on; items of lists, rows and leaders stay apart."""
    right = area.box.right
    text = ""
    previous: Line | None = None
    for line in area.lines:
        if previous is not None and _goes_on(previous, line, right - area.box.left, right):
            text += " " + line.text
        else:
            if text:
                yield text
            text = line.text
        previous = line
    if text:
        yield text


def _goes_on(previous: Line, line: Line, width: float, right: float) -> bool:
    if (
        previous.is_row
        or line.is_row
        or _BULLET.match(line.text)
        or _NUMBER.match(line.text)
        or _LEADER.search(previous.text)
    ):
        return False
    if line.text[0].islower():
        return True
    return previous.box.right > right - 0.15 * width


# Words that French ties to the one before with a hyphen.
_TIED = "au aux ce ci elle elles en eux il ils je la là le les leur lui moi même mêmes nous on t toi tu vous y à"
TIED = frozenset(_TIED.split())


def _dehyphenated(text: str, words: Counter[str]) -> str:
    """Each end-of-line hyphen kept where it belongs to the word, dropped where it only parts it."""

    def joined(match: re.Match[str]) -> str:
        before, after = match[1], match[2]
        whole, tied = f"{before}{after}", f"{before}-{after}"
        if words[tied.lower()] or (not words[whole.lower()] and _keeps_hyphen(before, after)):
            return tied
        return whole

    return re.sub("([^\\s\x02]*)\x02\\s*([\\w’']*)", joined, text)


def _keeps_hyphen(before: str, after: str) -> bool:
    first = re.split(r"\W", after)[0].lower()
    return not before[-1:].islower() or not after[:1].islower() or first in TIED or "-" in before or "/" in before
