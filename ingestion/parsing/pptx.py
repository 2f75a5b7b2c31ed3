"""PPTX: each visible slide under its number and title, with its lists, tables and diagrams.

Read with lxml alone: on the same files xberg breaks tables into words and gives hidden slides, and
python-pptx (with Pillow and XlsxWriter, 11 MB) would spare a few lines. Speakers' notes, comments and what
stands on every slide are not read, hidden slides, shapes and words are told besides; nothing outside the file is
fetched, no macro is read.
"""

from collections.abc import Iterable, Iterator

from lxml import etree

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.parsing.container import Container, open_container
from ingestion.parsing.grid import COVERED, Cell, Row, paragraphs
from ingestion.parsing.marks import BULLET, written
from ingestion.parsing.office import Item, document_of, hidden_part, lines, local, slide_items, with_besides
from ingestion.parsing.outline import Paragraph
from ingestion.parsing.pptx_sight import A, Box, P, box_of, coloured, is_hidden, is_unseen, meet, slide_box
from ingestion.parsing.relations import RELATION, described, main_part, named, of_kind

_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum"})
_LISTED = frozenset({"", "body", "obj"})  # places whose paragraphs have bullets unless they say otherwise
_NUMBERS = {"alphaLc": "letter", "alphaUc": "LETTER", "romanLc": "roman", "romanUc": "ROMAN"}
_OFF = frozenset({"0", "false"})

Marked = tuple[str, etree._Element | None]  # a paragraph's text and its properties


class PptxParser:
    """Reads PowerPoint's files since 2007."""

    suffixes = frozenset({".pptx", ".pptm", ".ppsx"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        container = open_container(content, name)
        said = described(container)
        feet: dict[str, None] = {}
        unseen: list[str] = []
        document = document_of(_slides(container, feet, unseen), said, name)
        return with_besides(document, container, unseen, feet)


def _slides(container: Container, feet: dict[str, None], unseen: list[str]) -> Iterator[Item]:
    """Fills `feet` with what stands on many slides, and `unseen` with what is hidden in them."""
    part = main_part(container)
    parts = named(container, part)
    presentation = container.xml(part)
    show, patterns = slide_box(presentation), _Patterns(container)
    for number, place in enumerate(presentation.iterfind(f"{P}sldIdLst/{P}sldId"), 1):
        slide_part = parts.get(place.get(f"{RELATION}id", ""), "")
        slide = container.xml(slide_part)
        shapes = slide.find(f"{P}cSld/{P}spTree")
        if shapes is None:
            continue
        reader = _Slide(container, slide_part, [*coloured(slide), *patterns.behind(slide_part)])
        said = list(reader.slide(shapes, show))
        if slide.get("show") in _OFF:
            unseen += hidden_part(
                f"diapositive masquée {number}", [reader.title, *(one.text for one in said), *reader.unseen]
            )
            continue
        unseen += hidden_part(f"objets masqués de la diapositive {number}", reader.unseen)
        feet |= dict.fromkeys(reader.feet)
        yield from slide_items(number, reader.title, said)


class _Patterns:
    """Where layouts, and their masters, put something coloured behind the slides; each is read once."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._known: dict[str, list[Box]] = {}

    def behind(self, slide_part: str) -> list[Box]:
        layout = of_kind(self._container, slide_part, "slideLayout") or ""
        if layout not in self._known:
            master = of_kind(self._container, layout, "slideMaster") or ""
            roots = map(self._container.xml_or_none, (layout, master))
            self._known[layout] = [box for root in roots if root is not None for box in coloured(root)]
        return self._known[layout]


class _Slide:
    def __init__(self, container: Container, part: str, coloured: list[Box]) -> None:
        self._container = container
        self._part = part
        self._coloured = coloured
        self._is_paper_white = True
        self.title = ""
        self.feet: list[str] = []
        self.unseen: list[str] = []
        """All three are known once the shapes are read."""

    def slide(self, shapes: etree._Element, show: Box) -> Iterator[Item]:
        """The shapes that stand on the slide, one by one."""
        for shape in shapes:
            box = box_of(shape)
            self._is_paper_white = not any(meet(box, one) for one in self._coloured)
            if meet(box, show):
                yield from self._shapes((shape,))
            else:
                self.unseen += _said(shape)

    def _shapes(self, parent: Iterable[etree._Element]) -> Iterator[Item]:
        for shape in parent:
            if is_hidden(shape):
                self.unseen += _said(shape)
                continue
            match local(shape):
                case "sp":
                    yield from self._shape(shape)
                case "grpSp":
                    yield from self._shapes(shape)
                case "AlternateContent":
                    yield from self._shapes(next(iter(shape), ()))
                case "graphicFrame":
                    yield from self._frame(shape)

    def _shape(self, shape: etree._Element) -> Iterator[Item]:
        place = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        role = None if place is None else place.get("type", "")
        body = shape.find(f"{P}txBody")
        if body is None:
            return
        if role in _FURNITURE:
            self.feet += [text for text, _ in self._texts(body)]
            return
        if role in _TITLES and not self.title:
            self.title = " ".join(text for text, _ in self._texts(body))
        else:
            yield from _marked(self._texts(body), is_listed=role in _LISTED)

    def _frame(self, frame: etree._Element) -> Iterator[Item]:
        for table in frame.iterfind(f"{A}graphic/{A}graphicData/{A}tbl"):
            rows = table.iterfind(f"{A}tr")
            yield from paragraphs(Row(tuple(map(self._cell, row.iterfind(f"{A}tc")))) for row in rows)
        for diagram in frame.iterfind(f"{A}graphic/{A}graphicData/{_DIAGRAM}relIds"):
            part = named(self._container, self._part).get(diagram.get(f"{RELATION}dm", ""), "")
            root = self._container.xml_or_none(part)
            for point in root.iter(f"{_DIAGRAM}t") if root is not None else ():
                yield from (Paragraph(text) for text, _ in self._texts(point))

    def _cell(self, cell: etree._Element) -> Cell:
        if cell.get("hMerge", "0") not in _OFF or cell.get("vMerge", "0") not in _OFF:
            return COVERED
        body = cell.find(f"{A}txBody")
        text = "" if body is None else " ".join(text for text, _ in self._texts(body))
        return Cell(text, is_tall=cell.get("rowSpan", "1") != "1")

    def _texts(self, body: etree._Element) -> Iterator[Marked]:
        """Paragraphs that say something, with their properties."""
        for paragraph in body.iterfind(f"{A}p"):
            words: list[str] = []
            for run in paragraph:
                text = "\n" if local(run) == "br" else run.findtext(f"{A}t") or ""
                if is_unseen(run, self._is_paper_white):
                    self.unseen += filter(None, [one_line(text)])
                else:
                    words.append(text)
            if text := lines("".join(words)):
                yield text, paragraph.find(f"{A}pPr")


def _said(shape: etree._Element) -> Iterator[str]:
    """The lines of a shape, a group or a table that nobody sees."""
    for paragraph in shape.iter(f"{A}p"):
        yield one_line("".join(text.text or "" for text in paragraph.iter(f"{A}t")))


def _marked(texts: Iterable[Marked], is_listed: bool) -> Iterator[Paragraph]:
    """Paragraphs with their marks; numbers count on as long as nothing stands between them."""
    reached: dict[int, int] = {}
    for text, properties in texts:
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
