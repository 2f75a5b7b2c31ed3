"""By which law the embedded index grows: a power of the number of chunks, through what `scale_…` measured.

`exponent` 1 is in proportion, 0 is not at all. `residual` is how far the sizes lie from the law, as a factor (1.00:
upon it); `last` is the exponent between the two largest sizes alone, where what every index costs weighs least.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results.json"
FIGURES = (
    "build_s",
    "index_disk_mib",
    "build_peak_mib",
    "memory_own_mib",
    "memory_files_mib",
    "share 1 index_ms_p50",
    "share 1 index_ms_p95",
    "share 1 search_ms_p50",
    "share 1 search_ms_p95",
    "share 0.01 index_ms_p50",
    "share 0.01 search_ms_p95",
)


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Of each figure its law, over all sizes that were measured in the same way."""
    results = json.loads(RESULTS.read_text())
    sizes = [figures for name, figures in results.items() if name.startswith("scale_") and "build_s" in figures]
    sizes.sort(key=lambda figures: figures["chunks"])
    chunks = [figures["chunks"] for figures in sizes]
    return {"chunks": chunks} | {figure: law(chunks, [_of(size, figure) for size in sizes]) for figure in FIGURES}


def law(sizes: list[int], values: list[float]) -> dict[str, float]:
    """`factor` · size ** `exponent`, fitted to the sizes whose value is above 0; at least two. Raises `ValueError`."""
    known = [(size, value) for size, value in zip(sizes, values, strict=True) if value > 0]
    if len(known) < 2:
        raise ValueError("A law of growth needs two sizes that were measured.")
    x, y = (np.log([pair[side] for pair in known]) for side in (0, 1))
    exponent, offset = np.polyfit(x, y, 1)
    residual = math.exp(float(np.abs(y - (exponent * x + offset)).max()))
    last = float((y[-1] - y[-2]) / (x[-1] - x[-2]))
    return {
        "sizes": len(known),
        "exponent": float(exponent),
        "factor": math.exp(offset),
        "residual": residual,
        "last": last,
    }


def _of(figures: dict[str, Any], name: str) -> float:
    """A figure, or one of a share: `share 0.01 index_ms_p50`; 0 where it was not measured."""
    share, _, inner = name.rpartition(" ")
    held = figures.get(share, {}) if share else figures
    return float(held.get(inner, 0))
