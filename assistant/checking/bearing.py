"""Whether a stretch of a passage bears a sentence out: a comparison of their terms, without any model.

It does when
1. every word and figure of the sentence stands in the stretch, but for those that the passage's title and headings
   say, and for what a sentence before is about where the stretch speaks of it with a pronoun;
2. nothing stands in the place of something else («le maire» for «le préfet»);
3. each term is turned by the same small words: denied, possible, «avant», «sauf», «au moins»;
4. nobody changes places: what goes from behind a word to before it, while something else goes the other way, says
   that the one does what the other did, unless one is told in the passive voice.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from assistant.checking.qualifiers import Qualifier
from assistant.checking.terms import BEGINNING, Term

# Of `SequenceMatcher`: what becomes of a part of the stretch (from, to) in a part of the sentence (from, to).
Step = tuple[str, int, int, int, int]

# So much of a sentence stands in the stretch itself.
OWN = 0.5


def bears_out(
    claim: Sequence[Term],
    stretch: Sequence[Term],
    about: frozenset[str] = frozenset(),
    before: frozenset[str] = frozenset(),
    *,
    still: bool = False,
) -> bool:
    """`about` are the words of titles and headings, `before` those that a pronoun in the stretch may stand for.

    With `still` nothing may change its place.
    """
    keys = [term.key for term in claim]
    theirs = _as_in(keys, stretch)
    own = set(theirs)
    borrowed = {key for key in keys if key not in own}
    if sum(key in own for key in keys) < OWN * len(keys) or not borrowed <= about | before:
        return False
    if any(term.key in borrowed - about and (term.figure or term.qualifiers) for term in claim):
        return False
    aligned = SequenceMatcher(None, theirs, keys, autojunk=False).get_opcodes()
    return not (
        _more_figures(claim, theirs, about)
        or _replaced(aligned, keys, borrowed, about, before)
        or _turned(claim, stretch, theirs)
        or _swapped(_places(aligned, keys, theirs), claim, stretch, theirs, still)
    )


def agrees(claim: Sequence[Term], stretch: Sequence[Term], about: frozenset[str] = frozenset()) -> bool:
    """Whether nothing that can be compared is wrong, whatever other words the sentence has in the place of others.

    Every figure is told, what both say is turned alike, one denies something where the other does, and nobody changes
    places.
    """
    keys = [term.key for term in claim]
    theirs = _as_in(keys, stretch)
    aligned = SequenceMatcher(None, theirs, keys, autojunk=False).get_opcodes()
    return (
        all(term.key in {*theirs} | about for term in claim if term.figure)
        and _denies(claim) == _denies(stretch)
        and not _more_figures(claim, theirs, about)
        and not _turned(claim, stretch, theirs)
        and not _swapped(_places(aligned, keys, theirs), claim, stretch, theirs, still=False)
    )


def _denies(sequence: Sequence[Term]) -> bool:
    return any(Qualifier.NOT in term.qualifiers for term in sequence)


def _as_in(keys: Iterable[str], stretch: Sequence[Term]) -> list[str]:
    """The keys of the stretch, a figure in the form in which the sentence gives it."""
    told = set(keys)
    return [term.key if term.key in told else next(iter(term.forms & told), term.key) for term in stretch]


def _more_figures(claim: Sequence[Term], theirs: Sequence[str], about: frozenset[str]) -> bool:
    """Whether a figure is told more often than the stretch has it."""
    told = Counter(term.key for term in claim if term.figure and term.key not in about)
    return not told <= Counter(theirs)


def _replaced(
    aligned: Sequence[Step], keys: Sequence[str], borrowed: set[str], about: frozenset[str], before: frozenset[str]
) -> bool:
    """Whether a word from elsewhere stands in the place of one of the stretch, or was put into it.

    It may open the sentence, where the stretch opens with a pronoun.
    """
    for tag, _, _, begin, stop in aligned:
        new = borrowed.intersection(keys[begin:stop])
        if new and ((tag == "replace" and not (begin == 0 and before)) or (begin > 0 and new - about)):
            return True
    return False


def _turned(claim: Sequence[Term], stretch: Sequence[Term], theirs: Sequence[str]) -> bool:
    """Whether a term is denied, possible, bounded, ordered here and not there."""
    ours, other = _turns(claim, [term.key for term in claim]), _turns(stretch, theirs)
    obliged = {key for key, term in zip(theirs, stretch, strict=True) if Qualifier.MUST in term.qualifiers}
    return any(not ours[key] <= other[key] for key in ours.keys() & other.keys()) or bool(
        obliged and any(Qualifier.MUST in term.qualifiers and term.key not in obliged for term in claim)
    )


def _turns(sequence: Sequence[Term], keys: Sequence[str]) -> dict[str, Counter[frozenset[Qualifier]]]:
    """How often each term is turned in each way."""
    turns: dict[str, Counter[frozenset[Qualifier]]] = {}
    for key, term in zip(keys, sequence, strict=True):
        turns.setdefault(key, Counter())[_usual(term.qualifiers)] += 1
    return turns


def _usual(qualifiers: frozenset[Qualifier]) -> frozenset[Qualifier]:
    """«Est fait» orders as «doit être fait» does; what need not be done is another thing."""
    return qualifiers if Qualifier.NOT in qualifiers else qualifiers - {Qualifier.MUST}


def _swapped(
    places: Sequence[int | None], claim: Sequence[Term], stretch: Sequence[Term], theirs: Sequence[str], still: bool
) -> bool:
    """Whether words have changed places as whole phrases do not."""
    placed = [(term, place) for term, place in zip(claim, places, strict=True) if place is not None]
    order = [place for _, place in placed]
    ours = {term.key for term in claim if term.agent}
    other = {key for key, term in zip(theirs, stretch, strict=True) if term.agent} & {term.key for term in claim}
    if still:
        return order != sorted(order)
    if not ours <= set(theirs):  # by one whom the stretch calls «il»
        return False
    if ours != other:  # one of the two is told in the passive voice
        return not _reversed(order) or len(ours) == len(other)
    moved = [(term, stretch[place]) for (_, last), (term, place) in pairwise(placed) if place < last]
    if moved:
        moved.append((claim[0], stretch[order[0]]))
    return _reversed(order) or not all(_opens_alike(*one) for one in moved)


def _places(aligned: Sequence[Step], keys: Sequence[str], theirs: Sequence[str]) -> list[int | None]:
    """Where each term stands in the stretch; what was moved, there where it has the same neighbours."""
    places: list[int | None] = [None] * len(keys)
    for tag, start, _, begin, stop in aligned:
        if tag == "equal":
            places[begin:stop] = range(start, start + stop - begin)
    free = set(range(len(theirs))) - set(places)
    for n in [n for n, place in enumerate(places) if place is None]:
        beside = {*keys[max(0, n - 1) : n], *keys[n + 1 : n + 2]}
        at = [place for place in free if theirs[place] == keys[n]]
        nearest = {place: beside & {*theirs[max(0, place - 1) : place], *theirs[place + 1 : place + 2]} for place in at}
        places[n] = max(sorted(at), key=lambda place: len(nearest[place]), default=None)
        free -= {places[n]}
    return places


def _opens_alike(term: Term, other: Term) -> bool:
    """Whether a phrase begins at both, and with the same word where it does not open the sentence."""
    free = {BEGINNING, ","}
    both = {term.opener, other.opener}
    return "" not in both and (len(both - free) <= 1)


def _reversed(places: Sequence[int]) -> bool:
    """Whether one goes past another to the left while a third goes past it to the right."""
    if len(places) < 3:
        return False
    highest = list(accumulate(places, max))
    lowest = list(accumulate(reversed(places), min))[::-1]
    return any(highest[n - 1] > places[n] > lowest[n + 1] for n in range(1, len(places) - 1))
