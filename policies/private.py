"""What belongs to one person alone: decided here, before any rule that somebody may have written.

No role and no rule, an administrator's neither, opens it to another person or closes it to its owner.
"""

from policies.access import AccessRule, Action, Decision
from policies.principal import Principal

OWNER = "owner-alone"

_OWNERS = frozenset({Action.READ, Action.INGEST, Action.DELETE_COLLECTION})


def decided(principal: Principal, action: Action, rule: AccessRule) -> Decision | None:
    """The decision on what belongs to a person; None on everything else."""
    if not rule.person:
        return None
    allowed = principal.subject == rule.person and action in _OWNERS
    return Decision(allowed, (OWNER,) if allowed else ())
