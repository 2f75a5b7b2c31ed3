"""An evaluation's analysis as `assistant evaluate --json` gives it."""

from typing import Any

from retrieval import Analysis
from retrieval.analysis import Comparison
from retrieval.evaluation_run import EvaluatedQuestion, EvaluationRun
from retrieval.figures import latencies
from retrieval.significance import Estimate

FOUND_INSTEAD = 3


def analysis_json(analysis: Analysis) -> dict[str, Any]:
    """Figures by key, then intervals, slices, worst questions and, with another run, what has changed."""
    run = analysis.run
    figures: dict[str, Any] = {"n": len(run.questions), "skipped": run.skipped}
    figures |= {name: one.mean for name, one in analysis.figures.items()} | latencies(run.questions)
    figures["intervals"] = _intervals(analysis.figures)
    figures["missing"] = sorted(run.missing)
    figures["partial"] = list(run.partial)
    figures["slices"] = [
        {
            "axis": one.slice.axis.value,
            "value": one.slice.value,
            "n": len(one.slice.questions),
            "few": one.slice.few,
            "metrics": {name: figure.mean for name, figure in one.figures.items()},
            "intervals": _intervals(one.figures),
        }
        for one in analysis.slices
    ]
    figures["worst"] = [_question(run, one) for one in analysis.worst]
    if analysis.comparison is not None:
        figures["comparison"] = _comparison(analysis.comparison)
    return figures


def _intervals(figures: dict[str, Estimate]) -> dict[str, list[float]]:
    return {name: [one.low, one.high] for name, one in figures.items()}


def _question(run: EvaluationRun, one: EvaluatedQuestion) -> dict[str, Any]:
    ranks = {id_: rank for rank, id_ in enumerate(one.ranking, start=1)}
    return {
        "id": one.id,
        "question": one.question,
        "first_rank": one.first_rank,
        "relevant": [_document(run, id_) | {"rank": ranks.get(id_)} for id_ in sorted(one.relevant)],
        "found": [_document(run, id_) for id_ in one.ranking[:FOUND_INSTEAD]],
    }


def _document(run: EvaluationRun, id_: str) -> dict[str, Any]:
    known = run.documents.get(id_)
    return {
        "id": id_,
        "title": known.title if known else "",
        "collections": list(known.collections) if known else [],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "against": comparison.before.at.isoformat(timespec="seconds"),
        "measures": {
            one.measure: {
                "before": one.before,
                "after": one.after,
                "difference": one.gain.mean,
                "interval": [one.gain.low, one.gain.high],
                "p": one.p,
                "p_holm": one.p_holm,
                "significant": one.significant,
                "better": one.better,
                "worse": one.worse,
                "equal": one.equal,
            }
            for one in comparison.differences
        },
    }
