"""The measured figures of `deploy/aide/dimensionnement.md`, those of the benchmarks' results.

`python -m tests.evidence.figures` writes them anew after a benchmark. What is computed from them in the guide's other
parts is not: look through it.
"""

import json
import re
from typing import Any

from tests.benchmarks.growth import RESULTS
from tests.evidence.controls import ROOT

GUIDE = ROOT / "deploy" / "aide" / "dimensionnement.md"
HEADING = "## Les chiffres mesurés\n"
ROW = re.compile(r"^(\| [^|]+ \| )([0-9\u202f,]+)([^|]* \| `([^`]+)` \|)$", re.MULTILINE)


def with_figures(guide: str, results: dict[str, Any]) -> str:
    """The guide with each figure of that section as its source says, as precisely as it was told.

    Raises `KeyError` where a source is not among the results.
    """
    before, rest = guide.split(HEADING)
    section, following, after = rest.partition("\n## ")
    made = ROW.sub(lambda row: f"{row[1]}{told(_found(results, row[4]), row[2])}{row[3]}", section)
    return before + HEADING + made + following + after


def told(figure: float, like: str) -> str:
    """As French writes it, with as many decimals as the other."""
    decimals = len(like.partition(",")[2])
    return f"{figure:,.{decimals}f}".replace(",", "\u202f").replace(".", ",")


def _found(results: dict[str, Any], source: str) -> float:
    held: Any = results
    for key in source.split(" › "):
        held = held[key]
    return float(held)


def main() -> None:
    """Write the figures into the guide."""
    GUIDE.write_text(with_figures(GUIDE.read_text(), json.loads(RESULTS.read_text())))


if __name__ == "__main__":
    main()
