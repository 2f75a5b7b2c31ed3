"""Looking up the words of a question: in ordinary French, and in the vocabulary of what may be read."""

import asyncio
import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from retrieval.rows import Connection, Pool
from retrieval.understanding.acronyms import expansions
from retrieval.understanding.correcting import doubtful
from retrieval.understanding.lexicon import Acronym, Form, Lexicon
from retrieval.understanding.ordinary import NO_FRENCH, OrdinaryFrench, load_ordinary_french
from retrieval.understanding.spelling import neighbours
from retrieval.understanding.vocabulary import Vocabulary
from retrieval.understanding.words import fold, words

# Of how likely a word is; the rest is said by ordinary French.
TEXTS_WEIGHT = 0.9


class Lexicons:
    """One for each question: a look-up, and another one where a word may be an error.

    The first one waits for `ordinary` French to be read, where it is not given. `refresh` has it see what collections
    have come to use since.
    """

    def __init__(self, pool: Pool, ordinary: OrdinaryFrench | None = None) -> None:
        self._pool = pool
        self._ordinary = ordinary
        self._vocabulary = Vocabulary()
        self._counts: list[tuple[UUID, dt.datetime]] | None = None
        self._used: frozenset[str] = frozenset()
        self._refreshing = asyncio.Lock()

    async def refresh(self) -> None:
        """Learn which words are used anywhere, if that has changed. What may be told of them is asked each time."""
        async with self._refreshing:
            if self._ordinary is None:
                self._ordinary = await asyncio.to_thread(load_ordinary_french)
            async with self._pool.connection() as connection:
                counts = await self._vocabulary.counts(connection)
                if counts != self._counts:
                    self._used = await self._vocabulary.used(connection)
                    self._counts = counts

    async def of(self, question: str, collections: Sequence[UUID]) -> Lexicon:
        """What there is to know of the question's words; of the texts, those of these collections count alone."""
        if self._counts is None:
            await self.refresh()
        typed = {fold(place[0]) for place in words(question)}
        async with self._pool.connection() as connection:
            long = await self._vocabulary.acronyms(connection, typed, collections)
            acronyms = {one: Acronym(long[one], is_word=self._french.has(one)) for one in long}
            known = Lexicon(await self._forms(connection, typed, collections), acronyms)
            doubts = doubtful(question, known)
            if not doubts:
                return known
            near = {neighbour for one in doubts for neighbour in neighbours(one)}
            used = [one for one in near if one in self._used or self._french.has(one)]
            return Lexicon({**known.forms, **await self._forms(connection, used, collections)}, acronyms)

    async def acronyms(self, text: str, collections: Sequence[UUID]) -> tuple[tuple[str, str], ...]:
        """Acronyms of a text, in its order, with what they stand for in these collections where it does not say so."""
        typed = {fold(place[0]) for place in words(text) if place[0].isupper()}
        async with self._pool.connection() as connection:
            long = await self._vocabulary.acronyms(connection, typed, collections)
        known = Lexicon(acronyms={one: Acronym(long[one], is_word=True) for one in long})
        return tuple((change.typed, change.meant) for change in expansions(text, known))

    @property
    def _french(self) -> OrdinaryFrench:
        return self._ordinary or NO_FRENCH

    async def _forms(
        self, connection: Connection, folded: Collection[str], collections: Sequence[UUID]
    ) -> dict[str, tuple[Form, ...]]:
        """The forms of each of these words that anybody uses, the most frequent first."""
        shares = {one: dict[str, float]() for one in folded}
        for one, form in await self._vocabulary.words(connection, folded, collections):
            shares[one][form.word] = TEXTS_WEIGHT * form.share
        for one in folded:
            for word, share in self._french.forms(one):
                shares[one][word] = shares[one].get(word, 0.0) + (1 - TEXTS_WEIGHT) * share
        return {one: _by_share(held) for one, held in shares.items() if held}


def _by_share(shares: dict[str, float]) -> tuple[Form, ...]:
    return tuple(Form(word, share) for word, share in sorted(shares.items(), key=lambda held: (-held[1], held[0])))
