"""Cutting a parsed document into chunks that follow its structure.

A chunk never crosses a heading or a page, holds whole paragraphs and whole tables where they fit, and is
at most `CHUNK_CHARACTERS` long (a short tail is joined to its predecessor, up to `TAIL_CHARACTERS` more):
about 300 tokens of French, well inside the 512 tokens that the embedding model reads. A chunk that begins
in the midst of a table carries the table's header row.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingestion.document import Block, ParsedDocument
from retrieval.corpus import Chunk, Locator

CHUNK_CHARACTERS = 1200
TAIL_CHARACTERS = 300
HEADER_CHARACTERS = 300

# A change in how documents become chunks is a new pipeline: points of the old one are replaced.
PIPELINE = "3"

_sentences = RecursiveCharacterTextSplitter(
    separators=["\n", ". ", "; ", ", ", " ", ""],
    keep_separator="end",
    chunk_size=CHUNK_CHARACTERS,
    chunk_overlap=0,
    strip_whitespace=False,
)

Span = tuple[int, int]


def chunk(document: ParsedDocument) -> list[Chunk]:
    """All chunks of the document, in reading order; blank spans are left out."""
    text, spans = document.text, _spans(document.blocks)
    starts = [start for start, _ in spans]
    chunks: list[Chunk] = []
    for (heading_path, page), placed in _sections(document.blocks, spans):
        for start, end in _pack(text, _whole_tables(placed)):
            start, end = _trim(text, start, end)
            if start < end:
                first, last = bisect_right(starts, start) - 1, bisect_left(starts, end)
                header = document.blocks[first].header[:HEADER_CHARACTERS]
                held = [document.blocks[n].boxes_of(start - starts[n], end - starts[n]) for n in range(first, last)]
                boxes = tuple(chain.from_iterable(held))
                locator = Locator(page=page, heading_path=heading_path, start=start, end=end, boxes=boxes)
                chunks.append(Chunk(ordinal=len(chunks), text=text[start:end], locator=locator, header=header))
    return chunks


def _spans(blocks: tuple[Block, ...]) -> list[Span]:
    """Where each block stands in the document's text."""
    spans: list[Span] = []
    position = 0
    for block in blocks:
        spans.append((position, position + len(block.text)))
        position += len(block.text) + 1
    return spans


def _sections(
    blocks: tuple[Block, ...], spans: list[Span]
) -> Iterator[tuple[tuple[tuple[str, ...], int | None], list[tuple[Block, Span]]]]:
    """Runs of blocks under one heading and on one page."""
    placed = zip(blocks, spans, strict=True)
    for key, group in groupby(placed, key=lambda pair: (pair[0].heading_path, pair[0].page)):
        yield key, list(group)


def _whole_tables(placed: Iterable[tuple[Block, Span]]) -> list[Span]:
    """One span a block; a table's rows, with the header row above them, are one span as long as they fit."""
    whole: list[Span] = []
    above = ""  # the header row under which the next row would stand
    for block, (start, end) in placed:
        if block.header and block.header == above and end - whole[-1][0] <= CHUNK_CHARACTERS:
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
        above = block.header or block.text
    return whole


def _pack(text: str, spans: list[Span]) -> list[Span]:
    """Join neighbouring spans as long as they fit, then a short tail to what stands before it."""
    packed: list[Span] = []
    for start, end in (piece for span in spans for piece in _split(text, span)):
        if packed and end - packed[-1][0] <= CHUNK_CHARACTERS:
            packed[-1] = (packed[-1][0], end)
        else:
            packed.append((start, end))
    if len(packed) > 1 and packed[-1][1] - packed[-1][0] < TAIL_CHARACTERS:
        _, end = packed.pop()
        packed[-1] = (packed[-1][0], end)
    return packed


def _split(text: str, span: Span) -> Iterator[Span]:
    """A span that is too long, at lines, then sentences, then clauses."""
    start, end = span
    if end - start <= CHUNK_CHARACTERS:
        yield span
        return
    for piece in _sentences.split_text(text[start:end]):
        yield start, start + len(piece)
        start += len(piece)


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
