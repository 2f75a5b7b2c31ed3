"""Which passages bear out a sentence: a check without any model, which a model may sharpen.

A sentence is borne out by one stretch of one passage: a sentence of it, a list with the line that opens it, or two
neighbours where the sentence tells both. The words of two passages together can make a sentence that neither says
(«pour ajouter un document» from one, «tapez … list» from the other). `bearing` says when a stretch does.

The check errs towards doubt: a true sentence in words of its own is marked as not verified. It compares words and
their order and does not parse: what is left out of a long sentence, it does not miss.

Where there is a model of natural language inference, what a stretch bears out by its words is doubted if the model says
that the stretch contradicts it; and a sentence in words of its own in which nothing that can be compared is wrong
(`paraphrase`) is borne out by a stretch that entails it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.checking.bearing import OWN, bears_out
from assistant.checking.entailment import Judging, Verdict
from assistant.checking.paraphrase import may_paraphrase
from assistant.checking.stretches import Kind, stretches
from assistant.checking.terms import Term, terms
from assistant.errors import EntailmentFailed
from policies.audit.event import Json
from retrieval.corpus import Passage

MOST_CITED = 2
MOST_JUDGED = 4  # stretches for one sentence


@dataclass(frozen=True, slots=True)
class Quote:
    """Where the words stand that bear sentences out; `start` and `end` count characters in the chunk's text."""

    start: int
    end: int

    def __or__(self, other: "Quote") -> "Quote":
        """From the first word of both to the last."""
        return Quote(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Support:
    """The numbers of the passages that bear a sentence out, each with the place of the words that do."""

    quotes: dict[int, Quote]

    @property
    def marks(self) -> str:
        """The marks as the reader sees them, in the order of their numbers."""
        return "".join(f" [{number}]" for number in sorted(self.quotes))


class CitationCheck:
    """Checks sentences against the passages that the model was given, under these numbers or those from 1.

    With `judging` it blocks while the model reads; `contradicted`, `entailed` and `unjudged` count sentences of which
    the model said so, or could say nothing.
    """

    def __init__(
        self, passages: Sequence[Passage], numbers: Sequence[int] = (), judging: Judging | None = None
    ) -> None:
        numbers = numbers or range(1, len(passages) + 1)
        self._passages = {n: _Source(passage) for n, passage in zip(numbers, passages, strict=True)}
        self._judging = judging
        self.contradicted = self.entailed = self.unjudged = 0

    @property
    def judged(self) -> dict[str, Json] | None:
        """Which model took part, and what it said; None where none was to."""
        if self._judging is None:
            return None
        model = self._judging.model
        said: dict[str, Json] = {
            "contradicted": self.contradicted,
            "entailed": self.entailed,
            "unjudged": self.unjudged,
        }
        return {"model": model.name, "sha256": model.fingerprint, **said}

    def claims(self, sentence: str) -> bool:
        """Whether there is anything to check: a question or a bare list mark claims nothing."""
        return bool(terms(sentence)) and not sentence.rstrip().endswith("?")

    def support(self, sentence: str, preferred: Sequence[int] = ()) -> Support:
        """What bears the sentence out; empty if nothing does. `preferred` passages win ties."""
        if not self.claims(sentence):
            return Support({})
        claim = terms(sentence)
        found = {number: source.bearing(claim) for number, source in self._passages.items()}
        bearing = {number: one for number, one in found.items() if one is not None}
        best = max((told for told, _ in bearing.values()), default=0.0)
        ranked = sorted(bearing, key=lambda number: (-bearing[number][0], number not in preferred, number))
        cited = [number for number in ranked if bearing[number][0] == best or number in preferred]
        support = Support({number: bearing[number][1] for number in cited[:MOST_CITED]})
        return self._sharpened(self._judging, sentence, claim, support) if self._judging else support

    def _sharpened(self, judging: Judging, sentence: str, claim: Sequence[Term], support: Support) -> Support:
        asked = [*support.quotes.items()] or self._paraphrased(sentence, claim)
        if not asked:
            return support
        pairs = [(self._passages[number].premise(quote), sentence) for number, quote in asked]
        try:
            judged = [*zip(asked, judging.verdicts(pairs), strict=True)]
        except EntailmentFailed:
            self.unjudged += 1
            return support
        if support.quotes:
            kept = dict(one for one, verdict in judged if verdict is not Verdict.CONTRADICTED)
            self.contradicted += not kept
            return Support(kept)
        entailing = [one for one, verdict in judged if verdict is Verdict.ENTAILED]
        self.entailed += bool(entailing)
        return Support(dict(entailing[:1]))

    def _paraphrased(self, sentence: str, claim: Sequence[Term]) -> list[tuple[int, Quote]]:
        """The stretches nearest in their words, of those that may say it in others."""
        near = [
            (share, number, quote)
            for number, source in self._passages.items()
            for share, quote in source.paraphrased(sentence, claim)
        ]
        ranked = sorted(near, key=lambda one: (-one[0], one[1], one[2].start))
        return [(number, quote) for _, number, quote in ranked[:MOST_JUDGED]]


class _Source:
    """A passage as the check reads it. Its title, headings and header row say what its sentences are about."""

    def __init__(self, passage: Passage) -> None:
        about = (passage.metadata.title, *passage.chunk.locator.heading_path, passage.chunk.header)
        self._text, self._title = passage.chunk.text, " ".join(filter(None, about))
        self._about = frozenset(chain.from_iterable(term.forms for term in terms("\n".join(about))))
        self._stretches = [(stretch, _forms(stretch.terms)) for stretch in stretches(passage.chunk.text)]

    def bearing(self, claim: Sequence[Term]) -> tuple[float, Quote] | None:
        """The nearest stretch that bears these terms out, and the share of them that stand in it."""
        keys = frozenset(term.key for term in claim)
        near = [
            (len(keys & forms) / len(keys), stretch)
            for stretch, forms in self._stretches
            if keys <= forms | self._about | stretch.before and len(keys & forms) >= OWN * len(keys)
        ]
        for share, stretch in sorted(near, key=lambda one: (-one[0], len(one[1].parts))):
            told = stretch.told(keys)
            read = [*chain.from_iterable(stretch.terms[n] for n in told)]
            still = stretch.kind is Kind.NEIGHBOURS
            if told and bears_out(claim, read, self._about, stretch.before, still=still):
                start, end = stretch.parts[0][0], stretch.parts[told[-1]][1]
                return share, Quote(start, end)
        return None

    def paraphrased(self, sentence: str, claim: Sequence[Term]) -> list[tuple[float, Quote]]:
        """The sentences of the passage that may say it in other words, each with the share of its words in them."""
        keys = frozenset(term.key for term in claim)
        single = [
            (one.terms[0], Quote(*one.parts[0]), forms) for one, forms in self._stretches if one.kind is Kind.SENTENCE
        ]
        return [
            (len(keys & forms) / len(keys), quote)
            for read, quote, forms in single
            if may_paraphrase(sentence, claim, read, self._about, self.premise(quote))
        ]

    def premise(self, quote: Quote) -> str:
        """The words of a stretch, with what they are about."""
        return f"{self._title}. {self._text[quote.start : quote.end]}"


def _forms(parts: Sequence[Sequence[Term]]) -> frozenset[str]:
    return frozenset(chain.from_iterable(term.forms for part in parts for term in part))
