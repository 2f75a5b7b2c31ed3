"""PDF files with text, from bytes to chunks, against PDFium's bare text of each page.

Both sides take each file in turns, on one core and by their own time; `ratio` is the bare time over ours,
0.8 at least by our own bound. The collector of cycles rests, as in the child process that reads files.
Memory is that of a child process that does nothing but read `LONG` pages.
"""

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2

from ingestion.chunking import chunk
from ingestion.parsing.pdf import PdfParser
from tests.benchmarks import pages

PAGES = 60
LONG = 2000
TURNS = int(os.environ.get("BENCH_TURNS", "15"))


def bare(content: bytes) -> int:
    """How many characters PDFium gives."""
    with pypdfium2.PdfDocument(content) as document:
        return sum(len(document[index].get_textpage().get_text_range()) for index in range(len(document)))


def ours(content: bytes) -> int:
    """How many chunks."""
    return len(chunk(PdfParser().parse(content, "a.pdf")))


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Milliseconds a page of both, and their ratio, for each kind of file."""
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "prose": pages.prose(PAGES),
            "columns": pages.prose(PAGES, columns=2),
            "tables": pages.tables(PAGES),
            "office": pages.office(PAGES, Path(folder)),
        }
        figures: dict[str, Any] = {}
        bare_total = ours_total = 0.0
        for kind, content in files.items():
            if content is None:
                continue
            bare_time, ours_time = _fastest(content)
            with pypdfium2.PdfDocument(content) as document:
                count = len(document)
            bare_total, ours_total = bare_total + bare_time / count, ours_total + ours_time / count
            figures[kind] = {
                "bare ms/page": 1e3 * bare_time / count,
                "ours ms/page": 1e3 * ours_time / count,
                "ratio": bare_time / ours_time,
            }
        long = Path(folder) / "long.pdf"
        long.write_bytes(pages.prose(LONG))
        figures["memory MiB"] = _peak(long)
    return {**figures, "ratio": bare_total / ours_total}


def _fastest(content: bytes) -> tuple[float, float]:
    sides: tuple[Callable[[bytes], int], ...] = (bare, ours)
    best = [float("inf")] * len(sides)
    gc.collect()
    gc.disable()
    try:
        for _ in range(TURNS):
            for number, side in enumerate(sides):
                started = time.process_time()
                side(content)
                best[number] = min(best[number], time.process_time() - started)
    finally:
        gc.enable()
    return best[0], best[1]


def _peak(file: Path) -> float:
    """What a process that reads the file takes at most, in MiB."""
    command = [sys.executable, "-m", "tests.benchmarks.parsing", str(file)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603


if __name__ == "__main__":
    ours(Path(sys.argv[1]).read_bytes())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
