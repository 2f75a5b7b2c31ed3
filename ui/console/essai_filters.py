"""Which texts a trial looks in: the filters of the search page, as the form of a trial has them."""

from retrieval.corpus import TextKind
from retrieval.errors import PeriodReversed
from retrieval.within import EVERYTHING, Filters
from ui.console.form import Form

LONGEST_AUTHORS = 2_000  # characters
MOST_AUTHORS = 20

KINDS = [(one.value, one.value.capitalize()) for one in TextKind]


def filters_of(form: Form) -> Filters:
    """What the form narrows to; where it does not hold together that is said beside its field."""
    kinds = form.all("nature")
    if not {*kinds} <= {*TextKind}:
        form.wrong("nature", "Choisissez parmi les natures proposées.")
    typed = form.text("auteur", longest=LONGEST_AUTHORS, lines=True)
    authors = frozenset(line.strip() for line in typed.splitlines() if line.strip())
    if len(authors) > MOST_AUTHORS:
        form.wrong("auteur", f"{len(authors)} auteurs\u202f: {MOST_AUTHORS} au plus.")
    first, last = form.day("signe_du"), form.day("signe_au")
    if form.errors:
        return EVERYTHING
    try:
        return Filters(frozenset(map(TextKind, kinds)), authors, first, last)
    except PeriodReversed as error:
        form.wrong("signe_au", str(error))
        return EVERYTHING
