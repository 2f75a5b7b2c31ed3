"""Tesseract, as a program beside this one: a picture in, words with their places out."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from ingestion.parsing.ocr import Picture, PrintedLine, RecognitionFailed

SECONDS = 120  # for one page
LEAST_CONFIDENCE = 30  # of 100, on average over a line: below, it is a drawing and no words
CELL_GAP = 1.5  # times the height of a line: a wider gap parts cells or columns

_LINE = slice(1, 5)  # page, block, paragraph and line
_PLACE = slice(6, 10)  # left, top, width, height


class Word(NamedTuple):
    """As Tesseract tells it, in pixels."""

    text: str
    left: int
    top: int
    width: int
    height: int


class Tesseract:
    """Reads French with the program at `path`."""

    def __init__(self, path: str) -> None:
        self._path = path

    @classmethod
    def installed(cls) -> "Tesseract | None":
        """The one on this machine, if it can read French."""
        path = shutil.which("tesseract")
        if path is None:
            return None
        languages = subprocess.run([path, "--list-langs"], capture_output=True, text=True, check=False)  # noqa: S603  # found on PATH
        return cls(path) if "fra" in languages.stdout.split() else None

    def recognise(self, picture: Picture) -> Sequence[list[PrintedLine]]:
        command = [self._path, "stdin", "stdout", "-l", "fra", "--dpi", "200", "tsv"]
        header = f"P5 {picture.width} {picture.height} 255\n".encode()
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # more threads gain nothing on one page
        try:
            found = subprocess.run(  # noqa: S603
                command,
                input=header + picture.pixels,
                capture_output=True,
                timeout=SECONDS,
                env=environment,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise RecognitionFailed(str(error)) from error
        return _lines(found.stdout.decode("utf-8", "replace"))


def _lines(table: str) -> list[list[PrintedLine]]:
    words = [row for row in (line.split("\t") for line in table.splitlines()[1:]) if len(row) == 12 and row[11].strip()]
    lines: list[list[PrintedLine]] = []
    for _, group in groupby(words, key=lambda row: row[_LINE]):
        row = list(group)
        if sum(float(word[10]) for word in row) >= LEAST_CONFIDENCE * len(row):
            lines.append(_entries([Word(word[11].strip(), *map(int, word[_PLACE])) for word in row]))
    return lines


def _entries(words: list[Word]) -> list[PrintedLine]:
    """The words of a line, parted at wide gaps."""
    gap = CELL_GAP * max(word.height for word in words)
    entries = [words[:1]]
    for before, word in pairwise(words):
        if word.left - before.left - before.width > gap:
            entries.append([])
        entries[-1].append(word)
    return [
        PrintedLine(
            " ".join(word.text for word in some),
            min(word.left for word in some),
            min(word.top for word in some),
            max(word.left + word.width for word in some),
            max(word.top + word.height for word in some),
        )
        for some in entries
    ]
