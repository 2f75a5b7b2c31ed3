"""PPTX: each visible slide under its number and title, with its lists, tables and diagrams.

Read with lxml alone: on the same files xberg breaks tables into words and gives hidden slides, and
python-pptx (with Pillow and XlsxWriter, 11 MB) would spare a few lines. Speakers' notes, comments and what
stands on every slide are not read; nothing outside the file is fetched, no macro is read.
"""

from collections.abc import Iterable, Iterator

from lxml import etree

from ingestion.document import ParsedDocument
from ingestion.parsing.container import Container, open_container
from ingestion.parsing.grid import COVERED, Cell, Row, paragraphs
from ingestion.parsing.marks import BULLET, written
from ingestion.parsing.office import Item, document_of, lines, local, slide_items, with_besides
from ingestion.parsing.outline import Paragraph
from ingestion.parsing.relations import RELATION, described, main_part, named

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum"})
_LISTED = frozenset({"", "body", "obj"})  # places whose paragraphs have bullets unless they say otherwise
_NUMBERS = {"alphaLc": "letter", "alphaUc": "LETTER", "romanLc": "roman", "romanUc": "ROMAN"}
_OFF = frozenset({"0", "false"})


class PptxParser:
    """Reads PowerPoint's files since 2007."""

    suffixes = frozenset({".pptx", ".pptm", ".ppsx"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        container = open_container(content, name)
        title, date = described(container)
        feet: dict[str, None] = {}
        document = document_of(_slides(container, feet), title, date, name)
        return with_besides(document, container, (), feet)


def _slides(container: Container, feet: dict[str, None]) -> Iterator[Item]:
    """Fills `feet` with what stands on many slides."""
    part = main_part(container)
    parts = named(container, part)
    for number, place in enumerate(container.xml(part).iterfind(f"{P}sldIdLst/{P}sldId"), 1):
        slide_part = parts.get(place.get(f"{RELATION}id", ""), "")
        slide = container.xml(slide_part)
        shapes = slide.find(f"{P}cSld/{P}spTree")
        if slide.get("show") in _OFF or shapes is None:
            continue
        reader = _Slide(container, slide_part)
        said = list(reader.shapes(shapes))
        feet |= dict.fromkeys(reader.feet)
        yield from slide_items(number, reader.title, said)


class _Slide:
    def __init__(self, container: Container, part: str) -> None:
        self._container = container
        self._part = part
        self.title = ""
        self.feet: list[str] = []
        """Both are known once the shapes are read."""

    def shapes(self, parent: Iterable[etree._Element]) -> Iterator[Item]:
        for shape in parent:
            properties = next(shape.iterfind(f"*/{P}cNvPr"), None)
            if properties is not None and properties.get("hidden") in {"1", "true"}:
                continue
            match local(shape):
                case "sp":
                    yield from self._shape(shape)
                case "grpSp":
                    yield from self.shapes(shape)
                case "AlternateContent":
                    yield from self.shapes(next(iter(shape), ()))
                case "graphicFrame":
                    yield from self._frame(shape)

    def _shape(self, shape: etree._Element) -> Iterator[Item]:
        place = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        role = None if place is None else place.get("type", "")
        body = shape.find(f"{P}txBody")
        if body is None:
            return
        if role in _FURNITURE:
            self.feet += [text for text, _ in _texts(body)]
            return
        if role in _TITLES and not self.title:
            self.title = " ".join(text for text, _ in _texts(body))
        else:
            yield from _marked(body, is_listed=role in _LISTED)

    def _frame(self, frame: etree._Element) -> Iterator[Item]:
        for table in frame.iterfind(f"{A}graphic/{A}graphicData/{A}tbl"):
            yield from paragraphs(Row(tuple(map(_cell, row.iterfind(f"{A}tc")))) for row in table.iterfind(f"{A}tr"))
        for diagram in frame.iterfind(f"{A}graphic/{A}graphicData/{_DIAGRAM}relIds"):
            part = named(self._container, self._part).get(diagram.get(f"{RELATION}dm", ""), "")
            root = self._container.xml_or_none(part)
            for point in root.iter(f"{_DIAGRAM}t") if root is not None else ():
                yield from (Paragraph(text) for text, _ in _texts(point))


def _marked(body: etree._Element, is_listed: bool) -> Iterator[Paragraph]:
    """Paragraphs with their marks; numbers count on as long as nothing stands between them."""
    reached: dict[int, int] = {}
    for text, properties in _texts(body):
        level = properties.get("lvl", "0") if properties is not None else "0"
        depth = int(level) if level.isdigit() else 0
        kind = "" if properties is None else next((name for name in map(local, properties) if name in _BULLETS), "")
        for other in [other for other in reached if other > depth or (other == depth and kind != "buAutoNum")]:
            del reached[other]
        match kind:
            case "buAutoNum":
                numbers = properties.find(f"{A}buAutoNum") if properties is not None else None
                reached[depth] = reached.get(depth, _start(numbers) - 1) + 1
                yield Paragraph(f"{_number(reached[depth], numbers)} {text}")
            case "buChar" | "buBlip":
                yield Paragraph(f"{BULLET} {text}")
            case "" if is_listed:
                yield Paragraph(f"{BULLET} {text}")
            case _:
                yield Paragraph(text)


_BULLETS = frozenset({"buAutoNum", "buBlip", "buChar", "buNone"})


def _start(numbers: etree._Element | None) -> int:
    start = numbers.get("startAt", "1") if numbers is not None else "1"
    return int(start) if start.isdigit() else 1


def _number(number: int, numbers: etree._Element | None) -> str:
    """As the list writes it: `arabicPeriod` is « 1. », `alphaLcParenBoth` « (a) »."""
    form = numbers.get("type", "") if numbers is not None else ""
    style = next((style for name, style in _NUMBERS.items() if form.startswith(name)), "decimal")
    text = written(number, style)
    if form.endswith("ParenBoth"):
        return f"({text})"
    return f"{text})" if form.endswith("ParenR") else f"{text}."


def _texts(body: etree._Element) -> Iterator[tuple[str, etree._Element | None]]:
    """Paragraphs that say something, with their properties."""
    for paragraph in body.iterfind(f"{A}p"):
        words = ["\n" if local(run) == "br" else run.findtext(f"{A}t") or "" for run in paragraph]
        if text := lines("".join(words)):
            yield text, paragraph.find(f"{A}pPr")


def _cell(cell: etree._Element) -> Cell:
    if cell.get("hMerge", "0") not in _OFF or cell.get("vMerge", "0") not in _OFF:
        return COVERED
    body = cell.find(f"{A}txBody")
    text = "" if body is None else " ".join(text for text, _ in _texts(body))
    return Cell(text, is_tall=cell.get("rowSpan", "1") != "1")
