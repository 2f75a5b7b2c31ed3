"""Ordinary French: how often its words are said, so that a word that the documents lack is not taken for an error.

From the word list of `pyspellchecker`, counted in spoken French.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spellchecker import SpellChecker

from retrieval.understanding.words import WORD, fold

# Questions begin with these, subtitles and laws seldom hold them.
ASKING = """
    comment combien pourquoi quand quel quelle quels quelles qui que quoi où lequel laquelle lesquels lesquelles
"""
ASKING_SHARE = 0.01  # of each


@dataclass(frozen=True, slots=True)
class OrdinaryFrench:
    """`shares` of the words in all that is said; `accented` has, by their form without accents, those with accents."""

    shares: Mapping[str, float]
    accented: Mapping[str, tuple[str, ...]]

    def forms(self, folded: str) -> Iterator[tuple[str, float]]:
        """The words that are this one without accents, with their shares."""
        for word in (folded, *self.accented.get(folded, ())):
            if share := self.shares.get(word):
                yield word, share

    def has(self, folded: str) -> bool:
        """Whether there are any."""
        return folded in self.accented or folded in self.shares


NO_FRENCH = OrdinaryFrench({}, {})


def load_ordinary_french() -> OrdinaryFrench:
    """Read the list, which takes about half a second."""
    counts = SpellChecker(language="fr").word_frequency.dictionary
    total = sum(counts.values())
    shares = {word: count / total for word, count in counts.items() if WORD.fullmatch(word)}
    for word in ASKING.split():
        shares[word] = shares.get(word, 0.0) + ASKING_SHARE
    accented: dict[str, tuple[str, ...]] = {}
    for word in shares:
        if not word.isascii():
            folded = fold(word)
            accented[folded] = (*accented.get(folded, ()), word)
    return OrdinaryFrench(shares, accented)
