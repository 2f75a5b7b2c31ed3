"""Markdown (CommonMark and tables), with the title and date of its front matter."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingestion.characters import one_line, smuggled
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty
from ingestion.invisible import invisible_places
from ingestion.parsing.dates import iso_date
from ingestion.parsing.outline import Heading, Paragraph, outline
from ingestion.parsing.text import decode
from retrieval.corpus import DocumentMetadata

_FRONT_MATTER = re.compile(r"\A---[^\S\n]*\n(.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL)
_ENTRY = re.compile(r"^(\w+)\s*:\s*(.*?)\s*$", re.MULTILINE)
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^>]*>", re.DOTALL)

_markdown = MarkdownIt("commonmark").enable("table")


class MarkdownParser:
    """Reads Markdown; HTML inside it counts as its text without the tags."""

    suffixes = frozenset({".md", ".markdown"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        text = decode(content).replace("\r\n", "\n")
        unseen, invisible = smuggled(text), invisible_places(text)
        front, text = _front_matter(text)
        items = list(_items(_markdown.parse(text)))
        title = one_line(front.get("title", "")) or _first_heading(items) or PurePath(name).stem
        blocks = outline(items, title)
        if not blocks:
            raise DocumentEmpty(name)
        metadata = DocumentMetadata(title=title, date=iso_date(front.get("date", "")))
        return ParsedDocument(metadata, blocks, unseen, invisible=invisible)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The simple entries of a YAML head, lower-case keys, and the text after it."""
    found = _FRONT_MATTER.match(text)
    if found is None:
        return {}, text
    entries = {key.lower(): value.strip("\"'") for key, value in _ENTRY.findall(found[1])}
    return entries, text[found.end() :]


def _first_heading(items: list[Heading | Paragraph]) -> str:
    highest = min((item.level for item in items if isinstance(item, Heading)), default=0)
    return next((one_line(item.text) for item in items if isinstance(item, Heading) and item.level == highest), "")


def _items(tokens: list[Token]) -> Iterator[Heading | Paragraph]:
    place = _Place()
    for token in tokens:
        place.move(token)
        match token.type:
            case "inline" if place.level:
                yield Heading(_inline(token), place.level)
            case "inline" if place.row is not None:
                place.row.append(one_line(_inline(token)))
            case "inline":
                yield Paragraph(place.marked(_inline(token)))
            case "tr_close":
                yield Paragraph(" | ".join(place.ended_row))
            case "fence" | "code_block":
                yield Paragraph(token.content)
            case "html_block":
                yield Paragraph(place.marked(_TAG.sub(" ", token.content).strip()))
            case _:
                pass


class _Place:
    """The heading, list or table row that is open."""

    def __init__(self) -> None:
        self.level = 0  # of the heading
        self.row: list[str] | None = None  # cells so far
        self.ended_row: list[str] = []
        self._markers: list[str] = []  # of the lists; an item's marker stands before its first line only

    def move(self, token: Token) -> None:
        """Go where the token leads."""
        match token.type:
            case "heading_open":
                self.level = int(token.tag[1:])
            case "heading_close":
                self.level = 0
            case "list_item_open":
                self._markers.append(f"{token.info}{token.markup} " if token.info else "- ")
            case "list_item_close":
                self._markers.pop()
            case "tr_open":
                self.row = []
            case "tr_close":
                self.row, self.ended_row = None, self.row or []
            case _:
                pass

    def marked(self, text: str) -> str:
        """The text after its list's marker, where it begins an item."""
        if not self._markers or not text:
            return text
        marker, self._markers[-1] = self._markers[-1], ""
        return marker + text


def _inline(token: Token) -> str:
    """The words of a line: no emphasis marks, images by their alternative text, links by their text."""
    words: list[str] = []
    for child in token.children or []:
        match child.type:
            case "text" | "code_inline":
                words.append(child.content)
            case "softbreak" | "hardbreak":
                words.append("\n")
            case "image":
                words.append(child.content)
            case "html_inline" if child.content.lower().startswith("<br"):
                words.append("\n")
            case _:
                pass
    return "".join(words)
