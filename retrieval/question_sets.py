"""Questions whose documents are known, kept in sets of a collection to measure search and answers by.

Invariants:
1. Sets are seen and changed by who may add to their collection; to everybody else there is no such set.
2. A question enters a set because somebody typed or confirmed it there; nothing is copied from conversations.
3. Each change is recorded with it: how many questions, and their words as texts that can be erased.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval import question_set_queries as queries
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.errors import (
    CollectionNotFound,
    KeptQuestionNotFound,
    QuestionSetChanged,
    QuestionSetExists,
    QuestionSetFull,
    QuestionSetNotFound,
)
from retrieval.evaluation_run import JudgedQuestion
from retrieval.names import name_key, valid_name
from retrieval.permission import Permission, Which
from retrieval.question import validate_question
from retrieval.question_set import MOST_QUESTIONS, KeptQuestion, QuestionsChange, QuestionSet
from retrieval.question_set_rows import columns, question_of, set_of
from retrieval.rows import Connection, Pool, all_rows, one_row

OF_SET = "d’un jeu de questions"
ID_DIGITS = 12  # of a question that nobody has named


@dataclass(frozen=True, slots=True)
class QuestionSets:
    """The sets, as a principal may see and change them."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger

    async def all(self, principal: Principal, which: Which | None = None) -> list[QuestionSet]:
        """Those of all collections that the principal keeps, or of that one, by name.

        Raises, for a collection that is asked for, `CollectionNotFound`, `Refused`.
        """
        if which is None:
            return await self._of(await self.keeps(principal))
        return await self._of([await self._permission().called(principal, Action.INGEST, which)])

    async def keeps(self, principal: Principal) -> list[Collection]:
        """The collections to which the principal may give sets, by name."""
        return await self._permission().collections(principal, Action.INGEST)

    async def of(self, principal: Principal, collection: Collection) -> list[QuestionSet]:
        """Those of one collection. Raises `Refused`."""
        await self._permission().require(principal, Action.INGEST, collection.rule, collection.name)
        return await self._of([collection])

    async def get(self, principal: Principal, set_id: UUID) -> QuestionSet:
        """The set of that identifier. Raises `QuestionSetNotFound`."""
        return (await self._kept(principal, set_id))[0]

    async def named(self, principal: Principal, name: str, collection: str = "") -> QuestionSet:
        """The set of that name; `collection` tells it from another's. Raises `QuestionSetNotFound`, `Refused`.

        Raises `CollectionNotFound` for a collection that is named.
        """
        held = await self._permission().collections(principal, Action.INGEST, [collection] if collection else ())
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.SELECT_NAMED, [[one.id for one in held], name_key(name)])
        if len(rows) != 1:
            raise QuestionSetNotFound(name, several=len(rows) > 1)
        return set_of(rows[0], {one.id: one for one in held})

    async def golden(self, principal: Principal, collection: Collection) -> Sequence[JudgedQuestion]:
        """All questions of the collection's golden sets; of a part of it too. Raises `Refused`.

        Their ids begin with the name of their set, so that each is there once.
        """
        await self._permission().require(principal, Action.INGEST, collection.rule, collection.name)
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.SELECT_GOLDEN, [collection.id])
        return [replace(question_of(row), id=f"{row['name']}/{row['id']}") for row in rows]

    async def questions(self, principal: Principal, set_id: UUID) -> list[KeptQuestion]:
        """All of a set, by id. Raises `QuestionSetNotFound`."""
        await self._kept(principal, set_id)
        async with self.pool.connection() as connection:
            return [question_of(row) for row in await all_rows(connection, queries.SELECT_QUESTIONS, [set_id])]

    async def question(self, principal: Principal, set_id: UUID, question_id: str) -> KeptQuestion:
        """One of them. Raises `QuestionSetNotFound`, `KeptQuestionNotFound`."""
        await self._kept(principal, set_id)
        async with self.pool.connection() as connection:
            return await _held(connection, set_id, question_id)

    async def unknown(self, principal: Principal, set_id: UUID, ids: Iterable[str]) -> list[str]:
        """Which of these the set's collection has no document of. Raises `QuestionSetNotFound`."""
        held, _ = await self._kept(principal, set_id)
        wanted = list(dict.fromkeys(ids))
        async with self.pool.connection() as connection:
            known = await self.catalog.documents(connection, held.collection.id, wanted)
        return [id_ for id_ in wanted if id_ not in known]

    async def create(self, principal: Principal, collection: Collection, name: str) -> QuestionSet:
        """A new, empty set. Raises `Refused`, `NameInvalid`, `QuestionSetExists`."""
        decision = await self._permission().require(principal, Action.INGEST, collection.rule, collection.name)
        name, set_id = valid_name(name, OF_SET), uuid4()
        async with self.pool.connection() as connection:
            values = [set_id, collection.id, name, name_key(name), principal.username, principal.subject]
            if await one_row(connection, queries.INSERT_SET, values) is None:
                raise QuestionSetExists(name)
            [row] = await all_rows(connection, queries.SELECT_SET, [set_id])
            made = set_of(row, {collection.id: collection})
            await self._record(connection, principal, made, "created", [*decision.rules])
        return made

    async def change(self, principal: Principal, set_id: UUID, name: str, *, golden: bool, edition: int) -> None:
        """Give a set another name, or have it asked before publications or no longer.

        `edition` is the one that was shown. Raises `QuestionSetNotFound`, `NameInvalid`, `QuestionSetExists`,
        `QuestionSetChanged`.
        """
        held, rules = await self._kept(principal, set_id)
        name = valid_name(name, OF_SET)
        async with self.pool.connection() as connection:
            if await _lock(connection, set_id) != edition:
                raise QuestionSetChanged
            values = {"id": set_id, "name": name, "key": name_key(name), "golden": golden}
            if await one_row(connection, queries.UPDATE_SET, values) is None:
                raise QuestionSetExists(name)
            changed = replace(held, name=name, golden=golden)
            await self._record(connection, principal, changed, "changed", rules)

    async def add(
        self, principal: Principal, set_id: UUID, question: str, relevant: Iterable[str], note: str = ""
    ) -> KeptQuestion:
        """A question that nobody has named yet. Raises as `put` does, and as `KeptQuestion` does."""
        added = KeptQuestion(uuid4().hex[:ID_DIGITS], question, frozenset(relevant), note)
        await self.put(principal, set_id, [added])
        return added

    async def correct(self, principal: Principal, set_id: UUID, question: KeptQuestion) -> None:
        """Have a question say something else; its `edition` is the one that was shown.

        Raises `QuestionSetNotFound`, `KeptQuestionNotFound`, `QuestionSetChanged`.
        """
        held, rules = await self._kept(principal, set_id)
        async with self.pool.connection() as connection:
            await _lock(connection, set_id)
            if (await _held(connection, set_id, question.id)).edition != question.edition:
                raise QuestionSetChanged
            await self._put(connection, principal, held, rules, [question])

    async def put(self, principal: Principal, set_id: UUID, questions: Sequence[KeptQuestion]) -> QuestionsChange:
        """Add these, or have them say something else; those of other ids stay. Of one id the last counts.

        Raises `QuestionSetNotFound`, `QuestionSetFull`.
        """
        held, rules = await self._kept(principal, set_id)
        async with self.pool.connection() as connection:
            await _lock(connection, set_id)
            return await self._put(connection, principal, held, rules, questions)

    async def _put(
        self,
        connection: Connection,
        principal: Principal,
        held: QuestionSet,
        rules: list[Json],
        questions: Sequence[KeptQuestion],
    ) -> QuestionsChange:
        given = {one.id: replace(one, question=validate_question(one.question)) for one in questions}
        rows = await all_rows(connection, queries.PUT_QUESTIONS, columns(held.id, [*given.values()]))
        counted = await one_row(connection, queries.COUNT_QUESTIONS, [held.id])
        if counted and counted["questions"] > MOST_QUESTIONS:
            raise QuestionSetFull(counted["questions"], MOST_QUESTIONS)
        added = sum(row["is_new"] for row in rows)
        change = QuestionsChange(added, len(rows) - added, len(given) - len(rows))
        if rows:
            await connection.execute(queries.TOUCH_SET, [held.id])
            counts: dict[str, Json] = {"added": change.added, "changed": change.changed}
            words = [given[row["id"]].question for row in rows]
            await self._record(connection, principal, held, "questions", rules, counts, words)
        return change

    async def remove(self, principal: Principal, set_id: UUID, ids: Sequence[str]) -> int:
        """Take questions out; gives how many there were. Raises `QuestionSetNotFound`."""
        held, rules = await self._kept(principal, set_id)
        async with self.pool.connection() as connection:
            await _lock(connection, set_id)
            rows = await all_rows(connection, queries.DELETE_QUESTIONS, [set_id, [*ids]])
            if rows:
                await connection.execute(queries.TOUCH_SET, [set_id])
                words = [row["question"] for row in rows]
                await self._record(connection, principal, held, "questions", rules, {"removed": len(rows)}, words)
        return len(rows)

    async def delete(self, principal: Principal, set_id: UUID) -> QuestionSet:
        """Take a set out, with its questions and the evaluations made of them. Raises `QuestionSetNotFound`."""
        held, rules = await self._kept(principal, set_id)
        async with self.pool.connection() as connection:
            await _lock(connection, set_id)
            await connection.execute(queries.DELETE_SET, [set_id])
            await self._record(connection, principal, held, "deleted", rules, {"removed": held.questions})
        return held

    async def _of(self, collections: Sequence[Collection]) -> list[QuestionSet]:
        held = {one.id: one for one in collections}
        async with self.pool.connection() as connection:
            return [set_of(row, held) for row in await all_rows(connection, queries.SELECT_SETS, [[*held]])]

    async def _kept(self, principal: Principal, set_id: UUID) -> tuple[QuestionSet, list[Json]]:
        """The set, and the rules by which it is kept; a refusal is recorded. Raises `QuestionSetNotFound`."""
        async with self.pool.connection() as connection:
            row = await one_row(connection, queries.SELECT_SET, [set_id])
            if row is None:
                raise QuestionSetNotFound(str(set_id))
            try:
                collection = await self.catalog.collection_by_id(connection, row["collection_id"])
            except CollectionNotFound as error:  # deleted, and not yet gone
                raise QuestionSetNotFound(str(set_id)) from error
            decision = self.policy.decide(principal, Action.INGEST, collection.rule)
            if not decision.allowed:
                details: dict[str, Json] = {
                    "action": Action.INGEST.value,
                    "collection_id": str(collection.id),
                    "rules": [*decision.rules],
                }
                await self.ledger.append(connection, Event(Act.REFUSED, principal, details))
        if not decision.allowed:
            raise QuestionSetNotFound(str(set_id))
        return set_of(row, {collection.id: collection}), [*decision.rules]

    async def _record(
        self,
        connection: Connection,
        principal: Principal,
        held: QuestionSet,
        change: str,
        rules: list[Json],
        counts: dict[str, Json] | None = None,
        words: Sequence[str] = (),
    ) -> None:
        details: dict[str, Json] = {
            "collection_id": str(held.collection.id),
            "set": held.name,
            "change": change,
            "golden": held.golden,
            "rules": rules,
            **(counts or {}),
        }
        content = {"questions": "\n".join(words)} if words else {}
        await self.ledger.append(connection, Event(Act.QUESTIONS_CHANGED, principal, details, content))

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


async def _lock(connection: Connection, set_id: UUID) -> int:
    """The set's edition; nobody else changes it meanwhile."""
    row = await one_row(connection, queries.LOCK_SET, [set_id])
    if row is None:
        raise QuestionSetNotFound(str(set_id))
    edition: int = row["edition"]
    return edition


async def _held(connection: Connection, set_id: UUID, question_id: str) -> KeptQuestion:
    row = await one_row(connection, queries.SELECT_QUESTION, [set_id, question_id])
    if row is None:
        raise KeptQuestionNotFound(question_id)
    return question_of(row)
