"""In how many documents of a collection words stand, and acronyms with what they stand for."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from retrieval.understanding.definitions import definitions
from retrieval.understanding.words import distinct_words, fold, run

LEAST = 2  # documents: what one alone holds is not told
LONGEST = 40  # letters of a word
NAME = 0.1  # of its documents a name is written without a capital in fewer


class WordCount(NamedTuple):
    """A word as it is written in the midst of a sentence."""

    folded: str
    word: str
    documents: int


class AcronymCount(NamedTuple):
    """An acronym, and its long form as it is mostly written."""

    folded: str
    long_folded: str
    long: str
    documents: int


class Tally:
    """Takes texts, some at a time.

    A word counts as its form in lower case. It keeps its capital where it is hardly ever written without; and what
    is written in capitals, or with an E that may be an É, counts alone where there is no other form of it.
    """

    def __init__(self) -> None:
        self._words: Counter[str] = Counter()
        self._lower: Counter[str] = Counter()
        self._uncertain: Counter[str] = Counter()
        self._long: dict[tuple[str, str], Counter[str]] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Each of one document."""
        for text in texts:
            self._add(text)

    def _add(self, text: str) -> None:
        written = {word for word in distinct_words(text) if len(word) <= LONGEST}
        uncertain = {word for word in written if _hides_accents(word)}
        self._words.update({word.lower() for word in written - uncertain})
        self._lower.update(word for word in written if word.islower())
        self._uncertain.update(uncertain)
        for definition in set(definitions(text)):
            key = fold(definition.short), run(definition.long)
            self._long.setdefault(key, Counter())[definition.long] += 1

    def words(self) -> Iterator[WordCount]:
        """Those of two documents and more."""
        known = set[str]()
        for word, documents in self._words.items():
            if documents >= LEAST:
                known.add(fold(word))
                is_name = self._lower[word] < NAME * documents
                yield WordCount(fold(word), word.capitalize() if is_name else word, documents)
        for word, documents in self._uncertain.most_common():
            if documents >= LEAST and (folded := fold(word)) not in known:
                known.add(folded)
                yield WordCount(folded, word, documents)

    def acronyms(self) -> Iterator[AcronymCount]:
        """Those of two documents and more."""
        for (folded, long_folded), written in self._long.items():
            if (documents := written.total()) >= LEAST:
                yield AcronymCount(folded, long_folded, max(written, key=lambda one: (written[one], one)), documents)


def _hides_accents(word: str) -> bool:
    """Whether it is in capitals, or begins with the capital that most often lacks its accent."""
    return (len(word) > 1 and not word[1:].islower()) or word.startswith("E")
