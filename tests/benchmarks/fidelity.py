"""Documents of known structure, turned by LibreOffice into each format, as our parsers read them.

For each format the shares of the words that come in order, of the headings with those above them, and of
the tables' cells in their columns; `extra` is what was read that nobody wrote, as a share of the words. The
notes' words are looked for in what is left when the text is taken out: each format has them elsewhere.
Scans are the PDF's pages drawn at 200 dots an inch, in a PDF of pictures. Presentations have a slide a heading.

Goals: words .995, headings .98, cells .98; of scans the words .97. `BENCH_MISSING=1` prints what is missing.
"""

import io
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdfium2

from ingestion.document import ParsedDocument
from ingestion.parsing.formats import parser_of
from tests.benchmarks import flat, slides, structured
from tests.benchmarks.slides import Slides
from tests.benchmarks.structured import Structured
from tests.benchmarks.words import in_order, words

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "32"))
FORMATS = ("docx", "odt", "pdf")
SHEETS = ("xlsx", "ods")  # the tables alone
SLIDES = ("pptx", "odp")
DPI = 200

Figures = dict[str, float]


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Shares, by format; needs LibreOffice, and Tesseract for scans."""
    with tempfile.TemporaryDirectory() as name:
        folder, documents = Path(name), structured.documents(evaluation, DOCUMENTS)
        flat.convert(documents, FORMATS, folder)
        figures: dict[str, Any] = {kind: _shares(documents, folder, kind, lambda content: content) for kind in FORMATS}
        flat.convert_tables(documents, SHEETS, folder)
        for kind in SHEETS:
            figures[kind] = {"cells": _shares(documents, folder, kind, lambda content: content)["cells"]}
        figures |= dict(_slides(documents, folder))
        figures["scan"] = {"words": _shares(documents, folder, "pdf", scanned)["words"]}
    return figures


def _slides(documents: Sequence[Structured], folder: Path) -> Iterator[tuple[str, Figures]]:
    presentations = [slides.slides_of(document) for document in documents]
    flat.convert_slides(presentations, SLIDES, folder)
    for kind in SLIDES:
        yield kind, _shares(presentations, folder, kind, lambda content: content)


def scanned(content: bytes) -> bytes:
    """The same pages as pictures."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    return file.getvalue()


def _shares(
    documents: Sequence[Structured | Slides], folder: Path, kind: str, made: Callable[[bytes], bytes]
) -> Figures:
    counts: Counter[str] = Counter()
    for document in documents:
        content = made((folder / f"{document.name}.{kind}").read_bytes())
        parser = parser_of(content, f"a.{kind}")
        assert parser is not None
        counts.update(counted(document, parser.parse(content, f"a.{kind}")))
    return {
        "words": counts["found words"] / counts["words"],
        "extra": counts["extra"] / counts["words"],
        "headings": counts["found headings"] / counts["headings"],
        "cells": counts["found cells"] / counts["cells"],
    }


def counted(document: Structured | Slides, read: ParsedDocument) -> Counter[str]:
    """How many words, headings and cells there are, and how many of them were found."""
    counts: Counter[str] = Counter()
    left = words(read.text)
    for texts in (document.texts(), document.notes()):
        expected = words("\n".join(texts))
        pairs = in_order(expected, left)
        _show_missing(document, "words", expected, [place for place, _ in pairs])
        counts["words"] += len(expected)
        counts["found words"] += len(pairs)
        taken = {place for _, place in pairs}
        left = [word for place, word in enumerate(left) if place not in taken]
    counts["extra"] = len(left)
    for what, wanted, found in (
        ("headings", document.headings(), list(_headings(read))),
        ("cells", _plain_cells(document.cells()), _plain_cells(_cells(read))),
    ):
        pairs = in_order(wanted, found)
        _show_missing(document, what, wanted, [place for place, _ in pairs])
        counts[what] = len(wanted)
        counts[f"found {what}"] = len(pairs)
    return counts


def _headings(read: ParsedDocument) -> Iterator[tuple[str, ...]]:
    """Each with those above it: a heading is also the first line of its section."""
    for block in read.blocks:
        if block.text in block.heading_path:
            yield block.heading_path[: block.heading_path.index(block.text) + 1]


def _cells(read: ParsedDocument) -> Iterator[tuple[int, str]]:
    for block in read.blocks:
        if " | " in block.text:
            yield from enumerate(block.text.split(" | "))


def _plain_cells(cells: Any) -> list[tuple[int, str]]:
    return [(column, " ".join(words(cell))) for column, cell in cells]


def _show_missing(document: Structured | Slides, what: str, expected: Sequence[object], found: Sequence[int]) -> None:
    if os.environ.get("BENCH_MISSING"):
        for place in sorted({*range(len(expected))} - {*found}):
            print(document.name, what, expected[max(0, place - 2) : place + 2], expected[place], file=sys.stderr)
