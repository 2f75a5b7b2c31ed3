"""Originals without files: each has three pages, whose pictures hold the document's text, so that any leak shows."""

from dataclasses import dataclass, field
from typing import Any

from ingestion import Block, PageNotFound, SheetView, SheetWanted
from retrieval.corpus import Box, DocumentText

PAGES = 3


@dataclass
class Drawn:
    """`error` is raised by each look at an original, where there is one; `has_pages` is what they have."""

    error: Exception | None = None
    has_pages: bool = True
    known: tuple[Block, ...] | None = None
    wanted: list[SheetWanted] = field(default_factory=list)
    blobs: Any = None  # nothing is taken away

    async def sheet(self, text: DocumentText, wanted: SheetWanted) -> SheetView | None:
        self.wanted.append(wanted)
        if self.error:
            raise self.error
        if not self.has_pages:
            return None
        if not 1 <= wanted.number <= PAGES:
            raise PageNotFound(text.document_id, wanted.number, PAGES)
        boxes = (Box(wanted.number, 0.1, 0.2, 0.6, 0.25),) if wanted.passage else ()
        png = b"\x89PNG\r\n\x1a\n" + text.text.encode() if wanted.is_drawn else b""
        return SheetView(PAGES, wanted.width, 2 * wanted.width, boxes, png)

    async def blocks(self, text: DocumentText) -> tuple[Block, ...] | None:
        if self.error:
            raise self.error
        return self.known
