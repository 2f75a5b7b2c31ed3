"""Asking and searching with every step in sight: for who keeps collections, with their own eyes or another person's.

Invariants:
1. With another person's eyes nothing is read that whoever looks may not read too (`policies.both`), and it takes the
   right to administer people.
2. Who looked with whose eyes, and what was given, is recorded before it is given; the question's words as a text.
3. What is shown of an answer is that answer itself, as it went, not a second one like it.
"""

import datetime as dt
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from assistant.answer import Answered, AskEvent
from assistant.ask import PASSAGES, Ask
from assistant.draft import Draft
from assistant.evidence import Basis, Evidence
from assistant.examined import ExaminedAnswer, ExaminedSearch, examined
from assistant.weighing import weighed
from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.both import Both
from policies.principal import Principal
from retrieval.permission import require_right
from retrieval.question import validate_question
from retrieval.rows import Pool
from retrieval.search import Search
from retrieval.search_events import identified, narrowed, words
from retrieval.stages import explain
from retrieval.trace import Trace
from retrieval.within import EVERYTHING, Filters

# Makes what answers from a search; it tells of each draft.
Asking = Callable[[Search, Callable[[Draft], None]], Ask]

SHOWN = 20  # passages


@dataclass(frozen=True, slots=True)
class Tried:
    """What is asked: of these collections, all without names; on a day; with whose eyes, where not one's own.

    `filters` narrow the search, and the answer too.
    """

    question: str
    names: Sequence[str] = ()
    on: dt.date | None = None
    eyes: Principal | None = None
    filters: Filters = EVERYTHING


@dataclass(frozen=True, slots=True)
class Examination:
    """`passages` are as many as an answer stands on."""

    pool: Pool
    policy: Policy
    ledger: Ledger
    search: Search
    asking: Asking
    evidence: Evidence | None = None
    passages: int = PASSAGES

    async def look(self, principal: Principal, tried: Tried, limit: int = SHOWN) -> ExaminedSearch:
        """What is found, and where each passage stood at each stage of the search.

        Raises `Refused`, and as `Search.search` does.
        """
        rules = await self._required(principal, tried)
        trace = Trace()
        search = replace(self._seen(principal, tried), trace=trace)
        collections = await search.permitted(principal, tried.names)
        readable = await search.permitted(principal) if tried.names else collections
        found = await search.find(tried.question, collections, limit, tried.on, readable)
        explained = await explain(validate_question(tried.question), found, trace, search.fusion)
        stood_on = await replace(search, trace=None).find(
            tried.question, collections, self.passages, tried.on, readable
        )
        await self._record(
            principal,
            tried,
            {
                "what": "search",
                "searched": [*found.searched],
                "on": found.on.isoformat(),
                "limit": limit,
                "passages": identified(found.passages),
                "rules": rules + await search.allowed_by(principal, found),
            },
        )
        return ExaminedSearch(explained, weighed(Basis.of(stood_on), self.evidence))

    async def answer(self, principal: Principal, tried: Tried) -> AsyncGenerator[AskEvent | ExaminedAnswer, None]:
        """What happens while the question is answered, at last how; close it to stop the answer.

        Raises `Refused`, and as `Ask.ask` does.
        """
        rules = await self._required(principal, tried)
        drafts: list[Draft] = []
        ask = self.asking(self._seen(principal, tried), drafts.append)
        validate_question(tried.question)
        await self._record(principal, tried, {"what": "answer", "rules": rules})
        async with aclosing(ask.ask(principal, tried.question, tried.names, on=tried.on)) as events:
            async for event in events:
                yield event
                if isinstance(event, Answered):
                    yield examined(drafts[-1], event.answer)

    async def _required(self, principal: Principal, tried: Tried) -> list[Json]:
        """The rules by which the principal may look so; their own eyes are anybody's. Raises `Refused`."""
        if not _anothers(principal, tried):
            return []
        return await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_PEOPLE)

    def _seen(self, principal: Principal, tried: Tried) -> Search:
        """The search, as far as both may read and the filters go."""
        search = replace(self.search, filters=tried.filters)
        if tried.eyes is None or not _anothers(principal, tried):
            return search
        return replace(search, policy=Both(search.policy, tried.eyes))

    async def _record(self, principal: Principal, tried: Tried, details: dict[str, Json]) -> None:
        whose = tried.eyes if _anothers(principal, tried) else None
        details["subject"] = whose.subject if whose else None
        details |= narrowed(tried.filters)
        event = Event(Act.QUESTION_TRIED, principal, details, words(tried.question, tried.filters))
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, event)


def _anothers(principal: Principal, tried: Tried) -> bool:
    return tried.eyes is not None and tried.eyes.subject != principal.subject
