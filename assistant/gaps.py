"""What people asked and did not get: groups of questions that were refused, or whose answers were rated badly.

Invariants:
1. A group is told where at least three different people asked, by the words that at least three of them used
   (`assistant.shared_words`), with counts and days. No question is kept here, and nobody's name.
2. Vectors of questions are kept with their conversations, and go with them.
3. Who keeps collections sees the groups of which every searched collection is theirs; who looks is recorded.
"""

import datetime as dt
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID, uuid5

import numpy as np

from assistant import gap_queries as queries
from assistant.clustering import clusters, rows
from assistant.figure_reports import FigureReports
from assistant.shared_words import PEOPLE, Stems, shared_words
from policies.access import Action
from policies.audit.event import Act, Event, Json
from policies.principal import Principal
from retrieval.permission import require_right
from retrieval.rows import Connection, all_rows, one_row
from retrieval.space import Spaces

DAYS = 90
"""Of so many days questions are looked at."""

MOST_QUESTIONS = 5_000  # the newest

_STORED = np.dtype("<f4")
_NAMES = UUID("6f1b1c2e-4f0e-5b43-9d39-3a6d2d3f9a41")


@dataclass(frozen=True, slots=True)
class Gap:
    """A group: the words that several used, how many asked, of which so many were refused and so many rated badly."""

    id: UUID
    terms: Sequence[str]
    questions: int
    people: int
    refused: int
    useless: int
    first_day: dt.date
    last_day: dt.date
    searched: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Looking:
    """So many questions of all have been read."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Looked:
    """The end: among so many questions so many groups were found."""

    questions: int
    gaps: int


@dataclass(frozen=True, slots=True)
class KnownGaps:
    """The groups that somebody may see, as of that moment; None: nobody has looked yet."""

    gaps: Sequence[Gap]
    at: dt.datetime | None = None
    questions: int = 0
    names: dict[UUID, str] = field(default_factory=dict)  # of the collections


@dataclass(frozen=True, slots=True)
class Gaps:
    """Finds groups and tells them. `stems` are those of search."""

    reports: FigureReports
    spaces: Spaces
    stems: Stems

    async def known(self, principal: Principal) -> KnownGaps:
        """The groups that the principal may see, those of the most people first; that they look is recorded.

        Raises `Refused`.
        """
        permission = self.reports.permission
        await require_right(permission.pool, permission.policy, permission.ledger, principal, Action.OPEN_CONSOLE)
        sight = await self.reports.sight(principal)
        names = {one.id: one.name for one in sight.collections}
        async with permission.pool.connection() as connection:
            held = [Gap(**row) for row in await all_rows(connection, queries.ALL)]
            last = await one_row(connection, queries.LAST)
            shown = [one for one in held if sight.everything or (one.searched and {*one.searched} <= names.keys())]
            details: dict[str, Json] = {"groups": len(shown)}
            await permission.ledger.append(connection, Event(Act.GAPS_LISTED, principal, details))
        if last is None:
            return KnownGaps(shown, names=names)
        return KnownGaps(shown, last["at"], last["questions"], names)

    async def due(self) -> bool:
        """Whether nobody has looked today."""
        async with self.reports.permission.pool.connection() as connection:
            last = await one_row(connection, queries.LAST)
        return last is None or last["day"] < self.reports.today()

    async def find(self, principal: Principal) -> AsyncGenerator[Looking | Looked, None]:
        """Look anew, in the place of what was found before; the last step is `Looked`, which is recorded.

        Raises `Refused`, `EmbeddingFailed`, and what `Spaces` does.
        """
        permission = self.reports.permission
        await require_right(permission.pool, permission.policy, permission.ledger, principal, Action.OPEN_CONSOLE)
        async for step in self.look(principal):
            yield step

    async def look(self, principal: Principal) -> AsyncGenerator[Looking | Looked, None]:
        """The same on behalf of the product itself."""
        pool, embedder = self.reports.permission.pool, (await self.spaces.in_use()).embedder
        now = self.reports.now()
        since = now - dt.timedelta(days=DAYS)
        async with pool.connection() as connection:
            values = {"model": embedder.name, "since": since, "limit": MOST_QUESTIONS}
            asked = list(reversed(await all_rows(connection, queries.ASKED, values)))
        vectors = []
        for done, one in enumerate(asked):
            if done % 10 == 0:
                yield Looking(done, len(asked))
            if one["vector"] is None:
                vector = await embedder.embed_query(one["question"])
                kept = {"vector": vector.astype(_STORED).tobytes(), "model": embedder.name}
                async with pool.connection() as connection:
                    await connection.execute(queries.KEEP_VECTOR, kept | {"id": one["id"], "question": one["question"]})
                vectors.append(vector)
            else:
                vectors.append(np.frombuffer(one["vector"], dtype=_STORED))
        groups = clusters(rows(vectors)) if vectors else []
        found = [gap for group in groups if (gap := self._gap([asked[place] for place in group])) is not None]
        async with pool.connection() as connection:
            await self._keep(connection, principal, found, len(asked), since)
        yield Looked(len(asked), len(found))

    def _gap(self, asked: Sequence[dict[str, Any]]) -> Gap | None:
        """What may be told of questions that ask the same; None where too few people asked, or share no word."""
        people = {one["owner"] for one in asked}
        if len(people) < PEOPLE:
            return None
        terms = shared_words([(one["owner"], one["question"]) for one in asked], self.stems)
        if not terms:
            return None
        return Gap(
            id=uuid5(_NAMES, " ".join(map(str, sorted(one["id"] for one in asked)))),
            terms=terms,
            questions=len(asked),
            people=len(people),
            refused=sum(one["refused"] for one in asked),
            useless=sum(one["useless"] for one in asked),
            first_day=min(one["day"] for one in asked),
            last_day=max(one["day"] for one in asked),
            searched=sorted({collection for one in asked for collection in one["searched"]}),
        )

    async def _keep(
        self, connection: Connection, principal: Principal, found: Sequence[Gap], questions: int, since: dt.datetime
    ) -> None:
        await connection.execute(queries.LOCK)
        await connection.execute(queries.FORGET)
        await connection.execute(queries.FORGET_VECTORS, {"since": since})
        for gap in found:
            await connection.execute(queries.KEEP, asdict(gap))
        searched = {"day": self.reports.today(), "at": self.reports.now(), "questions": questions}
        await connection.execute(queries.SEARCHED, searched)
        details: dict[str, Json] = {"questions": questions, "groups": len(found)}
        await self.reports.permission.ledger.append(connection, Event(Act.GAPS_FOUND, principal, details))
