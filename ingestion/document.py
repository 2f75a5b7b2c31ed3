"""What a parser makes of a file: metadata and blocks of text under their headings."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from retrieval.corpus import Box, DocumentMetadata


class Block(NamedTuple):
    """One paragraph, list item or table row; never spans a heading or a page.

    `header` is the header row of the table to which a row belongs; `boxes` are the lines on the page,
    and `line_starts` the places in the text at which they begin, where these are known.
    """

    text: str
    heading_path: tuple[str, ...] = ()
    page: int | None = None
    header: str = ""
    boxes: tuple[Box, ...] = ()
    line_starts: tuple[int, ...] = ()

    def boxes_of(self, start: int, end: int) -> tuple[Box, ...]:
        """The boxes of the lines that hold these characters; all, where nobody knows which do."""
        if (start <= 0 and end >= len(self.text)) or len(self.line_starts) != len(self.boxes):
            return self.boxes
        first = max(0, bisect_right(self.line_starts, start) - 1)
        return self.boxes[first : bisect_left(self.line_starts, end)]


@dataclass(frozen=True)
class ParsedDocument:
    """A document as text. `text` joins the blocks by line breaks; locators count characters in it.

    None of these is text: `unseen`, what the file holds that no reader sees though it could (hidden by colour, by size,
    by saying so, or written in invisible characters); `invisible`, places of invisible characters that have no business
    there, one a line; and `margins`, the running heads and feet that were left out.
    """

    metadata: DocumentMetadata
    blocks: tuple[Block, ...]
    unseen: str = ""
    margins: str = ""
    invisible: str = ""

    @cached_property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)
