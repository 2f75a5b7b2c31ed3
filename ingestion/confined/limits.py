"""What reading one document may cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bytes, seconds and counts. `memory`, `cpu_s` and `files` bound each process, the others all of one reading.

    `disk` bounds each file that LibreOffice writes; no other parser writes any. `pages` and `pixels` (of one
    picture) are those of a PDF file.
    """

    memory: int = 1 << 30
    cpu_s: int = 600
    wall_s: float = 900
    output: int = 50_000_000
    files: int = 64
    processes: int = 32
    disk: int = 200_000_000
    pages: int = 3_000
    pixels: int = 100_000_000
