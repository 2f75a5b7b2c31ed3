"""Kept evaluations of answers."""

from pydantic import TypeAdapter

from assistant import AnswersRun
from ui.evaluation.kept_run import KeptRun

ANSWERS = KeptRun(
    kind="assistant-answers-",
    version=1,
    noun="une évaluation de réponses",
    made_by="assistant evaluate --answers --save",
    adapter=TypeAdapter(AnswersRun),
    lacking=lambda run: "" if run.answers else "une évaluation a au moins une question",
)
