"""What the styles and list definitions of a DOCX file say of a paragraph (ISO/IEC 29500-1, 17.7 and 17.9)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from ingestion.parsing.marks import Counter, Level

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
TITLE_LEVEL = 0
TEXT_LEVEL = 10
UNSEEN_SIZE = 2  # half points
WHITE = "FFFFFF"

_HEADING = re.compile(r"(?:heading|titre) ?([1-9])", re.IGNORECASE)
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_OLD_DRAWING = "{urn:schemas-microsoft-com:vml}"
_LOW = re.compile(r"z-index: *-")
_COLOURED = frozenset({f"{W}tc", f"{W}txbxContent"})
_STYLES = {
    "bullet": "bullet",
    "none": "none",
    "lowerLetter": "letter",
    "upperLetter": "LETTER",
    "lowerRoman": "roman",
    "upperRoman": "ROMAN",
}


def value(element: etree._Element, path: str) -> str:
    """The value of a setting below the element, such as `pPr/pStyle`; empty where it is not set."""
    found = element.find("/".join(W + step for step in path.split("/")))
    return "" if found is None else found.get(VAL, "")


def switch(element: etree._Element, path: str) -> bool | None:
    """Whether a setting is on; None where it is not set."""
    found = element.find("/".join(W + step for step in path.split("/")))
    return None if found is None else found.get(VAL, "true") not in {"0", "false", "off"}


def hides(properties: etree._Element, path: str) -> bool | None:
    """Whether these properties hide their text, by saying so or by its size; None where they leave it open."""
    size = value(properties, f"{path}/sz")
    return True if size.isdigit() and int(size) <= UNSEEN_SIZE else switch(properties, f"{path}/vanish")


def _shade(element: etree._Element, path: str) -> str:
    """The colour behind the text of these properties; empty where they leave it open."""
    shade = element.find("/".join(W + step for step in path.split("/")))
    return "" if shade is None else shade.get(f"{W}fill", "auto").upper()


@dataclass(frozen=True, slots=True)
class Style:
    """What a style makes of its paragraphs or words, those that it is based on included."""

    level: int | None = None
    """0 for a title, from 1 for headings, None for text."""
    is_hidden: bool = False
    color: str = ""
    shade: str = ""
    """The colour of the words, and that behind them."""
    is_contents: bool = False
    """A line of a table of contents, which only repeats the headings."""
    list_id: str = ""
    list_level: str = ""


class Styles:
    """The styles by their ids; `margins` are the parts with running heads and feet."""

    def __init__(self, root: etree._Element | None, margins: Sequence[etree._Element] = ()) -> None:
        found = root.iterfind(f"{W}style") if root is not None else iter(())
        self._styles = {style.get(f"{W}styleId", ""): style for style in found}
        self._known: dict[str, Style] = {}
        self._margins = margins
        self._behind: bool | None = None
        self._default = next(
            (
                identifier
                for identifier, style in self._styles.items()
                if style.get(f"{W}default") in {"1", "true"} and style.get(f"{W}type") == "paragraph"
            ),
            "",
        )

    def id_of(self, paragraph: etree._Element) -> str:
        """The id of the paragraph's style."""
        return value(paragraph, "pPr/pStyle") or self._default

    def of(self, identifier: str) -> Style:
        """The style of that id."""
        if identifier not in self._known:
            self._known[identifier] = self._read(identifier)
        return self._known[identifier]

    def is_white_on_white(self, run: etree._Element) -> bool:
        """Whether the run has the paper's own colour, and nothing around it says that the paper has another there.

        In cells and boxes, whose colour a table's style may give, and in documents with a drawing behind the words,
        as cover pages have one, white words are taken for seen.
        """
        paragraph = next(run.iterancestors(f"{W}p"), run)
        styles = [self.of(value(run, "rPr/rStyle")), self.of(self.id_of(paragraph))]
        color = next(filter(None, (value(run, "rPr/color").upper(), *(style.color for style in styles))), "")
        if color != WHITE or value(run, "rPr/highlight") or any(one.tag in _COLOURED for one in run.iterancestors()):
            return False
        if self._has_something_behind(run.getroottree()):
            return False
        shades = _shade(run, "rPr/shd"), _shade(paragraph, "pPr/shd"), *(style.shade for style in styles)
        return not {*shades} - {"", "AUTO", WHITE}

    def _has_something_behind(self, document: etree._ElementTree) -> bool:
        if self._behind is None:
            drawn = [_is_drawn_behind(document.getroot()), *(_is_drawn_behind(one, True) for one in self._margins)]
            self._behind = document.find(f"./{W}background") is not None or any(drawn)
        return self._behind

    def _read(self, identifier: str) -> Style:
        chain = list(self._chain(identifier))
        names = [name.lower() for name, _ in chain]
        styles = [style for _, style in chain if style is not None]
        return Style(
            level=next((level for name, style in chain if (level := _level(name, style)) is not None), None),
            is_hidden=next((hidden for style in styles if (hidden := hides(style, "rPr")) is not None), False),
            color=next(filter(None, (value(style, "rPr/color").upper() for style in styles)), ""),
            shade=next(filter(None, (_shade(style, f"{path}/shd") for style in styles for path in ("rPr", "pPr"))), ""),
            is_contents=any(name.startswith(("toc ", "table of figures")) for name in names),
            list_id=next(filter(None, (value(style, "pPr/numPr/numId") for style in styles)), ""),
            list_level=next(filter(None, (value(style, "pPr/numPr/ilvl") for style in styles)), ""),
        )

    def _chain(self, identifier: str) -> Iterator[tuple[str, etree._Element | None]]:
        """The style's name and itself, then those it is based on. An unknown one is called by its id."""
        seen: set[str] = set()
        while identifier and identifier not in seen:
            seen.add(identifier)
            style = self._styles.get(identifier)
            yield (identifier, None) if style is None else (value(style, "name"), style)
            identifier = "" if style is None else value(style, "basedOn")


def _is_drawn_behind(part: etree._Element, is_margin: bool = False) -> bool:
    """Whether a drawing lies behind the words; those of heads and feet do wherever nothing flows around them."""
    for anchor in part.iter(f"{_DRAWING}anchor"):
        if anchor.get("behindDoc") in {"1", "true"} or (is_margin and anchor.find(f"{_DRAWING}wrapNone") is not None):
            return True
    styles = [one.get("style", "") for one in part.iter(f"{_OLD_DRAWING}*")]
    return any(_LOW.search(style) or (is_margin and "position:absolute" in style) for style in styles)


def outline_level(element: etree._Element) -> int | None:
    """The level that a paragraph or style sets by itself; 10 is that of plain text."""
    level = value(element, "pPr/outlineLvl")
    return int(level) + 1 if level.isdigit() else None


def _level(name: str, style: etree._Element | None) -> int | None:
    if name.lower() in {"title", "titre"}:
        return TITLE_LEVEL
    if heading := _HEADING.fullmatch(name):
        return int(heading[1])
    return None if style is None else outline_level(style)


@dataclass(frozen=True, slots=True)
class _List:
    counter: str  # lists of one definition count on together
    levels: dict[int, Level]


class Lists:
    """The marks of numbered paragraphs, in the order in which they are asked for."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, Counter] = {}
        if root is None:
            return
        abstract = {one.get(f"{W}abstractNumId", ""): one for one in root.iterfind(f"{W}abstractNum")}
        abstract_of = {one.get(f"{W}numId", ""): value(one, "abstractNumId") for one in root.iterfind(f"{W}num")}
        for number in root.iterfind(f"{W}num"):
            self._add(number, abstract, abstract_of)

    def _add(self, number: etree._Element, abstract: dict[str, etree._Element], abstract_of: dict[str, str]) -> None:
        identifier = number.get(f"{W}numId", "")
        counter = abstract_of[identifier]
        definition = abstract.get(counter)
        if definition is not None and (linked := value(definition, "numStyleLink")):
            definition = abstract.get(abstract_of.get(self._styles.of(linked).list_id, ""))
        levels = _levels(definition) if definition is not None else {}
        for override in number.iterfind(f"{W}lvlOverride"):
            counter = f"num {identifier}"
            level = int(override.get(f"{W}ilvl", "0"))
            levels.update(_levels(override))
            start = value(override, "startOverride")
            if start.isdigit():
                levels[level] = replace(levels.get(level, Level("decimal")), start=int(start))
        self._lists[identifier] = _List(counter, levels)

    def mark(self, paragraph: etree._Element) -> str:
        """The paragraph's own, with a space after it; empty for one that is in no list."""
        identifier = self._styles.id_of(paragraph)
        style = self._styles.of(identifier)
        number = value(paragraph, "pPr/numPr/numId") or style.list_id
        level = value(paragraph, "pPr/numPr/ilvl") or style.list_level or self._linked(number, identifier)
        found = self._lists.get(number)
        if found is None or not found.levels:
            return ""
        counter = self._counters.setdefault(found.counter, Counter(found.levels))
        return counter.next(int(level) if level.isdigit() else 0)

    def _linked(self, number: str, style: str) -> str:
        """The level that is made for that style."""
        found = self._lists.get(number)
        levels = found.levels.items() if found is not None else ()
        return next((str(index) for index, level in levels if level.linked_style == style), "")


def _levels(parent: etree._Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for level in parent.iterfind(f"{W}lvl"):
        start = value(level, "start")
        levels[int(level.get(f"{W}ilvl", "0"))] = Level(
            style=_STYLES.get(value(level, "numFmt"), "decimal"),
            pattern=value(level, "lvlText"),
            start=int(start) if start.isdigit() else 1,
            linked_style=value(level, "pStyle"),
        )
    return levels
