"""Two auditors, a clock that is set by hand, and a ledger that has been read."""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from policies import Act, Event, LivePolicy, PostgresLedger, Principal, Role
from policies.review.auditors import Auditors
from policies.review.cases import Cases
from policies.review.contents import Contents
from policies.review.holds import Holds
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from policies.review.requests import Requests
from ui.database import Pool

REASON = "Signalement du 3 mars, à vérifier."
FIRST, SECOND, THIRD = (
    Principal(f"s-{name}", name, frozenset(), frozenset({Role.AUDITEUR})) for name in ("ada", "blaise", "cleo")
)
CAMILLE = Principal("s-camille", "camille", frozenset({"/DGS"}), frozenset({Role.AGENT}))
PSEUDONYMS = Pseudonyms(b"tests")
WHO = PSEUDONYMS.of(CAMILLE.subject)


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 3, 3, 9, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


@dataclass(frozen=True)
class Casework:
    """The services of cases, over one database."""

    pool: Pool
    clock: Clock = field(default_factory=Clock)
    approval: bool = False

    @property
    def auditors(self) -> Auditors:
        return Auditors(self.pool, LivePolicy(), PostgresLedger(), PSEUDONYMS, self.clock)

    @property
    def cases(self) -> Cases:
        return Cases(self.auditors)

    @property
    def requests(self) -> Requests:
        return Requests(self.auditors)

    @property
    def holds(self) -> Holds:
        return Holds(self.auditors)

    @property
    def contents(self) -> Contents:
        return Contents(self.auditors, self.requests, self.approval)

    async def case(self) -> int:
        """A case that the first auditor has opened."""
        return (await self.cases.open(FIRST, "Accès inhabituels", REASON)).id

    async def act(self, act: Act, who: Principal, details: Any = None, content: Any = None) -> int:
        """An act and its record, which the review has read."""
        async with self.pool.connection() as connection:
            index = await PostgresLedger().append(connection, Event(act, who, details or {}, content or {}))
        await Projection(self.pool, PSEUDONYMS).catch_up()
        return index

    async def asked(self, question: str = "Combien de jours ?", who: Principal = CAMILLE) -> int:
        """A question."""
        return await self.act(Act.QUESTION_ASKED, who, {"decision": "answer"}, {"question": question})

    async def acts(self, prefix: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Who did what, of the acts that begin so, in order."""
        async with self.pool.connection() as connection:
            bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
        return [
            (body["principal"]["username"], body["act"], body["details"])
            for body in bodies
            if body["act"].startswith(prefix)
        ]
