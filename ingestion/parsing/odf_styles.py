"""What the styles of an OpenDocument file say (ODF 1.3, part 3, clauses 16 to 20)."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from ingestion.parsing.marks import Counter, Level
from ingestion.parsing.office import local

_ODF = "{{urn:oasis:names:tc:opendocument:xmlns:{}:1.0}}"
OFFICE, TEXT, TABLE, STYLE, DRAW, META, PRESENTATION, MANIFEST = (
    _ODF.format(name) for name in ("office", "text", "table", "style", "drawing", "meta", "presentation", "manifest")
)
FO = _ODF.format("xsl-fo-compatible")
_FONT_SIZE, _COLOR, _BACKGROUND = (FO + name for name in ("font-size", "color", "background-color"))
_POINTS = re.compile(r"([\d.]+)pt")
_NUMBERS = {"1": "decimal", "a": "letter", "A": "LETTER", "i": "roman", "I": "ROMAN"}
UNSEEN_SIZE = 1.0  # points
OUTLINE_LEVELS = 10


class Styles:
    """Styles by family and name; one without a word of its own speaks for its parent."""

    def __init__(self, roots: Iterable[etree._Element]) -> None:
        self._styles: dict[tuple[str, str], etree._Element] = {}
        self._lists: dict[str, dict[int, Level]] = {}
        self._outline: dict[int, Level] = {}
        self._hidden: dict[tuple[str, str], bool | None] = {}
        self._white: dict[tuple[str, str], bool] = {}
        for style in (style for root in roots for group in root for style in group):
            name = style.get(f"{STYLE}name", "")
            match local(style):
                case "style":
                    self._styles[style.get(f"{STYLE}family", ""), name] = style
                case "list-style":
                    self._lists[name] = _levels(style)
                case "outline-style":
                    self._outline = _levels(style)

    def outline(self) -> Counter:
        """The numbers of headings."""
        return Counter({level: Level("none") for level in range(OUTLINE_LEVELS)} | self._outline)

    def counter(self, name: str) -> Counter:
        """The marks of lists in that style, from their beginning."""
        return Counter(self._lists.get(name, {}))

    def hides(self, family: str, name: str) -> bool | None:
        """Whether text in that style is hidden, by saying so or by its size; None where it leaves this open."""
        key = family, name
        if key not in self._hidden:
            answers = (_hides(style) for style in self._chain(family, name))
            self._hidden[key] = next((answer for answer in answers if answer is not None), None)
        return self._hidden[key]

    def is_white(self, family: str, name: str) -> bool:
        """Whether text in that style is white and the style gives it no colour behind it, on a condition or not."""
        key = family, name
        if key not in self._white:
            color = self.says(family, name, "text-properties", _COLOR)
            kinds = ("text-properties", "paragraph-properties", "table-cell-properties")
            behind = {self.says(family, name, kind, _BACKGROUND) for kind in kinds}
            is_conditional = any(style.find(f"{STYLE}map") is not None for style in self._chain(family, name))
            is_plain = behind <= {"", "transparent", "#ffffff"} and not is_conditional
            self._white[key] = color.lower() == "#ffffff" and is_plain
        return self._white[key]

    def is_title(self, name: str) -> bool:
        """Whether paragraphs in that style are the document's title."""
        return any(style.get(f"{STYLE}name") == "Title" for style in self._chain("paragraph", name))

    def says(self, family: str, name: str, properties: str, attribute: str) -> str:
        """An attribute of such properties in that style; empty where it is not set."""
        found = (style.find(STYLE + properties) for style in self._chain(family, name))
        return next((one.get(attribute, "") for one in found if one is not None and attribute in one.attrib), "")

    def _chain(self, family: str, name: str) -> Iterator[etree._Element]:
        seen: set[str] = set()
        while name not in seen and (style := self._styles.get((family, name))) is not None:
            seen.add(name)
            yield style
            name = style.get(f"{STYLE}parent-style-name", "")


def _hides(style: etree._Element) -> bool | None:
    properties = style.find(f"{STYLE}text-properties")
    if properties is None:
        return None
    size = _POINTS.fullmatch(properties.get(_FONT_SIZE, ""))
    if size is not None and float(size[1] or 0) <= UNSEEN_SIZE:
        return True
    display = properties.get(f"{TEXT}display")
    return None if display is None else display == "none"


def _levels(style: etree._Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for element in style:
        number = _count(element.get(f"{TEXT}level"), 1)
        written = element.get(f"{STYLE}num-format")
        if local(element) in {"list-level-style-number", "outline-level-style"}:
            shown = min(_count(element.get(f"{TEXT}display-levels"), 1), number)
            places = ".".join(f"%{level}" for level in range(number - shown + 1, number + 1))
            before, after = element.get(f"{STYLE}num-prefix", ""), element.get(f"{STYLE}num-suffix", "")
            kind = _NUMBERS.get(written or "", "none")
            levels[number - 1] = Level(kind, before + places + after, _count(element.get(f"{TEXT}start-value"), 1))
        else:
            levels[number - 1] = Level("bullet")
    return levels


def _count(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else otherwise


def count(element: etree._Element, attribute: str) -> int:
    """A number that an attribute holds; 1 where it is not set."""
    return _count(element.get(attribute), 1)
