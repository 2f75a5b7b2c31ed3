"""Rules that can be replaced while the process runs: others hold the one `LivePolicy` for ever."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from policies.access import AccessRule, Action, Decision
from policies.cedar import CedarPolicy, policy_of, rules_by_name
from policies.errors import RuleNotFound
from policies.principal import Principal
from policies.source import RULES, Source, read_source


class LivePolicy:
    """A `Policy` by the rules of a folder as they were when last read. Raises `RulesInvalid`."""

    def __init__(self, folder: Path = RULES) -> None:
        self._folder = folder
        self._law = _law(read_source(folder))

    @property
    def fingerprint(self) -> str:
        """The SHA-256, in hexadecimal, of the rules in force with their schema and tables (see `Source`)."""
        return self._law.source.fingerprint

    @property
    def source(self) -> Source:
        """The rules in force with their schema and tables."""
        return self._law.source

    def decide(self, principal: Principal, action: Action, rule: AccessRule) -> Decision:
        """Whether the principal may do this to that collection."""
        return self._law.policy.decide(principal, action, rule)

    def may(self, principal: Principal, action: Action) -> Decision:
        """Whether the principal may do this, which is not done to a collection."""
        return self._law.policy.may(principal, action)

    def permitted(self, principal: Principal, action: Action, rules: Iterable[AccessRule]) -> frozenset[UUID]:
        """The collections, among these, to which the principal may do this."""
        return self._law.policy.permitted(principal, action, rules)

    def explained(self, name: str) -> str:
        """The text of the rule of that name, with the comment above it. Raises `RuleNotFound`."""
        try:
            return self._law.wordings[name]
        except KeyError:
            raise RuleNotFound(name) from None

    def read_folder(self) -> "Law":
        """The rules of the folder as they are now, for `take`. Raises `RulesInvalid` where they do not hold."""
        return _law(read_source(self._folder))

    def take(self, law: "Law") -> None:
        """Decide by these rules from now on."""
        self._law = law

    def reload(self, only: str = "") -> bool:
        """Read the folder again; whether its rules differ and are now in force.

        With `only` they are taken if that is their fingerprint. Raises `RulesInvalid` where they do not hold, and
        the rules in force stay whole.
        """
        source = read_source(self._folder)
        if only and source.fingerprint != only:
            return False
        changed = source.fingerprint != self.fingerprint
        self.take(_law(source))
        return changed


@dataclass(frozen=True, slots=True)
class Law:
    """What changes together, and so is replaced in one assignment."""

    policy: CedarPolicy
    wordings: dict[str, str]
    source: Source


def _law(source: Source) -> Law:
    return Law(policy_of(source), rules_by_name(source.rules), source)
