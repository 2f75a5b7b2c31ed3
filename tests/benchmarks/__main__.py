"""`make bench`: the README's numbers, as a table and in `results.json`.

    ASSISTANT_EVAL=<folder of corpus.jsonl.gz and dev/> make bench BENCH="searching deciding"

Each benchmark compares two sides in one run, in turns, and gives their ratio. What was measured before
stays in `results.json` until it is measured again. `BENCH_HOME` (default `~/.cache/assistant-bench`)
keeps the embedded corpus between runs: embedding it takes more than an hour on two cores.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks import (
    answering,
    answers,
    attaching,
    backing_up,
    bundling,
    console,
    deciding,
    embedding,
    fidelity,
    growth,
    importing,
    ledger,
    observing,
    ocr,
    parsing,
    publishing,
    readers,
    reencoding,
    references,
    retrieval,
    review,
    scale,
    searching,
    sessions,
    side_by_side,
    sign_ins,
    storing,
    uploading,
    usual,
    verifying,
    workers,
)

RESULTS = Path(__file__).parent / "results.json"

Figures = dict[str, Any]

BENCHMARKS: dict[str, Callable[[Path, Path], Coroutine[Any, Any, Figures]]] = {
    "importing": importing.measure,
    "backing_up": backing_up.measure,
    "embedding": embedding.measure,
    "reencoding": reencoding.measure,
    "parsing": parsing.measure,
    "fidelity": fidelity.measure,
    "ocr": ocr.measure,
    "bundle": bundling.measure,
    "workers": workers.measure,
    "usual": usual.measure,
    "answering": answering.measure,
    "answers": answers.measure,
    "readers": readers.measure,
    "retrieval": retrieval.measure,
    "references": references.measure,
    "side_by_side": side_by_side.measure,
    "searching": searching.measure,
    "attaching": attaching.measure,
    "scale_1k": partial(scale.measure, 1_000),
    "scale_10k": partial(scale.measure, 10_000),
    "scale_100k": partial(scale.measure, 100_000),
    "scale_1m": partial(scale.measure, 1_000_000),
    "growth": growth.measure,
    "observing": observing.measure,
    "storing": storing.measure,
    "deciding": deciding.measure,
    "sessions": sessions.measure,
    "ledger": ledger.measure,
    "sign_ins": sign_ins.measure,
    "review": review.measure,
    "console": console.measure,
    "publishing": publishing.measure,
    "uploading": uploading.measure,
    "verifying": verifying.measure,
}


def main() -> None:
    """Run the benchmarks that are named, or all."""
    evaluation = os.environ.get("ASSISTANT_EVAL")
    if not evaluation or not (Path(evaluation) / "corpus.jsonl.gz").exists():
        sys.exit("ASSISTANT_EVAL doit nommer le dossier qui contient corpus.jsonl.gz et dev/.")
    home = Path(os.environ.get("BENCH_HOME", "~/.cache/assistant-bench")).expanduser()
    results: Figures = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in sys.argv[1:] or list(BENCHMARKS):
        results[name] = asyncio.run(BENCHMARKS[name](Path(evaluation), home))
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
        show(name, results[name])


def show(name: str, figures: Figures) -> None:
    """One benchmark as a table."""
    table = Table("Mesure", "Valeur", title=name, title_justify="left", box=None)
    for key, value in figures.items():
        if isinstance(value, dict):
            for inner, number in value.items():
                table.add_row(f"{key} {inner}", _number(number))
        else:
            table.add_row(key, _number(value))
    Console().print(table)


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
