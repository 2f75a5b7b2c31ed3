"""Looking with another person's eyes, and seeing no more than with one's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from policies.access import AccessRule, Action, Decision, Policy
from policies.principal import Principal


@dataclass(frozen=True, slots=True)
class Both:
    """Permits what the policy permits to whoever asks and to the other person too: never more than to either."""

    policy: Policy
    other: Principal

    def decide(self, principal: Principal, action: Action, rule: AccessRule) -> Decision:
        """Whether both may do this; the rules are those that permit it to both, or that decided against one."""
        return _joined(
            self.policy.decide(principal, action, rule),
            self.policy.decide(self.other, action, rule),
        )

    def may(self, principal: Principal, action: Action) -> Decision:
        """The same of what is not done to a collection."""
        return _joined(self.policy.may(principal, action), self.policy.may(self.other, action))

    def permitted(self, principal: Principal, action: Action, rules: Iterable[AccessRule]) -> frozenset[UUID]:
        """The collections, among these, to which both may do this."""
        asked = [*rules]
        return self.policy.permitted(principal, action, asked) & self.policy.permitted(self.other, action, asked)


def _joined(own: Decision, theirs: Decision) -> Decision:
    if own.allowed and theirs.allowed:
        return Decision(allowed=True, rules=tuple(sorted({*own.rules, *theirs.rules})))
    return theirs if own.allowed else own
