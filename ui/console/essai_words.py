"""The French words of a question that is tried with every step in sight."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.checking.checked_text import Outcome
from assistant.weighing import Ground, Weighed
from retrieval.stages import LISTED, Place
from retrieval.understanding.understood import Reason
from ui.evaluation.words import decimal

OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.SUPPORTED: ("success", "Vérifiée"),
    Outcome.UNSUPPORTED: ("warning", "Non vérifiée"),
    Outcome.DROPPED: ("error", "Retirée"),
    Outcome.NO_CLAIM: ("", "Rien à vérifier"),
}

GROUNDS: Mapping[Ground, str] = {
    Ground.NAMED: "La question nomme un texte qui est trouvé\u202f: le modèle est interrogé.",
    Ground.ATTACHED: "Les passages sont d’un fichier joint\u202f: le modèle est interrogé.",
    Ground.WORDS_ALONE: "Le sens de la question n’a pas pu être calculé\u202f: rien ne dit si les passages répondent.",
    Ground.NO_WORD: "Aucun passage n’a un mot de la question.",
    Ground.WEIGHTS: "Les poids appris décident\u202f: le modèle est interrogé à partir d’une somme de 0.",
    Ground.UNLEARNED: (
        "Les poids appris ne disent rien ici (trop peu de passages lisibles, ou un autre modèle de vecteurs)\u202f: un "
        "mot de la question dans un passage suffit."
    ),
}

SIGNS: Mapping[str, str] = {
    "similarity": "Passage trouvé le plus proche (cosinus)",
    "nearest": "Passage lisible le plus proche (cosinus)",
    "around": "Moyenne des cent plus proches (cosinus)",
    "coverage": "Part des mots de la question dans un passage",
    "chunks": "Passages lisibles (logarithme)",
}

REASONS: Mapping[Reason, str] = {
    Reason.ACCENTS: "accents",
    Reason.SPELLING: "orthographe",
    Reason.ACRONYM: "sigle développé",
}

ROLES: Mapping[str, str] = {"system": "Consignes", "human": "Demande"}


@dataclass(frozen=True, slots=True)
class SignShown:
    """A figure that decided: what it is, its value, its weight, and what it adds to the sum."""

    name: str
    value: str
    weight: str
    part: str


def signs(weighed: Weighed) -> list[SignShown]:
    """Each figure, whether it was weighed or not."""
    told = []
    for name, value in weighed.values.items():
        weight = weighed.weights.get(name)
        told.append(
            SignShown(
                SIGNS[name],
                decimal(value),
                "–" if weight is None else decimal(weight),
                "–" if weight is None else decimal(weight * value),
            )
        )
    return told


def place(one: Place | None) -> str:
    """Rank and score, or that it was not there."""
    if one is None:
        return f"hors des {LISTED}"
    return f"{one.rank} · {decimal(one.score)}"
