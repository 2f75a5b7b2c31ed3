"""Near duplicates and versions of one text among what was found, put under one of them.

Two passages are of one text where their documents have the same title, number or identifier, and
1. the same words, or
2. nearly the same words (the resemblance of Broder, 1997: runs of three words that both have, over all), the same
   figures in the same order and as many negations: a scan reads some words otherwise, but another amount, another date
   or a «ne … pas» is another text; or
3. half of their words, where they are dated apart or one replaces the other: versions, whose amounts may well differ.

Words alone do not do. Of 31,515 passages of codes and fiches 602 pairs are as near as the first two rules ask, and
speak of different things («médecins» and «chirurgiens-dentistes», a leave «à temps plein» and «à temps partiel»).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from retrieval.dates import MONTHS
from retrieval.index import Hit

NEAR = 0.8
VERSION = 0.5

# Of one search so many pairs are compared word by word, the best hits first, if their texts are of usual length, and so
# many of the numbers that a text says it replaces are looked at: whatever is found, this takes no more than moments.
COMPARED = 12
LONGEST = 4_000
REPLACED = 16

_WORD = re.compile(r"[^\W\d_]+|\d+")

# In French a number is as often a word; «un» is mostly an article.
_NUMBERS = frozenset(
    {
        *("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
        *("quatorze", "quinze", "seize", "vingt", "vingts", "trente", "quarante", "cinquante", "soixante", "cent"),
        *("cents", "mille", "million", "millions", "milliard", "milliards", "demi", "demie", "moitié", "tiers"),
        *("quart", "quarts", "double", "triple", "premier", "première", "deuxième", "second", "seconde", "troisième"),
        *("quatrième", "cinquième", *MONTHS),
    }
)
_NEGATIONS = frozenset(
    ["ne", "n", "ni", "non", "pas", "point", "aucun", "aucune", "jamais", "nul", "nulle", "sans", "sauf", "excepté"]
)


@dataclass(frozen=True, slots=True)
class Collapsed:
    """A hit, and those that are variants of the same text, best first."""

    hit: Hit
    variants: tuple[Hit, ...] = ()

    @property
    def named(self) -> bool:
        """Whether the question names the text, in whatever variant."""
        return any(hit.named for hit in (self.hit, *self.variants))


def collapsed(hits: Sequence[Hit], *, documents: bool = False) -> list[Collapsed]:
    """The hits, best first, each text once: where its best variant stood, under the one that is current and newest.

    With `documents` a hit stands for its whole document: a text that another one found replaces is a variant of it,
    even where these two passages are about different things. Passages of one document are never variants.
    """
    groups = _Groups(documents=documents)
    for rank, hit in enumerate(hits):
        groups.add(_Member(hit, rank))
    return [_collapsed(group) for group in groups.all]


@dataclass(slots=True)
class _Words:
    """What is compared of a text."""

    runs: frozenset[tuple[str, ...]]
    figures: list[str]
    negations: Counter[str]


class _Member:
    """A hit with what tells that another one may be of the same text."""

    __slots__ = ("_words", "hit", "names", "others", "rank")

    def __init__(self, hit: Hit, rank: int) -> None:
        metadata = hit.metadata
        self.hit = hit
        self.rank = rank
        named = ("title", _key(metadata.title)), ("number", _key(metadata.number)), ("id", hit.document_id)
        self.names = tuple(name for name in named if name[1])
        other = (*metadata.replaces[:REPLACED], metadata.replaced_by)
        self.others = tuple(("number", _key(number)) for number in other if number)
        self._words: _Words | None = None

    @property
    def place(self) -> tuple[UUID, str]:
        return self.hit.collection_id, self.hit.document_id

    @property
    def words(self) -> _Words:
        if self._words is None:
            words = _WORD.findall(self.hit.chunk.text.casefold())
            self._words = _Words(
                runs=frozenset(zip(words, words[1:], words[2:], strict=False)) or frozenset([tuple(words)]),
                figures=[word for word in words if word in _NUMBERS or word.isdigit()],
                negations=Counter(word for word in words if word in _NEGATIONS),
            )
        return self._words

    @property
    def day(self) -> int:
        """Since when it applies, as far as it is known; 0: unknown."""
        metadata = self.hit.metadata
        day = metadata.in_force_from or metadata.signed_on or metadata.date
        return day.toordinal() if day else 0


@dataclass(slots=True)
class _Group:
    """A text; the first of its members is what others are compared with."""

    members: list[_Member]
    places: set[tuple[UUID, str]]


_Name = tuple[str, str]


class _Groups:
    """Texts found so far, to be found again by what tells them."""

    def __init__(self, *, documents: bool) -> None:
        self.all: list[_Group] = []
        self._documents = documents
        self._exact: dict[tuple[_Name, str], _Group] = {}
        self._named: dict[_Name, list[_Group]] = defaultdict(list)
        self._replacing: dict[_Name, list[_Group]] = defaultdict(list)
        self._left = COMPARED

    def add(self, member: _Member) -> None:
        """Put it with its variants, or alone."""
        group = next(self._like(member), None)
        if group is not None:
            group.members.append(member)
            group.places.add(member.place)
            return
        group = _Group([member], {member.place})
        self.all.append(group)
        for name in member.names:
            self._exact.setdefault((name, member.hit.chunk.text), group)
            self._named[name].append(group)
        for name in member.others:
            self._replacing[name].append(group)

    def _like(self, member: _Member) -> Iterator[_Group]:
        """Those of the same text, in which none is of the same document."""
        for name in member.names:
            if (same := self._exact.get((name, member.hit.chunk.text))) and member.place not in same.places:
                yield same
        linked = [*_others(member, self._named, member.others), *_others(member, self._replacing, member.names)]
        if self._documents:
            yield from linked
        for group in (*linked, *_others(member, self._named, member.names)):
            if not self._left:
                return
            self._left -= 1
            if _near(member, group.members[0], replaced=any(one is group for one in linked)):
                yield group


def _others(member: _Member, groups: dict[_Name, list[_Group]], names: Sequence[_Name]) -> Iterator[_Group]:
    """The groups of these names in which none is of the same document."""
    for name in names:
        for group in groups.get(name, ())[:COMPARED]:
            if member.place not in group.places:
                yield group


def _near(one: _Member, other: _Member, *, replaced: bool) -> bool:
    shorter, longer = sorted((len(one.hit.chunk.text), len(other.hit.chunk.text)))
    if longer > LONGEST or shorter < VERSION * longer:
        return False
    ours, theirs = one.words, other.words
    both = len(ours.runs & theirs.runs)
    resemblance = both / (len(ours.runs) + len(theirs.runs) - both)
    if resemblance >= NEAR and ours.figures == theirs.figures and ours.negations == theirs.negations:
        return True
    return resemblance >= VERSION and (replaced or _dated_apart(one, other))


def _dated_apart(one: _Member, other: _Member) -> bool:
    """Whether they are of one kind, and apply since different days."""
    return one.hit.metadata.kind == other.hit.metadata.kind and 0 < one.day != other.day > 0


def _collapsed(group: _Group) -> Collapsed:
    best, *others = sorted(group.members, key=_worth, reverse=True)
    return Collapsed(best.hit, tuple(other.hit for other in others))


def _worth(member: _Member) -> tuple[bool, bool, bool, int, int]:
    """Named by the question, not replaced, not repealed, most recent, found first."""
    metadata = member.hit.metadata
    return member.hit.named, not metadata.replaced_by, metadata.repealed_on is None, member.day, -member.rank


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
