"""The ranker that the settings name, and what is to be said of it."""

from retrieval.ranking.ranker import Ranker, read_ranker, shipped
from ui.settings import Settings
from ui.spaces import current_model


def ranker_of(settings: Settings) -> Ranker | None:
    """None where there is to be none; that of the product where the settings name none. Raises `RankerInvalid`."""
    if settings.ranker == "off":
        return None
    return shipped() if settings.ranker is None else read_ranker(settings.ranker)


def ranking_said(settings: Settings) -> str:
    """Which ranker is in use, or why there is none. Raises `RankerInvalid`."""
    ranker = ranker_of(settings)
    if ranker is None:
        return "sans poids appris (ASSISTANT_RANKER=off)\u202f: les deux ordres, sens et mots, sont fusionnés"
    named = "poids fournis" if settings.ranker is None else f"poids de {settings.ranker}"
    model = current_model(settings)
    if ranker.embedding == model:
        return f"{named}, appris avec le modèle de calcul de sens {model}"
    return (
        f"{named}, appris avec un autre modèle de calcul de sens ({ranker.embedding}) que celui des réglages "
        f"({model})\u202f: ils ne servent pas, les deux ordres, sens et mots, sont fusionnés\u202f; "
        "pour en apprendre, voyez « assistant calibrate »"
    )
