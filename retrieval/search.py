"""Finding passages for a question, among what the person who asks may read.

Invariants:
1. Only collections that the policy permits are searched, whatever names were given.
2. Only texts that are in force on the day asked about are found: the day that is given, or the one that the
   question names, or today.
3. `search` gives nothing back before its record is committed.
4. A question's vector is looked for in the index of the model that made it.
5. What is not there to be searched with is said (`Found.partial`); the search goes on without it.
6. A question is understood by words of ordinary French and of texts that the person may read, of no others.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from policies.access import Action, Policy
from policies.audit.event import Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Because, Collection, Passage, Variant
from retrieval.day_asked import day_asked
from retrieval.embedding import contextualise
from retrieval.errors import CollectionNotFound, EmbeddingFailed
from retrieval.index import Fusion, Hit, Index, PartialHits, Vector
from retrieval.named import named_first
from retrieval.names import name_key
from retrieval.question import validate_question
from retrieval.rerank import Reranking
from retrieval.rows import Pool
from retrieval.search_events import refusal, searched
from retrieval.space import Spaces
from retrieval.sparse import SparseEncoder
from retrieval.surroundings import surrounded
from retrieval.understanding.lexicons import Lexicons
from retrieval.understanding.understand import understand
from retrieval.understanding.understood import ALL_STEPS, Change, Steps, Understood
from retrieval.variants import Collapsed, collapsed
from retrieval.within import EVERYTHING, Filters, Within

# Chunks read for each document wanted, so that a long document does not crowd out the others.
CHUNKS_PER_DOCUMENT = 4

# Chunks read for each passage wanted, so that copies of one text do not crowd out the others.
PASSAGES_PER_TEXT = 2

NO_MEANING: Vector = np.empty(0, np.float32)

WORDS_ALONE = (
    "Le modèle qui calcule le sens de la question a échoué\u202f: la recherche s’est faite par les mots seuls, et peut "
    "avoir manqué des passages."
)
PART_AWAY = (
    "Une partie de l’index ne répond pas\u202f: la recherche s’est faite dans le reste, et peut avoir manqué des "
    "passages."
)

# Passages on whose words `Found.coverage` looks.
EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first, and how strongly they carry the question.

    `searched` names the `collections`, in the same order. `similarity` is the highest cosine between the
    question and a passage. `coverage` is the share of the question's distinct stems, stop words left out, that stand
    in the first passages, their titles or headings. Both are 0 where nothing was found.
    """

    passages: tuple[Passage, ...]
    searched: tuple[str, ...]
    collections: tuple[UUID, ...]
    similarity: float
    coverage: float
    retrieval_ms: float
    on: dt.date
    """The day on which the texts found are in force."""
    embedding: str = ""
    """The model in whose terms `similarity` is."""
    partial: tuple[str, ...] = ()
    """French sentences that say what the search had to do without."""
    named: bool = False
    """A text is among them that the question names by a legal reference."""
    by_words_alone: bool = False
    """The question's meaning could not be had: `similarity` is 0, and says nothing."""
    changes: tuple[Change, ...] = ()
    """What of the question was searched otherwise than it was typed."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and its vector, with the model that made it and the index in which it means something."""

    question: Understood
    dense: Vector
    embedding: str
    index: Index


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Texts, best first, and what was to be done without (`Found.partial`)."""

    texts: Sequence[Collapsed]
    partial: tuple[str, ...]


def today() -> dt.date:
    """The day, where this machine stands."""
    return dt.datetime.now().astimezone().date()


@dataclass(frozen=True, slots=True)
class Search:
    """Hybrid search: the embedding model's order and the words' order, fused by the index.

    `today` is asked for the day of each question that names none. Without `lexicons` a question is searched as it is
    typed; `steps` says what is done to understand it.
    """

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    spaces: Spaces
    sparse: SparseEncoder
    fusion: Fusion
    today: Callable[[], dt.date] = today
    reranking: Reranking | None = None
    lexicons: Lexicons | None = None
    steps: Steps = ALL_STEPS

    async def permitted(self, principal: Principal, names: Sequence[str] = ()) -> list[Collection]:
        """The collections of these names, or all that the principal may read where none is given.

        Raises `CollectionNotFound` for a name that is unknown or not permitted; the second is recorded.
        """
        async with self.pool.connection() as connection:
            held = await self.catalog.collections(connection)
            wanted = {name_key(name): name for name in names}
            asked = [one for one in held if not wanted or name_key(one.name) in wanted]
            allowed = self.policy.permitted(principal, Action.READ, (one.rule for one in asked))
            refused = [one for one in asked if one.id not in allowed] if wanted else []
            for collection in refused:
                await self.ledger.append(connection, refusal(principal, collection))
        readable = [one for one in asked if one.id in allowed]
        for name in wanted.keys() - {name_key(one.name) for one in readable}:
            raise CollectionNotFound(wanted[name])
        return readable

    async def find(
        self, question: str, collections: Sequence[Collection], limit: int, on: dt.date | None = None
    ) -> Found:
        """The best chunks of these collections; several may be of one document. Nothing is recorded.

        `collections` must come from `permitted`. Raises `EmptyQuestion`, `QuestionTooLong`, `IndexUnavailable`,
        `IndexOutdated`, and what `Spaces` raises.
        """
        started = time.perf_counter()
        question = validate_question(question)
        day = self._day(question, on)
        understood = await self._understood(question, collections)
        asked = await self._asked(understood)
        hits = await self._hits(asked, collections, self._read(limit) * PASSAGES_PER_TEXT, day)
        ranked = await self._ranked(understood.question, collapsed(hits), limit, _without(asked, hits))
        return self._found(asked, ranked, collections, day, started)

    async def find_documents(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        limit: int = 10,
        on: dt.date | None = None,
        filters: Filters = EVERYTHING,
    ) -> Found:
        """The best documents, each by its best chunk. Nothing is recorded; raises as `search` does."""
        started = time.perf_counter()
        question = validate_question(question)
        day = self._day(question, on)
        collections = await self.permitted(principal, names)
        readable = await self.permitted(principal) if names and self.lexicons else collections
        understood = await self._understood(question, readable)
        asked = await self._asked(understood)
        read = self._read(limit) * CHUNKS_PER_DOCUMENT
        hits = await self._hits(asked, collections, read, day, filters)
        texts = collapsed(_best_of_each(hits), documents=True)
        ranked = await self._ranked(understood.question, texts, limit, _without(asked, hits))
        return self._found(asked, ranked, collections, day, started)

    async def search(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        limit: int = 10,
        on: dt.date | None = None,
        filters: Filters = EVERYTHING,
        context: int = 0,
    ) -> Found:
        """The best documents, each by its best chunk, recorded before they are given back.

        `context` paragraphs before and after each passage come with it. Raises `EmptyQuestion`, `QuestionTooLong`,
        `CollectionNotFound`, `IndexUnavailable`, `IndexOutdated`, `LedgerUnavailable`.
        """
        found = await self.find_documents(principal, question, names, limit, on, filters)
        details: dict[str, Json] = {
            "searched": list(found.searched),
            "on": found.on.isoformat(),
            "limit": limit,
            "context": context,
            "retrieval_ms": round(found.retrieval_ms, 1),
            **({"partial": [*found.partial]} if found.partial else {}),
        }
        async with self.pool.connection() as connection:
            if context:
                found = replace(found, passages=await surrounded(connection, found.passages, context))
            await self.ledger.append(connection, searched(principal, question, found.passages, details, filters))
        return found

    def _day(self, question: str, on: dt.date | None) -> dt.date:
        return on or day_asked(question) or self.today()

    async def _understood(self, question: str, readable: Sequence[Collection]) -> Understood:
        if self.lexicons is None:
            return Understood(question, question, question)
        lexicon = await self.lexicons.of(question, [collection.id for collection in readable])
        return understand(question, lexicon, self.steps)

    async def _asked(self, question: Understood) -> _Asked:
        space = await self.spaces.in_use()
        try:
            dense = await space.embedder.embed_query(question.text_for_meaning)
        except EmbeddingFailed:
            dense = NO_MEANING
        return _Asked(question, dense, space.embedder.name, space.index)

    def _read(self, limit: int) -> int:
        """How many are to be found so that a reranker has enough to choose from."""
        return limit if self.reranking is None else max(limit, self.reranking.passages)

    async def _ranked(self, question: str, texts: Sequence[Collapsed], limit: int, partial: tuple[str, ...]) -> _Ranked:
        """The best texts, in the order of the reranker, where there is one; `partial` is what is said already."""
        if self.reranking is None:
            return _Ranked(texts[:limit], partial)
        of_hit = {id(text.hit): text for text in texts}
        reranked = await self.reranking.rerank(question, [text.hit for text in texts])
        best = sorted((of_hit[id(hit)] for hit in reranked.hits), key=lambda text: not text.named)
        return _Ranked(best[:limit], (*partial, *reranked.partial))

    async def _hits(
        self,
        asked: _Asked,
        collections: Sequence[Collection],
        limit: int,
        day: dt.date,
        filters: Filters = EVERYTHING,
    ) -> list[Hit]:
        within = Within(frozenset(collection.id for collection in collections), day, filters)
        words = self.sparse.query(asked.question.text_for_words)
        hits = await asked.index.search(asked.dense, words, within=within, fusion=self.fusion, limit=limit)
        return await named_first(asked.question.question, asked.index, asked.dense, within, hits)

    def _found(
        self,
        asked: _Asked,
        ranked: _Ranked,
        collections: Sequence[Collection],
        day: dt.date,
        started: float,
    ) -> Found:
        names = {collection.id: collection.name for collection in collections}
        hits = [text.hit for text in ranked.texts]
        return Found(
            passages=tuple(_passage(text, names) for text in ranked.texts),
            searched=tuple(collection.name for collection in collections),
            collections=tuple(collection.id for collection in collections),
            similarity=max((hit.similarity for hit in hits), default=0.0),
            coverage=self._coverage(asked.question.question, hits[:EVIDENCE]),
            retrieval_ms=(time.perf_counter() - started) * 1000,
            on=day,
            embedding=asked.embedding,
            partial=ranked.partial,
            named=any(text.named for text in ranked.texts),
            by_words_alone=not asked.dense.size,
            changes=asked.question.changes,
        )

    def _coverage(self, question: str, hits: Sequence[Hit]) -> float:
        asked = set(self.sparse.query(question).indices)
        texts = (contextualise(hit.metadata.title, hit.chunk) for hit in hits)
        read = {stem for text in texts for stem in self.sparse.document(text).indices}
        return len(asked & read) / len(asked) if asked else 0.0


def _without(asked: _Asked, hits: Sequence[Hit]) -> tuple[str, ...]:
    """What the index was asked without, and what of it did not answer."""
    words = () if asked.dense.size else (WORDS_ALONE,)
    return (*words, PART_AWAY) if isinstance(hits, PartialHits) else words


def _best_of_each(hits: Sequence[Hit]) -> list[Hit]:
    """The first, which is the best, hit of each document."""
    best: dict[tuple[UUID, str], Hit] = {}
    for hit in hits:
        best.setdefault((hit.collection_id, hit.document_id), hit)
    return list(best.values())


def _passage(text: Collapsed, names: Mapping[UUID, str]) -> Passage:
    hit = text.hit
    return Passage(
        collection_id=hit.collection_id,
        collection=names[hit.collection_id],
        document_id=hit.document_id,
        version=hit.version,
        metadata=hit.metadata,
        chunk=hit.chunk,
        score=hit.score,
        similarity=hit.similarity,
        because=(Because.REFERENCE,) if text.named else (),
        variants=tuple(
            Variant(one.collection_id, names[one.collection_id], one.document_id, one.version, one.metadata)
            for one in text.variants
        ),
    )
