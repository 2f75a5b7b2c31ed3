"""What is to be said of the thresholds below which an answer is refused."""

from ui.language_model import evidence
from ui.settings import Settings
from ui.spaces import current_model


def refusing_said(settings: Settings) -> str:
    """Which thresholds are in use, or why there are none. Raises `EvidenceInvalid`."""
    thresholds = evidence(settings)
    alone = "le contrôle des phrases de la réponse refuse seul"
    if thresholds is None:
        return f"sans seuils appris (ASSISTANT_REFUSAL=off)\u202f: {alone}"
    named = "seuils fournis" if settings.refusal is None else f"seuils de {settings.refusal}"
    model = current_model(settings)
    if thresholds.embedding == model:
        return f"{named}, appris avec le modèle de calcul de sens {model}"
    return (
        f"{named}, appris avec un autre modèle de calcul de sens ({thresholds.embedding}) que celui des réglages "
        f"({model})\u202f: ils ne servent pas, {alone}\u202f; pour en apprendre, voyez «\u00a0assistant calibrate "
        "--unanswerable\u00a0»"
    )
