"""HTML: headings, paragraphs, lists and tables of what a reader of the page sees.

Nothing outside the bytes is read: no network, no entity of the document's own, no style sheet.
"""

import re
from collections.abc import Iterator
from pathlib import PurePath

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingestion.characters import one_line, smuggled
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty, FileUnreadable
from ingestion.invisible import invisible_places
from ingestion.parsing.dates import iso_date
from ingestion.parsing.outline import Heading, Paragraph, outline
from ingestion.parsing.text import decode
from retrieval.corpus import DocumentMetadata

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_BLOCK_TAGS = """
    address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form header
    hr html legend li main ol option p pre section summary table tbody td tfoot th thead tr ul
"""
_UNSEEN_TAGS = """
    audio button canvas embed frameset head iframe map math nav noframes noscript object script select style svg
    template textarea video
"""

# Where a line of text begins and ends.
BLOCKS = HEADINGS | frozenset(_BLOCK_TAGS.split())
UNSEEN = frozenset(_UNSEEN_TAGS.split())

_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_TOO_SMALL_OR_AWAY = re.compile(
    r"font-size\s*:\s*(?:0|[01]?(?:\.\d+)?(?:px|pt)|0?\.0\d*r?em)\s*(?:;|!|\Z)"
    r"|opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|!|\Z)|(?:text-indent|left|top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|transparent\b|rgba?\(\s*25[0-5]\s*,\s*25[0-5]\s*,\s*25[0-5])",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DATES = ("date", "dc.date", "dcterms.modified", "dcterms.date", "article:modified_time", "article:published_time")


class HtmlParser:
    """Reads web pages as they were saved."""

    suffixes = frozenset({".html", ".htm", ".xhtml"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        text = _decode(content)
        page = _tree(text, name)
        main = page.find(".//main")
        raw = "".join(page.xpath("//text()[not(parent::script or parent::style)]"))
        unseen = [smuggled(raw)]
        items = list(_items(page if main is None else main, unseen))
        title = one_line(page.findtext(".//title") or "") or _first_heading(items) or PurePath(name).stem
        blocks = outline(items, title)
        if not blocks:
            raise DocumentEmpty(name)
        metadata = DocumentMetadata(title=title, date=iso_date(_meta_date(page)))
        return ParsedDocument(metadata, blocks, "\n".join(filter(None, unseen)), invisible=invisible_places(raw))


def _tree(text: str, name: str) -> HtmlElement:
    if not text.strip():
        raise DocumentEmpty(name)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except etree.ParserError as error:  # nothing but comments
        raise DocumentEmpty(name) from error
    except etree.LxmlError as error:
        raise FileUnreadable(
            name, "ce HTML est trop endommagé pour être lu", "Enregistrez la page à nouveau."
        ) from error


def _decode(content: bytes) -> str:
    """By byte order mark or UTF-8 where the bytes are, else in the character set that the page names."""
    declared = _CHARSET.search(content, 0, 4096)
    if declared is not None:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return content.decode(declared[1].decode("ascii"), errors="strict")
            except (LookupError, UnicodeDecodeError):
                return decode(content)
    return decode(content)


def _meta_date(page: HtmlElement) -> str:
    found = {
        (meta.get("name") or meta.get("property") or "").lower(): meta.get("content") or ""
        for meta in page.iterfind(".//meta")
    }
    return next((found[key] for key in _DATES if found.get(key)), "")


def _first_heading(items: list[Heading | Paragraph]) -> str:
    return next((one_line(item.text) for item in items if isinstance(item, Heading)), "")


def _unseen(element: HtmlElement) -> bool:
    return (
        element.tag in UNSEEN
        or "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or element.get("role") == "navigation"
        or _HIDING_STYLE.search(element.get("style") or "") is not None
    )


def _camouflaged(element: HtmlElement) -> bool:
    """Whether a reader misses the text for its size, its colour or its place, where the element's own style says so.

    What a page folds away (`display: none`) is no camouflage: most pages do.
    """
    style = element.get("style") or ""
    if not style or not any(element.itertext()):
        return False
    if _TOO_SMALL_OR_AWAY.search(style):
        return True
    around = (element, *element.iterancestors())
    return _WHITE.search(style) is not None and not any(
        "background" in (one.get("style") or "") or one.get("bgcolor") for one in around
    )


def _items(root: HtmlElement, unseen: list[str]) -> Iterator[Heading | Paragraph]:
    """A walk without recursion, so that no depth of nesting can exhaust the stack; fills `unseen`."""
    lines = _Lines()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            is_camouflaged = _camouflaged(element)
            if is_camouflaged:
                unseen.append(one_line("".join(element.itertext())))
            if is_camouflaged or _unseen(element):
                walk.skip_subtree()
                continue
            yield from lines.open(element)
            lines.write(element.text)
        else:
            if not _unseen(element) and not _camouflaged(element):
                yield from lines.close(element)
            if element is not root:
                lines.write(element.tail)
    yield from lines.flush()


class _Lines:
    """The line that is being written, in the list, table or preformatted text that is open."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._markers: list[str] = []
        self._rows: list[list[str]] = []  # one entry a table row that is open; the outermost is written
        self._preformatted = 0

    def write(self, text: str | None) -> None:
        if text:
            self._words.append(text if self._preformatted else re.sub(r"\s+", " ", text))

    def open(self, element: HtmlElement) -> Iterator[Heading | Paragraph]:
        tag = element.tag
        if tag == "br":
            self._words.append("\n")
        if tag not in BLOCKS:
            return
        yield from self.flush()
        if tag == "li":
            self._markers.append(_marker(element))
        elif tag == "tr" and (self._rows or not _is_layout(element)):
            self._rows.append([])
        elif tag == "pre":
            self._preformatted += 1

    def close(self, element: HtmlElement) -> Iterator[Heading | Paragraph]:
        tag = element.tag
        if tag not in BLOCKS:
            return
        if tag in HEADINGS and not self._rows and (text := self._take()):
            yield Heading(text, int(tag[1]))
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append(one_line(self._take()))
        yield from self.flush()
        if tag == "li" and self._markers:
            self._markers.pop()
        elif tag == "pre":
            self._preformatted -= 1
        elif tag == "tr" and self._rows:
            yield from self._end_row(" | ".join(self._rows.pop()))

    def flush(self) -> Iterator[Paragraph]:
        """End the line; inside a table row it only ends a word."""
        if self._rows:
            self._words.append(" ")
        elif text := self._take():
            if self._markers:
                text, self._markers[-1] = self._markers[-1] + text, ""
            yield Paragraph(text)

    def _end_row(self, row: str) -> Iterator[Paragraph]:
        if self._rows:
            self._words.append(f" {row} ")
        elif row.strip(" |"):
            yield Paragraph(row)

    def _take(self) -> str:
        text, self._words = "".join(self._words), []
        return text.strip("\n") if self._preformatted else "\n".join(filter(None, map(one_line, text.split("\n"))))


def _marker(item: HtmlElement) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    return f"{sum(1 for sibling in item.itersiblings('li', preceding=True)) + 1}. "


def _is_layout(row: HtmlElement) -> bool:
    """Whether a table row only places parts of the page, which then read one after the other."""
    return next(row.iter("table", "h1", "h2", "h3", "h4", "h5", "h6"), None) is not None
