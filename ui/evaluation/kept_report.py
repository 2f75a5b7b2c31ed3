"""The report of a kept evaluation, of a search or of answers."""

from assistant import AnswersRun
from retrieval import EvaluationRun, RunsDiffer, analyse
from ui.evaluation.answers_report import answers_report_page
from ui.evaluation.comparing import of_common
from ui.evaluation.report import report_page

Result = EvaluationRun | AnswersRun


def report_of(result: Result, name: str, before: Result | None = None) -> str:
    """The page's HTML; with an earlier one of the same kind, of the questions that both asked. Raises `RunsDiffer`."""
    match result, before:
        case AnswersRun(), AnswersRun() | None:
            return answers_report_page(result, name, before)
        case EvaluationRun(), None:
            return report_page(analyse(result), name)
        case EvaluationRun(), EvaluationRun():
            before, result = of_common(before, result)
            return report_page(analyse(result, before), name)
    raise RunsDiffer("l’une mesure la recherche, l’autre les réponses")
