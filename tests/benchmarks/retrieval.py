"""Retrieval figures on the development questions, each set on the collections that it is about."""

from pathlib import Path
from typing import Any

from retrieval import EvaluationReport
from tests.benchmarks.corpus import open_corpus, questions
from ui.evaluation.questions_file import EvaluationQuestion
from ui.identity import local_principal

SETS = {"fiches": ["Fiches"], "law": ["Codes"], "queries": []}


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """By set, what `assistant evaluate` gives."""
    figures: dict[str, Any] = {}
    async with open_corpus(evaluation, home) as services:
        for name, collections in SETS.items():
            judged = [EvaluationQuestion.model_validate(question) for question in questions(evaluation, name)]
            async for step in services.evaluation.run(local_principal(), judged, collections):
                if isinstance(step, EvaluationReport):
                    figures[name] = dict(step.metrics)
    return figures
