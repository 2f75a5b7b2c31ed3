"""What the acts of auditors on cases have in common: who may, under which name, and when.

Auditors stand in the tables of cases by their own pseudonyms, as everybody else does.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from psycopg_pool import AsyncConnectionPool

from policies.access import Policy
from policies.audit.event import Event
from policies.audit.ledger import Ledger, Transaction
from policies.principal import Principal
from policies.review.errors import ReviewInvalid
from policies.review.permission import require_review
from policies.review.pseudonyms import Pseudonyms

SHORTEST_REASON = 20  # characters; the database holds to it too
LONGEST_TEXT = 4_000  # characters of a reason or a note


@dataclass(frozen=True, slots=True)
class Auditors:
    """Those who review; `now` is the clock by which rights end."""

    pool: AsyncConnectionPool[Any]
    policy: Policy
    ledger: Ledger
    pseudonyms: Pseudonyms
    now: Callable[[], dt.datetime] = field(default=partial(dt.datetime.now, dt.UTC))

    async def admitted(self, principal: Principal) -> str:
        """The pseudonym of an auditor. Raises `Refused`, `LedgerUnavailable`."""
        await require_review(self.pool, self.policy, self.ledger, principal)
        return self.pseudonyms.of(principal.subject)

    async def record(self, transaction: Transaction, event: Event) -> None:
        """The last thing that a transaction does. Raises `LedgerUnavailable`."""
        await self.ledger.append(transaction, event)


def reason_given(typed: str) -> str:
    """A stated reason, without the space around it. Raises `ReviewInvalid`."""
    reason = typed.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReviewInvalid(f"Donnez un motif d’au moins {SHORTEST_REASON} caractères\u202f: il sera lu et conservé.")
    return text_given(reason)


def text_given(typed: str, longest: int = LONGEST_TEXT) -> str:
    """A text that somebody typed, which the database can hold. Raises `ReviewInvalid`."""
    text = typed.strip().replace("\0", "")
    if not text:
        raise ReviewInvalid("Ce texte est vide. Écrivez-le, puis recommencez.")
    if len(text) > longest:
        raise ReviewInvalid(f"Ce texte a {len(text)} caractères, {longest} au plus sont permis. Raccourcissez-le.")
    return text
