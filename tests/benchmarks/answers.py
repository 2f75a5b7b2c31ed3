"""Refusals, checked sentences, citations and times of answers, by the demonstration model over the whole corpus.

A sample of each set of development questions, drawn by a fixed seed, is asked of all collections; `BENCH_ANSWERS` says
how many questions of each (40). What was answered wrongly is printed.
"""

import os
import random
from pathlib import Path
from typing import Any

from assistant import AnswersRun
from retrieval import JudgedSet
from tests.benchmarks.corpus import open_corpus, questions
from ui.commands.answers_screen import print_answers
from ui.evaluation.questions_file import EvaluationQuestion
from ui.identity import local_principal

SETS = ("fiches", "law", "unanswerable")
SEED = 8

SAMPLE = int(os.environ.get("BENCH_ANSWERS", "40"))


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """By set and of all, what `assistant evaluate --answers` gives."""
    sets = [JudgedSet(name, _sample(evaluation, name), []) for name in SETS]
    async with open_corpus(evaluation, home) as services:
        async for step in services.answers.run(local_principal(), sets):
            if isinstance(step, AnswersRun):
                print_answers(step, before=None)
                return {"all": dict(step.figures)} | {name: dict(figures) for name, figures in step.by_set.items()}
    return {}


def _sample(evaluation: Path, name: str) -> list[EvaluationQuestion]:
    held = [EvaluationQuestion.model_validate(record) for record in questions(evaluation, name)]
    return random.Random(SEED).sample(held, min(SAMPLE, len(held)))  # noqa: S311  # the same each time
