"""Cutting a parsed document into chunks that follow its structure.

A chunk never crosses a heading or a page, holds whole paragraphs and whole tables where they fit, and is
at most `CHUNK_CHARACTERS` long (a short tail is joined to its predecessor, up to `TAIL_CHARACTERS` more):
about 300 tokens of French, well inside the 512 tokens that the embedding model reads. A chunk that begins
in the midst of a table carries the table's header row.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain, pairwise

from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingestion.document import Block, ParsedDocument
from retrieval.corpus import Chunk, Locator

CHUNK_CHARACTERS = 1200
TAIL_CHARACTERS = 300
HEADER_CHARACTERS = 300

# A change in how documents become chunks is a new pipeline: points of the old one are replaced.
PIPELINE = "4"

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
    text, blocks = document.text, document.blocks
    ends = list(accumulate([len(block.text) + 1 for block in blocks]))
    starts = [0, *ends[:-1]]
    chunks: list[Chunk] = []
    for begin, end in pairwise(_sections(blocks)):
        section = starts[begin], ends[end - 1] - 1
        is_short = section[1] - section[0] <= CHUNK_CHARACTERS
        for start, stop in [section] if is_short else _pack(text, _whole_tables(blocks, starts, begin, end)):
            piece = text[start:stop]
            said = piece.strip()
            if said:
                start += len(piece) - len(piece.lstrip())
                stop = start + len(said)
                first, last = bisect_right(starts, start) - 1, bisect_left(starts, stop)
                header = blocks[first].header[:HEADER_CHARACTERS]
                held = [blocks[n].boxes_of(start - starts[n], stop - starts[n]) for n in range(first, last)]
                boxes = tuple(chain.from_iterable(held))
                locator = Locator(blocks[begin].page, blocks[begin].heading_path, start, stop, boxes)
                chunks.append(Chunk(len(chunks), said, locator, header))
    return chunks


def _sections(blocks: tuple[Block, ...]) -> list[int]:
    """Where runs of blocks under one heading and on one page begin; the end of the last too."""
    begins = [
        place
        for place, (above, block) in enumerate(pairwise(blocks), 1)
        if above.page != block.page or above.heading_path != block.heading_path
    ]
    return [0, *begins, len(blocks)] if blocks else []


def _whole_tables(blocks: tuple[Block, ...], starts: list[int], begin: int, end: int) -> list[Span]:
    """One span a block; a table's rows, with the header row above them, are one span as long as they fit."""
    whole: list[Span] = []
    above = ""  # the header row under which the next row would stand
    for block, start in zip(blocks[begin:end], starts[begin:end], strict=True):
        stop = start + len(block.text)
        if block.header and block.header == above and stop - whole[-1][0] <= CHUNK_CHARACTERS:
            whole[-1] = (whole[-1][0], stop)
        else:
            whole.append((start, stop))
        above = block.header or block.text
    return whole


def _pack(text: str, spans: list[Span]) -> list[Span]:
    """Join neighbouring spans as long as they fit, then a short tail to what stands before it."""
    packed: list[Span] = []
    for span in spans:
        for start, end in [span] if span[1] - span[0] <= CHUNK_CHARACTERS else _split(text, span):
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
    for piece in _sentences.split_text(text[start:end]):
        yield start, start + len(piece)
        start += len(piece)
