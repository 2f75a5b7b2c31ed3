"""What the documents say in their own words, where the model has said nothing that they bear out.

An extract is the sentence of a passage that has the most of the question's words, of which those that stand in few
sentences count more, with what follows it (H. P. Luhn, *The Automatic Creation of Literature Abstracts*, 1958, with
the weights of K. Spärck Jones, 1972). It is a quotation: whether it answers the question is for the reader to judge,
and the text says so.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from assistant.checking.citations import Quote
from assistant.checking.stretches import Kind, stretches
from assistant.checking.terms import Term, terms
from assistant.prompts.neutral import inert_line
from retrieval.corpus import Passage

EXTRACTS = 2
LONGEST = 500  # characters of one, where its first sentence has no more
FOLLOWING = 2  # sentences behind the one that has the words

INTRODUCTION = (
    "Le modèle n’a pas rédigé de réponse que les documents confirment. "
    "Voici ce que disent les passages les plus proches de la question\u202f:"
)

_CANNOT = re.compile(r"\bne\s+(?:me\s+)?permet(?:tent)?\s+pas\s+(?:de\s+|d['’])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extracts:
    """`text` with the marks of the passages that it quotes; `quotes` says by their numbers where the words stand."""

    text: str
    quotes: Mapping[int, Quote]


def says_that_it_cannot(text: str) -> bool:
    """Whether a model says itself, as it is told to, that the passages carry no answer."""
    return bool(_CANNOT.search(text))


def extracts(question: str, passages: Sequence[Passage]) -> Extracts | None:
    """What the first passages say that have a word of the question; None where none has."""
    sought = _forms(terms(question))
    read = {number: _sentences(passage) for number, passage in enumerate(passages, start=1)}
    weights = _weights(sought, [forms for sentences in read.values() for _, forms in sentences])
    spoken = {number: quote for number, sentences in read.items() if (quote := _best(sentences, weights))}
    quotes = dict(islice(spoken.items(), EXTRACTS))
    lines = [f"- «\u00a0{_words(passages[number - 1], quote)}\u00a0» [{number}]" for number, quote in quotes.items()]
    return Extracts("\n".join([INTRODUCTION, *lines]), quotes) if quotes else None


_Sentence = tuple[Quote, frozenset[str]]


def _sentences(passage: Passage) -> list[_Sentence]:
    """Where each stands, and what it speaks of."""
    single = [stretch for stretch in stretches(passage.chunk.text) if stretch.kind is Kind.SENTENCE]
    return [(Quote(*stretch.parts[0]), _forms(stretch.terms[0])) for stretch in single]


def _weights(sought: frozenset[str], sentences: Sequence[frozenset[str]]) -> dict[str, float]:
    """Of each word that is sought and stands somewhere: the more, the fewer sentences have it."""
    standing = Counter(word for forms in sentences for word in forms & sought)
    return {word: math.log(1 + len(sentences) / times) for word, times in standing.items()}


def _best(sentences: Sequence[_Sentence], weights: Mapping[str, float]) -> Quote | None:
    """The sentence with the most of these words, the first of several, and what follows it."""
    scores = [sum(weights.get(word, 0.0) for word in forms) for _, forms in sentences]
    if not any(scores):
        return None
    first = scores.index(max(scores))
    quote = sentences[first][0]
    for following, _ in sentences[first + 1 : first + 1 + FOLLOWING]:
        if following.end - quote.start <= LONGEST:
            quote |= following
    return quote


def _forms(said: Iterable[Term]) -> frozenset[str]:
    return frozenset(chain.from_iterable(term.forms for term in said))


def _words(passage: Passage, quote: Quote) -> str:
    return inert_line(passage.chunk.text[quote.start : quote.end])
