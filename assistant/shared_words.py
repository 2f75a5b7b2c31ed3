"""The words that several people used: what may be told of questions that are nobody else's business.

Nothing is told that fewer than `PEOPLE` people said. What holds a digit or an @ is no word (a number of social
security, a telephone number, an address of mail), nor is what says nothing of the matter; a name that one person or two
wrote falls short of the number.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from retrieval.understanding.words import distinct_words, fold

PEOPLE = 3
"""At least so many, of a word as of a group of questions."""

MOST = 8  # words of one group
SHORTEST = 3  # letters

# Besides the stop words of search: what makes a question polite.
POLITE = """
    avoir etre puis bonjour bonsoir merci madame monsieur svp cordialement voudrais souhaite savoir connaitre pouvez
    pourriez suis cas tout tous toute toutes fait faire quoi
"""
SAYING_NOTHING = frozenset(POLITE.split())

Stems = Callable[[str], tuple[int, ...]]
"""The tokens of a word, none of a stop word; forms of one word have the same."""


def shared_words(said: Iterable[tuple[str, str]], stems: Stems) -> list[str]:
    """The words that at least `PEOPLE` used, those of the most first; `said` are pairs of a person and a question."""
    people: dict[tuple[int, ...], set[str]] = defaultdict(set)
    forms: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    for person, question in said:
        for word in sorted(distinct_words(question)):
            folded = fold(word)
            if len(folded) < SHORTEST or folded in SAYING_NOTHING or not (stem := stems(folded)):
                continue
            people[stem].add(person)
            forms[stem][word.lower()] += 1
    shared = [stem for stem, users in people.items() if len(users) >= PEOPLE]
    named = [(-len(people[stem]), _form(forms[stem])) for stem in shared]
    return [word for _, word in sorted(named)[:MOST]]


def _form(forms: Counter[str]) -> str:
    most = max(forms.values())
    candidates: Sequence[str] = sorted(word for word, count in forms.items() if count == most)
    return candidates[0]
