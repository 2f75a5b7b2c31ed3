"""Conversations in PostgreSQL.

Invariants:
1. Every query names the owner: what belongs to someone else is as if it were not there.
2. Changes that a reader makes to the past (rename, delete, feedback), and looks at it, are recorded in the ledger, in
   the same transaction. (Questions and answers are recorded where they are made.)
3. No answer is given back that stands on a collection that the person may not read now, or names one.
"""

from collections.abc import Mapping, Set
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from assistant import conversation_queries as queries
from assistant.conversation import Conversation, Exchange, Feedback, Reply, shortened, title_of
from assistant.errors import ConversationNotFound
from assistant.figures import AnswerFigures
from assistant.kept_reply import read, written
from assistant.tasks.order import TaskOrder
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.rows import Connection, all_rows, one_row


class Conversations:
    """Each method acts for one person, in the transaction it is given; all raise `ConversationNotFound`."""

    def __init__(self, ledger: Ledger, figures: AnswerFigures | None = None) -> None:
        """`figures` count what people think of answers."""
        self._ledger = ledger
        self._figures = figures

    async def start(self, connection: Connection, person: Principal, conversation_id: UUID, question: str) -> None:
        """Begin a conversation, named after its first question; nothing changes if it has begun already."""
        values = {"id": conversation_id, "owner": person.subject, "title": title_of(question)}
        await connection.execute(queries.START, values)

    async def ask(
        self,
        connection: Connection,
        person: Principal,
        conversation_id: UUID,
        exchange_id: UUID,
        question: str,
        task: TaskOrder | None = None,
    ) -> None:
        """Keep a question, or a task, as the newest exchange of the conversation, which begins if it has not yet."""
        await self.start(connection, person, conversation_id, question)
        owned = {"id": conversation_id, "owner": person.subject}
        _found(await one_row(connection, queries.TOUCH, owned))
        asked = {"exchange": exchange_id, "question": question, "task": _kept(task)}
        await connection.execute(queries.INSERT_EXCHANGE, owned | asked)

    async def renew(self, connection: Connection, person: Principal, exchange_id: UUID, renewed_id: UUID) -> None:
        """Put a new exchange with the same question in the place of one; the old answer and its feedback go."""
        values = {"exchange": exchange_id, "renewed": renewed_id, "owner": person.subject}
        _found(await one_row(connection, queries.RENEW, values))
        details: dict[str, Json] = {"exchange": str(exchange_id), "renewed": str(renewed_id)}
        await self._record(connection, Act.ANSWER_REPLACED, person, details)

    async def rewrite(
        self, connection: Connection, person: Principal, exchange_id: UUID, renewed_id: UUID, question: str
    ) -> None:
        """Put a new exchange with another question in the place of one; it is the last of its conversation then."""
        values = {"exchange": exchange_id, "renewed": renewed_id, "owner": person.subject, "question": question}
        edited = _found(await one_row(connection, queries.REWRITE, values))
        titles = {"title": title_of(question), "given": title_of(edited["question"])}
        await connection.execute(queries.RETITLE, titles | {"id": edited["id"], "owner": person.subject})
        details: dict[str, Json] = {
            "conversation": str(edited["id"]),
            "exchange": str(exchange_id),
            "renewed": str(renewed_id),
            "later": edited["later"],
        }
        await self._record(connection, Act.QUESTION_REPLACED, person, details)

    async def reply(self, connection: Connection, person: Principal, exchange_id: UUID, reply: Reply) -> None:
        """Keep the answer to a question."""
        values = {"exchange": exchange_id, "owner": person.subject, "reply": written(reply)}
        _found(await one_row(connection, queries.PUT_REPLY, values))

    async def page(
        self, connection: Connection, person: Principal, limit: int, after: UUID | None = None, words: str = ""
    ) -> list[Conversation]:
        """The person's conversations, the newest first; `words` must stand in the title or in a question."""
        values = {"owner": person.subject, "after": after, "words": words, "limit": limit}
        return [Conversation(**row) for row in await all_rows(connection, queries.SELECT_PAGE, values)]

    async def conversation(self, connection: Connection, person: Principal, conversation_id: UUID) -> Conversation:
        """The conversation's name and date."""
        values = {"id": conversation_id, "owner": person.subject}
        return Conversation(**_found(await one_row(connection, queries.SELECT_CONVERSATION, values)))

    async def open(self, connection: Connection, person: Principal, conversation_id: UUID) -> None:
        """Record that its owner reads the conversation again; what they are given has to wait for that."""
        details: dict[str, Json] = {"conversation": str(conversation_id)}
        await self._record(connection, Act.CONVERSATION_OPENED, person, details)

    async def exchanges(
        self, connection: Connection, person: Principal, conversation_id: UUID, permitted: Set[UUID]
    ) -> list[Exchange]:
        """All its exchanges, the oldest first; none for a conversation that is not there.

        `permitted` are the collections that the person may read now: an answer from others is withheld.
        """
        values = {"id": conversation_id, "owner": person.subject}
        rows = await all_rows(connection, queries.SELECT_EXCHANGES, values)
        return [_exchange(row).readable(permitted) for row in rows]

    async def task(self, connection: Connection, person: Principal, exchange_id: UUID) -> TaskOrder:
        """The task of an exchange."""
        values = {"exchange": exchange_id, "owner": person.subject}
        return TaskOrder.read(_found(await one_row(connection, queries.SELECT_TASK, values))["task"])

    async def rename(self, connection: Connection, person: Principal, conversation_id: UUID, title: str) -> None:
        """Give the conversation another name (cut where it is too long)."""
        values = {"id": conversation_id, "owner": person.subject, "title": shortened(title)}
        _found(await one_row(connection, queries.RENAME, values))
        details: dict[str, Json] = {"conversation": str(conversation_id)}
        await self._record(connection, Act.CONVERSATION_RENAMED, person, details, {"title": shortened(title)})

    async def delete(self, connection: Connection, person: Principal, conversation_id: UUID) -> None:
        """Remove the conversation with its exchanges and its files."""
        deleted = _found(await one_row(connection, queries.DELETE, {"id": conversation_id, "owner": person.subject}))
        details: dict[str, Json] = {
            "conversation": str(conversation_id),
            "exchanges": deleted["exchanges"],
            "files": deleted["files"],
        }
        await self._record(connection, Act.CONVERSATION_DELETED, person, details)

    async def rate(
        self, connection: Connection, person: Principal, exchange_id: UUID, feedback: Feedback | None
    ) -> None:
        """Keep what the person thinks of an answer, in place of what they thought before; None withdraws it."""
        useful, reason = (feedback.useful, feedback.reason) if feedback else (None, "")
        values = {"exchange": exchange_id, "owner": person.subject, "useful": useful, "reason": reason}
        row = _found(await one_row(connection, queries.RATE, values))
        saved = feedback.saved if feedback else None
        if self._figures is not None and row["answer"] is not None:
            await self._figures.rate(connection, row["answer"], useful, saved)
        details: dict[str, Json] = {
            "conversation": str(row["id"]),
            "exchange": str(exchange_id),
            "useful": useful,
            "reasons": list(feedback.reasons) if feedback else [],
            **({} if saved is None else {"saved_minutes": saved}),
        }
        await self._record(connection, Act.FEEDBACK_GIVEN, person, details, {"reason": reason} if reason else {})

    async def _record(
        self,
        connection: Connection,
        act: Act,
        person: Principal,
        details: Mapping[str, Json],
        content: Mapping[str, str] | None = None,
    ) -> None:
        await self._ledger.append(connection, Event(act, person, details, content or {}))


def _found(row: DictRow | None) -> DictRow:
    if row is None:
        raise ConversationNotFound
    return row


def _kept(task: TaskOrder | None) -> Jsonb | None:
    return None if task is None else Jsonb(task.written())


def _exchange(row: Mapping[str, Any]) -> Exchange:
    return Exchange(
        id=row["id"],
        question=row["question"],
        asked_at=row["asked_at"],
        reply=None if row["reply"] is None else read(row["reply"]),
        task=None if row["task"] is None else TaskOrder.read(row["task"]),
        feedback=None if row["useful"] is None else Feedback(row["useful"], row["reason"]),
    )
