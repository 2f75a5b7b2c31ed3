"""On which line of a template's file a fault stands, for whoever edits it.

TOML that was read has no lines any more, so they are looked for: the line that gives a value its name, in its table.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADER = re.compile(r"\s*\[\[?\s*([\w.]+)\s*\]\]?")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in French, on a line that counts from 1."""

    line: int
    text: str


def line_of_value(source: str, place: Sequence[str | int]) -> int:
    """The line of the value at that place, as in ("field", 0, "label"); that of its table where it has none."""
    lines = source.split("\n")
    if len(place) > 1 and isinstance(place[0], str) and isinstance(place[1], int):
        start, end = _table(lines, place[0], place[1])
        return _named(lines, str(place[2]) if len(place) > 2 else "", start, end) or start + 1
    end = next((n for n, line in enumerate(lines) if _HEADER.match(line)), len(lines))
    name = str(place[0]) if place else ""
    return _named(lines, name, 0, end) or line_of_words(source, f"[{name}")


def line_of_words(source: str, words: str) -> int:
    """The first line that has these words; the first of all where none has."""
    return next((n for n, line in enumerate(source.split("\n"), start=1) if words in line), 1)


def line_of_syntax(source: str, said: str) -> int:
    """The line that Python's own reader of TOML names; the last where it says that the text ends too early."""
    found = _AT_LINE.search(said)
    return int(found[1]) if found else len(source.rstrip("\n").split("\n"))


def _table(lines: Sequence[str], name: str, number: int) -> tuple[int, int]:
    """From where to where (exclusive) the table of that number stands, its own parts included."""
    headers = [(n, match[1]) for n, line in enumerate(lines) if (match := _HEADER.match(line))]
    starts = [n for n, header in headers if header == name]
    if number >= len(starts):
        return 0, len(lines)
    start = starts[number]
    after = [n for n, header in headers if n > start and not header.startswith(f"{name}.")]
    return start, after[0] if after else len(lines)


def _named(lines: Sequence[str], name: str, start: int, end: int) -> int:
    pattern = re.compile(rf"\s*{re.escape(name)}\s*=")
    return next((n for n in range(start + 1, end + 1) if pattern.match(lines[n - 1])), 0) if name else 0
