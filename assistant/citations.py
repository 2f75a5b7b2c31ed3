"""Which passages bear out a sentence: a check without any model.

A sentence is borne out by a passage when
1. nearly all its words stand in that one passage (`SHARE`): the words of two passages together can make a
   sentence that neither says («pour ajouter un document» from one, «tapez … list» from the other);
2. most of them stand close together there (`NEAR`), in one sentence, two neighbours, or a run of short lines
   about as long as the sentence;
3. every figure in it (number with its unit, date, amount, article) stands there too, and so does every small
   word that would turn it («après», «moins de», «par mois», «sauf»);
4. it denies nothing that the nearest sentences affirm, and affirms nothing that they deny.

The check errs towards doubt: a true sentence in words of its own is marked as not verified. It counts words
and does not parse: who does what to whom, where both stand in the sentence, it cannot tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.sentences import sentences
from assistant.words import denied, figures, words
from retrieval.corpus import Passage

# One foreign word in ten is enough to say another thing: only a long sentence may have one.
SHARE = 0.95
NEAR = 0.7

# A list that became one sentence stands in a passage as many short lines.
STRETCH = 1.2

MOST_CITED = 2


@dataclass(frozen=True, slots=True)
class Support:
    """The numbers (from 1) of the passages that bear a sentence out, each with its nearest words."""

    quotes: dict[int, str]

    @property
    def marks(self) -> str:
        """The marks as the reader sees them, in the order of their numbers."""
        return "".join(f" [{number}]" for number in sorted(self.quotes))


class CitationCheck:
    """Checks sentences against the passages that the model was given."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = [_Source(number, passage) for number, passage in enumerate(passages, start=1)]

    def claims(self, sentence: str) -> bool:
        """Whether there is anything to check: a question or a bare list mark claims nothing."""
        return bool(words(sentence) or figures(sentence)) and not sentence.rstrip().endswith("?")

    def support(self, sentence: str, preferred: Sequence[int] = ()) -> Support:
        """What bears the sentence out; empty if nothing does. `preferred` passages win ties."""
        if not self.claims(sentence):
            return Support({})
        ranked = sorted(self._passages, key=lambda p: (-p.share(sentence), p.number not in preferred, p.number))
        bearing = [passage for passage in ranked if _borne_out(sentence, passage)]
        best = max((passage.share(sentence) for passage in bearing), default=0.0)
        cited = [passage for passage in bearing if passage.share(sentence) == best or passage.number in preferred]
        return Support({passage.number: passage.nearest(sentence) for passage in cited[:MOST_CITED]})


class _Source:
    """A passage as the check reads it. Its title, headings and header row say what its sentences are about."""

    def __init__(self, number: int, passage: Passage) -> None:
        self.number = number
        self.about = " ".join((passage.metadata.title, *passage.chunk.locator.heading_path, passage.chunk.header))
        self.text = f"{self.about}\n{passage.chunk.text}"
        own = [sentence.strip() for sentence in sentences(passage.chunk.text) if sentence.strip()]
        self._own = dict.fromkeys(own)
        self._pairs = [f"{first} {second}" for first, second in pairwise(own)]
        self._lines = own

    def share(self, sentence: str) -> float:
        """How many of the sentence's words stand in the passage, from 0 to 1."""
        return _share(words(sentence), words(self.text))

    def nearest(self, sentence: str) -> str:
        """The sentence here with most of what the sentence says, or two neighbours where they have more of its words.

        Figures decide among equals only: a figure from the next sentence is no figure of this one.
        """
        told, counted = words(sentence) - words(self.about), figures(sentence)

        def nearness(near: str) -> tuple[int, bool, int, int]:
            return len(told & words(near)), near in self._own, len(counted & figures(near)), -len(near)

        return max((*self._own, *self._pairs, *self._runs(len(sentence) * STRETCH)), key=nearness, default="")

    def _runs(self, length: float) -> Iterator[str]:
        """All runs of three sentences or more that stay within the length."""
        for start in range(len(self._lines)):
            for end in range(start + 3, len(self._lines) + 1):
                run = " ".join(self._lines[start:end])
                if len(run) > length:
                    break
                yield run


def _borne_out(sentence: str, source: _Source) -> bool:
    near = source.nearest(sentence)
    return (
        source.share(sentence) >= SHARE
        and _share(words(sentence), words(near) | words(source.about)) >= NEAR
        and figures(sentence) <= figures(near) | figures(source.about)
        and not _contradicts(sentence, near)
    )


def _contradicts(sentence: str, near: str) -> bool:
    """Whether one denies what the other affirms."""
    ours, theirs = denied(sentence), denied(near)
    return bool((ours - theirs) & words(near) or (theirs - ours) & words(sentence))


def _share(told: frozenset[str], known: frozenset[str]) -> float:
    return len(told & known) / len(told) if told else 1.0
