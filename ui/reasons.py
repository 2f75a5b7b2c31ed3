"""Why a passage was found, and what a question was taken for, in French."""

from collections.abc import Iterable

from retrieval.corpus import Because
from retrieval.reasons import Nearness, Reasons
from retrieval.understanding.understood import Change, Reason

NEARNESS = {Nearness.VERY_NEAR: "sens très proche", Nearness.NEAR: "sens proche", Nearness.FAR: "sens éloigné"}
BECAUSE = {Because.REFERENCE: "texte demandé par sa référence"}


def said(reasons: Reasons) -> tuple[str, ...]:
    """The strongest first."""
    words = (f"mots de la question\u202f: {', '.join(reasons.words)}",) if reasons.words else ()
    nearness = (NEARNESS[reasons.nearness],) if reasons.nearness else ()
    return (*(BECAUSE[one] for one in reasons.because), *words, *nearness)


def changed(changes: Iterable[Change]) -> tuple[str, ...]:
    """What was searched otherwise than typed, as far as a reader would not guess it: accents they would."""
    return tuple(
        f"«\u202f{one.typed}\u202f» {'signifie aussi' if one.reason is Reason.ACRONYM else 'compris comme'} "
        f"«\u202f{one.meant}\u202f»"
        for one in changes
        if one.reason is not Reason.ACCENTS
    )
