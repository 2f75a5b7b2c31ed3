"""The French words and numbers of an evaluation."""

import datetime as dt
from collections.abc import Iterable

from retrieval.evaluation_run import EvaluatedQuestion, EvaluationRun
from retrieval.significance import Estimate
from retrieval.slices import FEW, Axis, Slice
from ui.pages import french_date

_MEASURES = {
    "recall": ("Rappel", "la part des documents attendus qui sont {among}"),
    "success": ("Succès", "la part des questions dont un document attendu est {among}"),
    "mrr": ("MRR", "la moyenne de 1 / rang du premier document attendu, s’il est {among}"),
    "ndcg": ("nDCG", "la qualité de l’ordre : 1 quand les attendus sont tous en tête, {among}"),
}

AXES = {
    Axis.COLLECTION: "Collection des documents attendus",
    Axis.LENGTH: "Longueur de la question",
    Axis.REFERENCE: "Référence à un texte",
    Axis.UNKNOWN_WORD: "Mot inconnu, souvent une faute",
}

_VALUES = {
    (Axis.COLLECTION, ""): "dans aucune des collections cherchées",
    (Axis.LENGTH, "1-3"): "1 à 3 mots",
    (Axis.LENGTH, "4-7"): "4 à 7 mots",
    (Axis.LENGTH, "8-15"): "8 à 15 mots",
    (Axis.LENGTH, "16+"): "16 mots ou plus",
    (Axis.REFERENCE, "with"): "avec référence",
    (Axis.REFERENCE, "without"): "sans référence",
    (Axis.UNKNOWN_WORD, "with"): "avec un mot inconnu",
    (Axis.UNKNOWN_WORD, "without"): "tous les mots connus",
}

_FEATURES = {
    "untitled_opening": "Sens, début d’un document sans titre",
    "whole": "Mots, tout le document",
    "title": "Mots, titre",
    "further_meaning": "Sens, question enrichie",
    "further_words": "Mots, question enrichie",
    "neighbour": "Meilleur voisin de section",
}

SIGNIFICANCE = (
    "Test par permutation, apparié question par question, bilatéral. Plusieurs mesures sont comparées à la fois : "
    "seul compte le p corrigé selon Holm, et * marque ceux de moins de 0,05."
)

FEW_QUESTIONS = "peu de questions"


def measure_name(key: str) -> str:
    """«Rappel@20» for `recall@20`."""
    kind, _, k = key.partition("@")
    return f"{_MEASURES[kind][0]}@{k}"


def measure_meaning(key: str) -> str:
    """What the measure says, in half a sentence."""
    kind, _, k = key.partition("@")
    return _MEASURES[kind][1].format(among="en premier" if k == "1" else f"parmi les {k} premiers")


def measure_groups(keys: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The measures by their kind, with the depths of each: «Rappel», [«1», «5»]."""
    grouped: dict[str, list[str]] = {}
    for kind, _, k in (key.partition("@") for key in keys):
        grouped.setdefault(_MEASURES[kind][0], []).append(k)
    return list(grouped.items())


def slice_name(part: Slice) -> str:
    """The slice's value in words; a collection by its name."""
    return _VALUES.get((part.axis, part.value), part.value)


def feature_name(key: str) -> str:
    """What a ranker's weight is of."""
    return _FEATURES.get(key, key)


def decimal(value: float, digits: int = 3) -> str:
    """«0,812»."""
    return f"{value:.{digits}f}".replace(".", ",")


def percent(share: float) -> str:
    """«81,2 %»."""
    return f"{decimal(100 * share, 1)} %"


def signed(value: float) -> str:
    """«+0,012», «−0,004»; what rounds to nothing has no sign."""
    written = decimal(abs(value))
    if not written.strip("0,"):
        return written
    return ("+" if value > 0 else "−") + written


def interval(figure: Estimate, *, sign: bool = False) -> str:
    """«0,71 à 0,83»; with a sign for differences."""
    write = signed if sign else decimal
    return f"{write(figure.low)} à {write(figure.high)}"


def p_value(p: float) -> str:
    """«0,034», or «< 0,001»."""
    return "< 0,001" if p < 0.001 else decimal(p)


def milliseconds(value: float) -> str:
    """«27 ms»; «3,4 ms» below ten."""
    return f"{decimal(value, 1 if value < 10 else 0)} ms"


def moment(at: dt.datetime) -> str:
    """«1er mars 2026 à 9 h 30», where this machine stands."""
    local = at.astimezone()
    return f"{french_date(local.date())} à {local.hour} h {local.minute:02}"


def title(run: EvaluationRun, id_: str) -> str:
    """A document by its title, or by its identifier where it has none to show."""
    known = run.documents.get(id_)
    if known is None:
        return f"{id_} (absent des collections cherchées)"
    return known.title or id_


def first_rank(one: EvaluatedQuestion, k: int) -> str:
    """Where the first relevant document stands."""
    return f"aucun parmi les {k} premiers" if one.first_rank is None else f"premier attendu au rang {one.first_rank}"


def warnings(run: EvaluationRun, before: EvaluationRun | None) -> list[str]:
    """What a reader must know before the figures."""
    said = [f"Recherche incomplète pour certaines questions au moins. {reason}" for reason in run.partial]
    if len(run.questions) < FEW:
        said.append(
            f"Peu de questions ({len(run.questions)}) : d’autres donneraient peut-être des chiffres tout différents."
        )
    if run.skipped:
        said.append(f"Questions laissées de côté, sans document attendu : {run.skipped}.")
    if run.missing:
        said.append(
            f"Documents attendus qui ne sont pas dans les collections cherchées : {len(run.missing)}. "
            "Ils comptent comme non trouvés : vérifiez les identifiants et les collections."
        )
    if before and before.searched != run.searched:
        said.append("L’évaluation comparée a cherché dans d’autres collections : " + ", ".join(before.searched) + ".")
    if before and before.embedding != run.embedding:
        said.append(f"L’évaluation comparée avait un autre modèle de vecteurs : {before.embedding}.")
    return said
