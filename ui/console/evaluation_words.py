"""The French words of evaluations in the console."""

from collections.abc import Mapping

from ui.evaluation import words
from ui.evaluation.answers_words import FIGURES
from ui.evaluation.kept import KeptEvaluation, Measured, RunState

KINDS: Mapping[Measured, str] = {Measured.SEARCH: "Recherche", Measured.ANSWERS: "Réponses"}

# The badge and the word.
STATES: Mapping[RunState, tuple[str, str]] = {
    RunState.QUEUED: ("", "En attente"),
    RunState.RUNNING: ("info", "En cours"),
    RunState.FINISHED: ("success", "Terminée"),
    RunState.FAILED: ("error", "En échec"),
    RunState.CANCELLED: ("", "Annulée"),
    RunState.INTERRUPTED: ("warning", "Interrompue"),
}

HEADLINES: Mapping[Measured, tuple[str, ...]] = {
    Measured.SEARCH: ("success@5", "ndcg@10"),
    Measured.ANSWERS: ("false_refusal", "supported"),
}

_OF_QUESTIONS = {"correct": "Questions traitées comme attendu", "worth": "Qualité des réponses"}


def reason(run: KeptEvaluation) -> str:
    """Why it came to no end, and what to do about it; nothing where it did, or still may."""
    if run.state is RunState.INTERRUPTED:
        return "L’assistant s’est arrêté pendant l’évaluation. Recommencez-la."
    return run.failure


def figure_name(key: str) -> str:
    """A figure of either kind, in French."""
    if key in FIGURES:
        return FIGURES[key].strip()
    if key in _OF_QUESTIONS:
        return _OF_QUESTIONS[key]
    if key.startswith("latency_ms_p"):
        return f"Temps de recherche, p{key.removeprefix('latency_ms_p')}"
    return words.measure_name(key) if "@" in key else key


def figure(key: str, value: float) -> str:
    """The figure as it is read."""
    if "_ms_" in key:
        return words.milliseconds(value)
    return words.percent(value) if key in FIGURES or key in _OF_QUESTIONS else words.decimal(value)


def figures(told: Mapping[str, float]) -> list[tuple[str, str]]:
    """All figures of an evaluation but its counts, in French, in their own order."""
    order = [*FIGURES, *sorted(key for key in told if key not in FIGURES)]
    return [(figure_name(key), figure(key, told[key])) for key in order if key in told and key not in ("n", "skipped")]


def headline(kind: Measured, told: Mapping[str, float]) -> str:
    """The figures that a list shows."""
    shown = [f"{figure_name(key)} {figure(key, told[key])}" for key in HEADLINES[kind] if key in told]
    return " · ".join(shown) or "–"


signed, p_value, interval = words.signed, words.p_value, words.interval
