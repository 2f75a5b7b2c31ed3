"""Cutting a parsed document into chunks that follow its structure.

A chunk never crosses a heading or a page, holds whole paragraphs where they fit, and is at most
`CHUNK_CHARACTERS` long (a short tail is joined to its predecessor, up to `TAIL_CHARACTERS` more):
about 300 tokens of French, well inside the 512 tokens that the embedding model reads.
"""

from collections.abc import Iterator
from itertools import groupby

from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingestion.document import Block, ParsedDocument
from retrieval.corpus import Chunk, Locator

CHUNK_CHARACTERS = 1200
TAIL_CHARACTERS = 300

# A change in how documents become chunks is a new pipeline: points of the old one are replaced.
PIPELINE = "1"

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
    text = document.text
    chunks: list[Chunk] = []
    for (heading_path, page), spans in _sections(document.blocks):
        for start, end in _pack(text, spans):
            start, end = _trim(text, start, end)
            if start < end:
                locator = Locator(page=page, heading_path=heading_path, start=start, end=end)
                chunks.append(Chunk(ordinal=len(chunks), text=text[start:end], locator=locator))
    return chunks


def _sections(blocks: tuple[Block, ...]) -> Iterator[tuple[tuple[tuple[str, ...], int | None], list[Span]]]:
    """Runs of blocks under one heading and on one page, each block as its span in the text."""
    position = 0
    spanned: list[tuple[Block, Span]] = []
    for block in blocks:
        spanned.append((block, (position, position + len(block.text))))
        position += len(block.text) + 1
    for key, group in groupby(spanned, key=lambda pair: (pair[0].heading_path, pair[0].page)):
        yield key, [span for _, span in group]


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
