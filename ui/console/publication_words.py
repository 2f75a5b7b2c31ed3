"""The French words of the pages of publication."""

from collections.abc import Mapping, Sequence

from ingestion.publication.table import GATED, Checklist, Figures, PublicationRow, State
from ingestion.publication.waiting import Change, Standing
from retrieval.corpus import Collection, DocumentState, Stage

# The steps of a collection, and of what changes in it.
STEPS = ("Brouillon", "En contrôle", "Publiée pour un groupe", "Publiée pour tous")

CHANGES: Mapping[Change, str] = {
    Change.ADDED: "Ajouté",
    Change.CHANGED: "Modifié",
    Change.CORRECTED: "Corrigé (même texte)",
    Change.REMOVED: "Retiré",
}

# What is not published as it is, and why.
LEFT: Mapping[DocumentState, str] = {
    DocumentState.PENDING: "en cours de lecture",
    DocumentState.FAILED: "en échec",
    DocumentState.QUARANTINED: "en quarantaine",
}

UNDER_WAY: Mapping[State, str] = {
    State.CHECKING: "En contrôle",
    State.PUBLISHING: "Publication en cours",
    State.PUBLISHED: "Publiée",
    State.ROLLING_BACK: "Retour en arrière en cours",
    State.ROLLED_BACK: "Annulée",
}

MEASURES: Mapping[str, str] = {
    "recall@10": "Rappel à 10",
    "mrr@10": "Rang réciproque moyen à 10",
    "refused": "Questions à refuser, refusées sans modèle",
    "wrongly_refused": "Autres questions, refusées à tort sans modèle",
}

CHECKLIST: Mapping[str, str] = {
    "source": "Dites d’où viennent ces documents.",
    "licence": "Dites sous quelle licence, ou de quel droit, ils sont montrés.",
    "personal_data": "Vérifiez les données personnelles, puis cochez.",
    "freshness": "Vérifiez que les textes sont à jour, puis cochez.",
    "reviewed_by": "Dites qui les a relus.",
}

SAID: Mapping[str, str] = {
    "controle": "Les changements de cette collection attendent désormais d’être publiés.",
    "quatreyeux": "Une autre personne que celle qui a signé la liste devra publier.",
    "deuxyeux": "Une seule personne peut désormais signer et publier.",
    "aussitot": "Les changements de cette collection sont désormais visibles aussitôt.",
    "soumise": "C’est en contrôle. Signez la liste, mesurez, puis publiez.",
    "brouillon": "C’est à nouveau en brouillon.",
    "signee": "La liste de contrôle est signée.",
    "mesure": "La mesure est lancée.",
    "publiee": "La publication est lancée\u202f: les lecteurs trouvent toujours l’ancienne version ou la nouvelle.",
    "retour": "Le retour en arrière est lancé. Ce qui avait été publié attendra dans le brouillon.",
    "maintenu": "Ce document ne changera pas.",
}


def audience(collection: Collection) -> str:
    """Who reads it, once it is published."""
    return ", ".join(sorted(collection.readers)) or "tous les agents"


def step_of(collection: Collection) -> int:
    """Which of the steps it is at, from 0."""
    if collection.stage is Stage.DRAFT:
        return 0
    if collection.stage is Stage.CHECKING:
        return 1
    return 2 if collection.readers else 3


def state_of(one: Standing) -> str:
    """How it stands, in a few words."""
    said = STEPS[step_of(one.collection)]
    to_some = one.collection.stage is Stage.PUBLISHED and one.collection.readers
    return f"{said} ({audience(one.collection)})" if to_some else said


def measured(figures: Figures) -> Sequence[tuple[str, str, str, bool]]:
    """Each figure that decides: its name, before, after, and whether it fell."""
    return [
        (
            MEASURES[name],
            _figure(figures.before[name]) if name in figures.before else "—",
            _figure(figures.after[name]) if name in figures.after else "—",
            name in figures.fallen,
        )
        for name in GATED
        if name in figures.before or name in figures.after
    ]


def of_refusals(figures: Figures) -> str:
    """What was measured of refusals, and what was not."""
    asked = figures.questions + figures.unanswerable
    if figures.undecided == asked:
        return (
            "Les refus ne sont pas mesurés ici\u202f: la recherche ne décide rien seule (trop peu de passages "
            "lisibles, ou pas de seuils appris). Une évaluation des réponses les mesure avec le modèle."
        )
    left = f"\u202f; elle laisse {figures.undecided} questions sur {asked} au modèle" if figures.undecided else ""
    return f"Refus\u202f: seulement ceux que la recherche décide avant d’interroger le modèle{left}."


def typed(checklist: Checklist | None) -> dict[str, str]:
    """The checklist as its form says it."""
    if checklist is None:
        return {}
    said = {name: getattr(checklist, name) for name in ("source", "licence", "reviewed_by", "note")}
    ticked = {name: "oui" for name in ("personal_data", "freshness") if getattr(checklist, name)}
    return said | ticked


def readers_of(row: PublicationRow) -> str:
    """For whom it was published."""
    return ", ".join(sorted(row.readers_after)) or "tous"


def _figure(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")
