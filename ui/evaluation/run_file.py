"""Kept evaluations of search."""

from pydantic import TypeAdapter

from retrieval import EvaluationRun
from ui.evaluation.kept_run import KeptRun


def _lacking(run: EvaluationRun) -> str:
    if run.k >= 1 and run.questions and all(one.relevant for one in run.questions):
        return ""
    return "une évaluation a au moins une question, et chacune un document attendu"


SEARCHES = KeptRun(
    kind="assistant-evaluation-",
    version=1,
    noun="une évaluation",
    made_by="assistant evaluate --save",
    adapter=TypeAdapter(EvaluationRun),
    lacking=_lacking,
)
