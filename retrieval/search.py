"""Finding passages for a question, among what the person who asks may read.

Invariants:
1. Only collections that the policy permits are searched, whatever names were given.
2. Only texts that are in force on the day asked about are found: the day that is given, or the one that the
   question names, or today.
3. `search` gives nothing back before its record is committed.
4. A question's vector is looked for in the index of the model that made it.
5. What is not there to be searched with is said (`Found.partial`); the search goes on without it.
6. A question is understood by words of ordinary French and of texts that the person may read, of no others.
7. Files of a conversation are found in that conversation alone, by its owner.
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from policies.access import Action, Policy
from policies.audit.event import Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.beside import beside, speaks_of_files
from retrieval.carrying import Information, Nearby, coverage, information, nearby
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.day_asked import day_asked
from retrieval.errors import CollectionNotFound, EmbeddingFailed
from retrieval.index import Fusion, Hit, Index, PartialHits, Vector
from retrieval.named import named_first
from retrieval.names import name_key
from retrieval.permission import Permission
from retrieval.question import validate_question
from retrieval.ranking.features import Candidates, candidates
from retrieval.ranking.listing import Question, listed
from retrieval.ranking.ranker import Ranker
from retrieval.ranking.ranking import Ranking, ranked
from retrieval.rerank import Reranking
from retrieval.results import PART_AWAY, WORDS_ALONE, Found, passage
from retrieval.rows import Pool
from retrieval.scope import Scope
from retrieval.search_events import refusal, searched
from retrieval.space import Spaces
from retrieval.sparse import SparseEncoder
from retrieval.surroundings import surrounded
from retrieval.trace import Sought, Trace, key_of
from retrieval.understanding.lexicon import Lexicon
from retrieval.understanding.lexicons import Lexicons
from retrieval.understanding.understand import understand
from retrieval.understanding.understood import ALL_STEPS, Steps, Understood
from retrieval.variants import Collapsed, collapsed
from retrieval.watch import UNWATCHED, Step, Watch
from retrieval.within import EVERYTHING, Filters, Within

# Chunks read for each document wanted, so that a long document does not crowd out the others.
CHUNKS_PER_DOCUMENT = 4

# Documents read for each one wanted, for the same reason.
COPIES = 2

# Chunks read for each passage wanted, so that copies of one text do not crowd out the others.
PASSAGES_PER_TEXT = 2

NO_MEANING: Vector = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, what its words tell, its vector, the model that made it and the index in which it means something."""

    question: Understood
    told: Information
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
    """Search by meaning and by words, in the order of the `ranker`.

    Without one, or where it was learned for another embedding model, the index fuses both orders by rank. `today` is
    asked for the day of each question that names none. Without `lexicons` a question is searched as it is typed;
    `steps` says what is done to understand it. `trace` is for one search, which notes there what it goes through;
    `watch` is told of the steps of all. `filters` narrow what `find` looks in.
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
    ranker: Ranker | None = None
    trace: Trace | None = None
    watch: Watch = UNWATCHED
    filters: Filters = EVERYTHING

    async def permitted(self, principal: Principal, names: Sequence[str] = ()) -> list[Collection]:
        """The collections of these names, or where none is given all that the principal may read but archived ones.

        Raises `CollectionNotFound` for a name that is unknown or not permitted; the second is recorded.
        """
        with self.watch.step(Step.PERMIT):
            return await self._permitted(principal, names)

    async def _permitted(self, principal: Principal, names: Sequence[str]) -> list[Collection]:
        async with self.pool.connection() as connection:
            held = await self.catalog.collections(connection)
            wanted = {name_key(name): name for name in names}
            asked = [one for one in held if (name_key(one.name) in wanted if wanted else not one.archived)]
            allowed = self.policy.permitted(principal, Action.READ, (one.rule for one in asked))
            refused = [one for one in asked if one.id not in allowed] if wanted else []
            for collection in refused:
                rules = self.policy.decide(principal, Action.READ, collection.rule).rules
                await self.ledger.append(connection, refusal(principal, collection, rules))
        readable = [one for one in asked if one.id in allowed]
        for name in wanted.keys() - {name_key(one.name) for one in readable}:
            raise CollectionNotFound(wanted[name])
        return readable

    async def open_to(self, principal: Principal) -> frozenset[UUID]:
        """All that the principal may read, archived or not."""
        return frozenset(one.id for one in await self._permission().collections(principal, Action.READ))

    async def attached(self, principal: Principal, conversation_id: UUID) -> Collection | None:
        """The files of a conversation, where it is the principal's and has any."""
        return await self._permission().attached(principal, conversation_id)

    async def opened(self, principal: Principal, collection_id: UUID, name: str) -> Collection:
        """The collection of something that was found once under that name, as far as the principal may read it now.

        Raises `CollectionNotFound`.
        """
        if own := await self._permission().attached_by_id(principal, collection_id):
            return own
        try:
            return await self._permission().collection_by_id(principal, Action.READ, collection_id)
        except CollectionNotFound as error:
            raise CollectionNotFound(name) from error

    async def find(
        self,
        question: str,
        collections: Sequence[Collection],
        limit: int,
        on: dt.date | None = None,
        readable: Sequence[Collection] = (),
        attached: Collection | None = None,
    ) -> Found:
        """The best chunks of these collections; several may be of one document. Nothing is recorded.

        `collections` must come from `permitted`, and so must those that are `readable` besides, whose texts may help to
        understand the question. Those of the files in `attached`, in force or not, come first where they are near.
        Raises `EmptyQuestion`, `QuestionTooLong`, `IndexUnavailable`, `IndexOutdated`, and what `Spaces` raises.
        """
        started = time.perf_counter()
        question = validate_question(question)
        day = self._day(question, on)
        scope = Scope.of(collections, readable or collections, day, self.filters)
        asked = await self._asked(question, scope)
        best, near = await self._passages(asked, scope, limit)
        if attached is None:
            return replace(self._found(asked, best, collections, day, started), nearby=near)
        own = await self._of_files(asked, attached, limit)
        texts = beside(own, best.texts, limit, meant=speaks_of_files(question))
        searched = [*collections, attached] if own else collections
        found = self._found(asked, replace(best, texts=texts), searched, day, started)
        return replace(found, nearby=near, attached=any(one.collection_id == attached.id for one in found.passages))

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
        question = validate_question(question)
        day = self._day(question, on)
        collections, scope = await self._scope(principal, names, day, filters)
        return await self._documents(question, collections, scope, limit, day)

    async def find_as_if(
        self,
        question: str,
        collections: Sequence[Collection],
        without: tuple[UUID, frozenset[str]] | None,
        limit: int = 10,
    ) -> Found:
        """The best documents as if these collections were all, but `without` those of one. Nothing is recorded.

        For whoever keeps all of them: the policy is not asked. Raises as `search` does.
        """
        question = validate_question(question)
        day = self._day(question, None)
        within = Within(frozenset(one.id for one in collections), day, without=without)
        return await self._documents(question, collections, Scope(within, within), limit, day)

    async def passages_as_if(
        self,
        question: str,
        collections: Sequence[Collection],
        without: tuple[UUID, frozenset[str]] | None,
        readable: Sequence[Collection],
        limit: int,
    ) -> Found:
        """The same, but the best passages, as an answer would stand on them, beside what else is `readable`."""
        started = time.perf_counter()
        question = validate_question(question)
        day, searched = self._day(question, None), frozenset(one.id for one in collections)
        beside = frozenset(one.id for one in readable)
        scope = Scope(Within(searched, day, without=without), Within(searched | beside, day, without=without))
        asked = await self._asked(question, scope)
        best, near = await self._passages(asked, scope, limit)
        return replace(self._found(asked, best, collections, day, started), nearby=near)

    async def _passages(self, asked: _Asked, scope: Scope, limit: int) -> tuple[_Ranked, Nearby]:
        ranking = await self._hits(asked, scope, self._read(limit) * PASSAGES_PER_TEXT)
        best = await self._reranked(asked, collapsed(ranking.hits), limit, _without(asked, ranking.hits))
        near = await nearby(asked.index, asked.dense, scope.readable, ranking.near)
        return best, near

    async def _documents(
        self, question: str, collections: Sequence[Collection], scope: Scope, limit: int, day: dt.date
    ) -> Found:
        started = time.perf_counter()
        asked = await self._asked(question, scope)
        hits = (await self._hits(asked, scope, self._read(limit), documents=True)).hits
        texts = collapsed(_best_of_each(hits), documents=True)
        best = await self._reranked(asked, texts, limit, _without(asked, hits))
        return self._found(asked, best, collections, day, started)

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
            "rules": await self.allowed_by(principal, found),
            **({"partial": [*found.partial]} if found.partial else {}),
        }
        async with self.pool.connection() as connection:
            if context:
                found = replace(found, passages=await surrounded(connection, found.passages, context))
            await self.ledger.append(connection, searched(principal, question, found.passages, details, filters))
        return found

    async def allowed_by(self, principal: Principal, found: Found) -> list[Json]:
        """The names of the rules by which the principal may read what was found, as records say them."""
        return await self._permission().allowed_by(principal, {one.collection_id for one in found.passages})

    async def candidates(self, principal: Principal, question: str, names: Sequence[str] = ()) -> Candidates:
        """All documents that a ranker would put in order. Nothing is recorded; raises as `search` does."""
        question = validate_question(question)
        _, scope = await self._scope(principal, names, self._day(question, None))
        asked = await self._asked(question, scope)
        listing = await listed(asked.index, self._vectors(asked), scope.within, scope.readable)
        return candidates(listing.lists)

    async def _scope(
        self, principal: Principal, names: Sequence[str], day: dt.date, filters: Filters = EVERYTHING
    ) -> tuple[list[Collection], Scope]:
        """The collections of these names, and what may help besides."""
        collections = await self.permitted(principal, names)
        readable = await self.permitted(principal) if names else collections
        return collections, Scope.of(collections, readable, day, filters)

    def _vectors(self, asked: _Asked) -> Question:
        return Question(asked.dense, self.sparse.query(asked.question.text_for_words))

    def _day(self, question: str, on: dt.date | None) -> dt.date:
        return on or day_asked(question) or self.today()

    async def _understood(self, question: str, scope: Scope) -> tuple[Understood, Lexicon]:
        if self.lexicons is None:
            return Understood(question, question, question), Lexicon()
        lexicon = await self.lexicons.of(question, sorted(scope.readable.collections))
        return understand(question, lexicon, self.steps), lexicon

    async def _asked(self, question: str, scope: Scope) -> _Asked:
        with self.watch.step(Step.UNDERSTAND):
            understood, lexicon = await self._understood(question, scope)
            told = information(understood.question, lexicon, self.sparse)
        space = await self.spaces.in_use()
        try:
            with self.watch.step(Step.EMBED):
                dense = await space.embedder.embed_query(understood.text_for_meaning)
        except EmbeddingFailed:
            dense = NO_MEANING
        return _Asked(understood, told, dense, space.embedder.name, space.index)

    def _read(self, limit: int) -> int:
        """How many are to be found so that a reranker has enough to choose from."""
        return limit if self.reranking is None else max(limit, self.reranking.passages)

    async def _reranked(
        self, asked: _Asked, texts: Sequence[Collapsed], limit: int, partial: tuple[str, ...]
    ) -> _Ranked:
        """The best texts, in the order of the reranker, where there is one; `partial` is what is said already."""
        if self.reranking is None:
            return _Ranked(texts[:limit], partial)
        of_hit = {id(text.hit): text for text in texts}
        with self.watch.step(Step.RERANK):
            reranked = await self.reranking.rerank(asked.question.question, [text.hit for text in texts])
        if self.trace:
            scored = zip(reranked.hits, reranked.scores, strict=False)
            self.trace.reranked = {key_of(hit): score for hit, score in scored}
        best = sorted((of_hit[id(hit)] for hit in reranked.hits), key=lambda text: not text.named)
        return _Ranked(best[:limit], (*partial, *reranked.partial))

    async def _hits(self, asked: _Asked, scope: Scope, limit: int, *, documents: bool = False) -> Ranking:
        """The best chunks, with `documents` at least so many as are wanted of each."""
        index, within, question = asked.index, scope.within, self._vectors(asked)
        if self.ranker and self.ranker.embedding == asked.embedding:
            read = limit * (COPIES if documents else 1)
            ranking = await ranked(
                index,
                question,
                self.ranker,
                within=within,
                readable=scope.readable,
                limit=read,
                documents=documents,
                watch=self.watch,
            )
        else:
            read = limit * (CHUNKS_PER_DOCUMENT if documents else 1)
            with self.watch.step(Step.SEARCH):
                ranking = Ranking(
                    await index.search(question.meaning, question.words, within=within, fusion=self.fusion, limit=read)
                )
        hits = await named_first(asked.question.question, index, asked.dense, within, ranking.hits)
        if self.trace:
            self.trace.sought = Sought(scope, asked.question, question, index, hits, ranking.near is not None)
        return replace(ranking, hits=hits)

    async def _of_files(self, asked: _Asked, attached: Collection, limit: int) -> Sequence[Collapsed]:
        """The best chunks of attached files, which are few: meaning and words, fused by rank."""
        question, within = self._vectors(asked), Within(frozenset({attached.id}))
        read = self._read(limit) * PASSAGES_PER_TEXT
        hits = await asked.index.search(question.meaning, question.words, within=within, fusion=self.fusion, limit=read)
        return (await self._reranked(asked, collapsed(hits), limit, ())).texts

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)

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
            passages=tuple(passage(text, names) for text in ranked.texts),
            searched=tuple(collection.name for collection in collections),
            collections=tuple(collection.id for collection in collections),
            similarity=max((hit.similarity for hit in hits), default=0.0),
            coverage=coverage(asked.told, hits, self.sparse),
            retrieval_ms=(time.perf_counter() - started) * 1000,
            on=day,
            embedding=asked.embedding,
            partial=ranked.partial,
            named=any(text.named for text in ranked.texts),
            by_words_alone=not asked.dense.size,
            changes=asked.question.changes,
        )


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
