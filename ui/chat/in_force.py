"""As of which day an answer speaks, and which of its passages apply no more, not yet, or not for long."""

import datetime as dt
from collections.abc import Iterator, Sequence, Set

from assistant.conversation import Source
from retrieval.corpus import DocumentMetadata
from ui.pages import french_date

SOON = dt.timedelta(days=90)


def spoken_of(on: dt.date) -> str:
    """What every answer says under its text."""
    return f"Textes en vigueur au {french_date(on)}."


def warning(source: Source, today: dt.date) -> str:
    """What a reader must know before using the passage; empty where it applies, and goes on applying."""
    ends, starts = source.repealed_on, source.in_force_from
    if ends is not None and ends <= today:
        return f"texte abrogé depuis le {french_date(ends)}"
    if starts is not None and starts > today:
        return f"texte en vigueur à partir du {french_date(starts)} seulement"
    if ends is not None and ends <= today + SOON:
        return f"texte qui cesse d’être en vigueur le {french_date(ends)}"
    return ""


def warnings(sources: Sequence[Source], cited: Set[int], today: dt.date) -> Iterator[str]:
    """One sentence, with its mark, for each source that is cited and that a reader must be warned of."""
    for n, source in enumerate(sources, start=1):
        if n in cited and (said := warning(source, today)):
            yield f"Attention, passage [{n}]\u202f: {said}."


def state(metadata: DocumentMetadata, today: dt.date) -> str:
    """Whether the text applies on that day, and from or until when."""
    if metadata.repealed_on is not None and metadata.repealed_on <= today:
        return f"Abrogé le {french_date(metadata.repealed_on)}"
    if metadata.in_force_from is not None and metadata.in_force_from > today:
        return f"En vigueur à partir du {french_date(metadata.in_force_from)}"
    if metadata.repealed_on is not None:
        return f"En vigueur jusqu’au {french_date(metadata.repealed_on)} exclu"
    if metadata.in_force_from is not None:
        return f"En vigueur depuis le {french_date(metadata.in_force_from)}"
    return "En vigueur (dates d’effet non précisées)"
