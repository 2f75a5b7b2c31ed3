"""Retrieval figures on the development questions, each set on the collections that it is about.

Each set is asked as it is, in capitals without accents, and with a typing error in each long word. `BENCH_STEPS` names
the steps by which questions are understood (`accents spelling acronyms`, all of them where it is not set).
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from retrieval import EvaluationReport, Steps
from tests.benchmarks.corpus import Record, open_corpus, questions
from tests.benchmarks.hasty import in_capitals, with_errors
from ui.evaluation.questions_file import EvaluationQuestion
from ui.identity import local_principal

SETS = {"fiches": ["Fiches"], "law": ["Codes"], "queries": []}

TYPED: dict[str, Callable[[str], str]] = {"": str, ", in capitals": in_capitals, ", with errors": with_errors}

STEPS = os.environ.get("BENCH_STEPS", "accents spelling acronyms").split()


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """By set and way of typing, what `assistant evaluate` gives."""
    figures: dict[str, Any] = {}
    async with open_corpus(evaluation, home) as services:
        search = replace(services.search, steps=Steps(**{step: step in STEPS for step in Steps.__slots__}))
        asking = replace(services.evaluation, search=search)
        for name, collections in SETS.items():
            for manner, typed in TYPED.items():
                judged = [_question(record, typed) for record in questions(evaluation, name)]
                async for step in asking.run(local_principal(), judged, collections):
                    if isinstance(step, EvaluationReport):
                        figures[name + manner] = dict(step.metrics)
    return figures


def _question(record: Record, typed: Callable[[str], str]) -> EvaluationQuestion:
    return EvaluationQuestion.model_validate(record | {"question": typed(record["question"])})
