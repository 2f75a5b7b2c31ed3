"""What an answer's words are made of: paragraphs, lists and tables, with bold and italics.

CommonMark (0.31) and tables, as far as they give form. A link, an image, HTML, code or an escape stays the characters
that it is: nothing of what a model wrote is alive. A new line is a new paragraph, as the chat shows it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_markdown = MarkdownIt("zero").enable(["emphasis", "list", "newline", "table"])


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one kind."""

    text: str
    bold: bool = False
    italic: bool = False


Words = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    words: Words


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `start` is the number of its first item, None where they have none. Items may hold lists again."""

    items: tuple[tuple["Block", ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all of as many; the first row is its head."""

    rows: tuple[tuple[Words, ...], ...]


Block = Paragraph | Items | Table


def blocks(text: str) -> tuple[Block, ...]:
    """The text in its order; what says nothing is left out."""
    return tuple(_blocks(SyntaxTreeNode(_markdown.parse(text)).children))


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
    for node in nodes:
        match node.type:
            case "bullet_list":
                yield Items(_items(node))
            case "ordered_list":
                yield Items(_items(node), int(node.attrs.get("start", 1)))
            case "table":
                rows = [row for part in node.children for row in part.children]
                yield Table(tuple(tuple(map(_words, row.children)) for row in rows))
            case _:
                yield from _paragraphs(node)


def _items(node: SyntaxTreeNode) -> tuple[tuple[Block, ...], ...]:
    return tuple(tuple(_blocks(item.children)) for item in node.children)


def _paragraphs(node: SyntaxTreeNode) -> Iterator[Paragraph]:
    """One a line."""
    for is_break, runs in groupby(_runs(node.children), lambda run: run is None):
        if not is_break:
            yield Paragraph(tuple(run for run in runs if run))


def _words(cell: SyntaxTreeNode) -> Words:
    return tuple(run for run in _runs(cell.children) if run)


def _runs(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Run | None]:
    """The words in there; None where a new line begins."""
    bold = italic = 0
    for token in (token for node in nodes if node.token for token in node.token.children or ()):
        match token.type:
            case "strong_open" | "strong_close":
                bold += token.nesting
            case "em_open" | "em_close":
                italic += token.nesting
            case "softbreak" | "hardbreak":
                yield None
            case _ if token.content:
                yield Run(token.content, bold > 0, italic > 0)
