"""Tesseract, as a program beside this one: a picture in, words with their places out."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from itertools import groupby

from ingestion.parsing.ocr import Picture, PrintedLine, RecognitionFailed

SECONDS = 120  # for one page
LEAST_CONFIDENCE = 30  # of 100, on average over a line: below, it is a drawing and no words

_LINE = slice(1, 5)  # page, block, paragraph and line
_PLACE = slice(6, 10)  # left, top, width, height


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
        languages = subprocess.run([path, "--list-langs"], capture_output=True, text=True, check=False)  # noqa: S603
        return cls(path) if "fra" in languages.stdout.split() else None

    def recognise(self, picture: Picture) -> Sequence[PrintedLine]:
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


def _lines(table: str) -> list[PrintedLine]:
    words = [row for row in (line.split("\t") for line in table.splitlines()[1:]) if len(row) == 12 and row[11].strip()]
    lines: list[PrintedLine] = []
    for _, group in groupby(words, key=lambda row: row[_LINE]):
        row = list(group)
        if sum(float(word[10]) for word in row) < LEAST_CONFIDENCE * len(row):
            continue
        places = [tuple(map(int, word[_PLACE])) for word in row]
        lines.append(
            PrintedLine(
                " ".join(word[11].strip() for word in row),
                min(left for left, _, _, _ in places),
                min(top for _, top, _, _ in places),
                max(left + width for left, _, width, _ in places),
                max(top + height for _, top, _, height in places),
            )
        )
    return lines
