"""What all office formats share: titles, dates, and the document made of what was found."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath

from lxml import etree

from ingestion.characters import one_line, smuggled
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty, FileUnreadable
from ingestion.invisible import invisible_places
from ingestion.parsing.container import SAVE_AGAIN, Container
from ingestion.parsing.described import Described, metadata
from ingestion.parsing.grid import SEPARATOR
from ingestion.parsing.marks import BULLET
from ingestion.parsing.outline import Heading, Paragraph, outline

_SLIDE = re.compile(r"Diapositive \d+(?: : )?")
Item = Heading | Paragraph

TITLE_CHARACTERS = 100

SUFFIXES = frozenset({".doc", ".docx", ".odp", ".ods", ".odt", ".ppt", ".pptx", ".rtf", ".xls", ".xlsx"})
_PLACEHOLDERS = frozenset(
    {"diapositive 1", "document1", "powerpoint presentation", "présentation powerpoint", "sans titre", "untitled"}
)


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def document_of(
    items: Iterable[Item], described: Described, name: str, *, is_named_by_heading: bool = True
) -> ParsedDocument:
    """Where the file's own title says nothing, the highest heading, else the file's name stands for it.

    Raises `DocumentEmpty`, and `FileUnreadable` for what is nested too deep to be read.
    """
    try:
        found = list(items)
    except RecursionError as error:
        raise FileUnreadable(name, "ce fichier imbrique trop de niveaux", SAVE_AGAIN) from error
    title = _meant(described.title) or (_highest(found) if is_named_by_heading else "") or PurePath(name).stem
    blocks = outline(found, title)
    if not blocks:
        raise DocumentEmpty(name)
    return ParsedDocument(metadata(title, described), blocks)


def with_besides(
    document: ParsedDocument, container: Container, unseen: Iterable[str], margins: Iterable[str]
) -> ParsedDocument:
    """The document with what its file holds besides: what is unseen, once each, and running heads and feet."""
    raw = "\n".join(container.raw.values())
    return replace(
        document,
        unseen="\n".join(dict.fromkeys(filter(None, (*unseen, smuggled(raw))))),
        margins="\n".join(dict.fromkeys(filter(None, margins))),
        invisible=invisible_places(raw),
    )


def hidden_part(kind: str, texts: Iterable[str]) -> list[str]:
    """What a part says that a reader does not see, under its kind in French; nothing where it says nothing."""
    said = [text for text in texts if text.strip(" |\n")]
    return [f"[{kind}]", *said] if said else []


def lines(text: str) -> str:
    """Its lines without needless blanks."""
    return "\n".join(filter(None, map(one_line, text.split("\n"))))


def _meant(title: str) -> str:
    """The title, unless a program wrote it: a file's name, or what stands there before anybody writes."""
    is_file_name = "_" in title or PurePath(title).suffix.lower() in SUFFIXES
    return "" if is_file_name or len(title) < 4 or title.lower() in _PLACEHOLDERS else title


def _highest(items: list[Item]) -> str:
    headings = [item for item in items if isinstance(item, Heading) and one_line(item.text)]
    return _SLIDE.sub("", one_line(min(headings, key=lambda heading: heading.level).text)) if headings else ""


def slide_items(number: int, title: str, items: list[Item]) -> Iterator[Item]:
    """A slide under its number and title; without one, the short text that it begins with is its title."""
    title = one_line(title)
    if not title and items and _could_be_title(items[0]):
        title, items = one_line(items[0].text), items[1:]
    if title or items:
        yield Heading(f"Diapositive {number} : {title}" if title else f"Diapositive {number}", 1)
        yield from items


def _could_be_title(item: Item) -> bool:
    text = item.text
    is_row = isinstance(item, Paragraph) and (bool(item.header) or SEPARATOR in text)
    return not is_row and len(text) <= TITLE_CHARACTERS and "\n" not in text and not text.startswith(BULLET)
