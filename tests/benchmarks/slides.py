"""The documents of known structure as presentations: a slide a heading, with what stands under it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from tests.benchmarks.structured import Items, Part, Rows, Structured, Text, Title, read_of

_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{where}:1.0"'
    for name, where in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "presentation": "presentation",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
        "meta": "meta",
    }.items()
)
_LISTS = (
    '<text:list-style style:name="bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/>'
    '</text:list-style><text:list-style style:name="numbers"><text:list-level-style-number text:level="1"'
    ' style:num-format="1" style:num-suffix="."/></text:list-style>'
)
_PAGE = (
    '<style:page-layout style:name="page"><style:page-layout-properties fo:page-width="28cm" fo:page-height="15.75cm"/>'
    "</style:page-layout>"
)


@dataclass(frozen=True, slots=True)
class Slides:
    """A presentation, and what is read of it."""

    name: str
    title: str
    slides: tuple[tuple[str, tuple[Part, ...]], ...]
    """Each with its title."""

    def texts(self) -> Iterator[str]:
        """All that is read from the first slide to the last."""
        for number, (title, parts) in enumerate(self.slides, 1):
            yield f"Diapositive {number} : {title}"
            yield from read_of(parts)

    def notes(self) -> list[str]:
        """Slides have none."""
        return []

    def headings(self) -> list[tuple[str, ...]]:
        """The slides' titles, none above another."""
        return [(f"Diapositive {number} : {title}",) for number, (title, _) in enumerate(self.slides, 1)]

    def cells(self) -> list[tuple[int, str]]:
        """The cells of all tables, row by row, each with its column from 0."""
        tables = (part for _, parts in self.slides for part in parts if isinstance(part, Rows))
        return [place for table in tables for row in table.rows for place in enumerate(row)]


def slides_of(document: Structured) -> Slides:
    """The document, a slide a heading."""
    slides: list[tuple[str, list[Part]]] = []
    for part in document.parts:
        if isinstance(part, Title):
            slides.append((part.text, []))
        elif slides:
            slides[-1][1].append(part)
    return Slides(document.name, document.title, tuple((title, tuple(parts)) for title, parts in slides))


def flat(slides: Slides) -> str:
    """The presentation as flat OpenDocument (ODF 1.3, part 3)."""
    pages = "".join(_page(number, *slide) for number, slide in enumerate(slides.slides, 1))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {_NAMESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.presentation">
<office:meta><dc:title>{escape(slides.title)}</dc:title></office:meta>
<office:automatic-styles>{_PAGE}{_LISTS}</office:automatic-styles>
<office:master-styles><style:master-page style:name="master" style:page-layout-name="page"/></office:master-styles>
<office:body><office:presentation>{pages}</office:presentation></office:body></office:document>"""


def _page(number: int, title: str, parts: tuple[Part, ...]) -> str:
    shapes = [_frame(0.5, f"<text:p>{escape(title)}</text:p>", 'presentation:class="title"')]
    shapes += [_shape(place, part) for place, part in enumerate(parts)]
    return f'<draw:page draw:name="p{number}" draw:master-page-name="master">{"".join(shapes)}</draw:page>'


def _shape(place: int, part: Part) -> str:
    top = 3.0 + 3 * place
    match part:
        case Text(text):
            return _frame(top, f"<text:p>{escape(text)}</text:p>")
        case Items(texts, is_numbered):
            items = "".join(f"<text:list-item><text:p>{escape(text)}</text:p></text:list-item>" for text in texts)
            style = "numbers" if is_numbered else "bullets"
            return _frame(top, f'<text:list text:style-name="{style}">{items}</text:list>')
        case Rows(rows):
            columns = "<table:table-column/>" * len(rows[0])
            written = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
            return f"<draw:frame {_place(top)}><table:table>{columns}{written}</table:table></draw:frame>"
        case Title():
            raise ValueError(part)  # each stands on a slide of its own


def _cell(text: str) -> str:
    return f"<table:table-cell><text:p>{escape(text)}</text:p></table:table-cell>"


def _frame(top: float, content: str, role: str = "") -> str:
    return f"<draw:frame {_place(top)} {role}><draw:text-box>{content}</draw:text-box></draw:frame>"


def _place(top: float) -> str:
    return f'draw:layer="layout" svg:x="1cm" svg:y="{top}cm" svg:width="26cm" svg:height="2cm"'
