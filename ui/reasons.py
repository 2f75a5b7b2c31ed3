"""Why a passage was found, in French."""

from retrieval.corpus import Because
from retrieval.reasons import Nearness, Reasons

NEARNESS = {Nearness.VERY_NEAR: "sens très proche", Nearness.NEAR: "sens proche", Nearness.FAR: "sens éloigné"}
BECAUSE = {
    Because.REFERENCE: "texte demandé par sa référence",
    Because.NEIGHBOUR: "voisin d’un passage trouvé",
    Because.CITED: "cité par un passage trouvé",
}


def said(reasons: Reasons) -> tuple[str, ...]:
    """The strongest first."""
    words = (f"mots de la question\u202f: {', '.join(reasons.words)}",) if reasons.words else ()
    nearness = (NEARNESS[reasons.nearness],) if reasons.nearness else ()
    return (*(BECAUSE[one] for one in reasons.because), *words, *nearness)
