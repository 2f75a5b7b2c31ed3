"""Who may look at what people did: decided by the policy, a refusal recorded."""

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.errors import Refused
from policies.principal import Principal


async def require_review(
    pool: AsyncConnectionPool[AsyncConnection], policy: Policy, ledger: Ledger, principal: Principal
) -> None:
    """Let only those through who may review; a refusal is recorded. Raises `Refused`, `LedgerUnavailable`."""
    decision = policy.may(principal, Action.REVIEW)
    if not decision.allowed:
        details: dict[str, Json] = {"action": Action.REVIEW.value, "rules": [*decision.rules]}
        async with pool.connection() as connection:
            await ledger.append(connection, Event(Act.REFUSED, principal, details))
        raise Refused(principal, Action.REVIEW, rules=decision.rules)
