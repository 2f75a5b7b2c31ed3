"""«Voir comme…»: what the access rules decide about a person and a collection, as it stands or before it is saved.

1. What is decided about oneself is anybody's to see; about another person it takes the right to administer people.
2. The decisions are recorded before they are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.access import AccessRule, Action, Decision, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.errors import RuleNotFound
from policies.live import LivePolicy
from policies.principal import Principal
from policies.unpublished import KEEPERS
from retrieval.permission import require_right
from ui.database import Pool
from ui.realm.directory import Directory, Person

# What is told of a person and a collection, and how it is called on the page.
ACTIONS = {
    Action.READ: "Lire, chercher, poser des questions",
    Action.INGEST: "Ajouter, corriger et retirer des documents",
}

OF_THE_PRODUCT = (
    "// Décidé par l’assistant, et non par une règle du ministère\u202f: ce qui n’est pas publié n’est lu que de ceux "
    "qui le tiennent."
)


@dataclass(frozen=True, slots=True)
class DecidingRule:
    """A rule that decided: its name and its text, in Cedar, with the comment above it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the person may do that; without a rule nothing permits it."""

    action: str
    allowed: bool
    rules: tuple[DecidingRule, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """The person with their groups and roles of now, and what is decided about them."""

    person: Person
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class SeeingAs:
    """What that takes."""

    pool: Pool
    policy: LivePolicy
    ledger: Ledger
    directory: Directory

    async def seen_as(self, principal: Principal, username: str, rule: AccessRule) -> Seen:
        """What is decided about the person of that name, or about the principal's own where there is none.

        Raises `Refused`, `PersonNotFound`, `RealmRefused`, `ProviderUnreachable`.
        """
        person = await self._person(principal, username.strip())
        decisions = {action: decided(self.policy, person, action, rule) for action in ACTIONS}
        async with self.pool.connection() as connection:
            for action, decision in decisions.items():
                await self.ledger.append(connection, _explained(principal, person, action, rule, decision))
        verdicts = [
            Verdict(ACTIONS[action], decision.allowed, deciding(self.policy, decision.rules))
            for action, decision in decisions.items()
        ]
        return Seen(person, tuple(verdicts))

    async def _person(self, principal: Principal, username: str) -> Person:
        if username in ("", principal.username):
            return Person(principal)
        await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_PEOPLE)
        return await self.directory.find(username)


def decided(policy: Policy, person: Person, action: Action, rule: AccessRule | None) -> Decision:
    """The rules' decision, but for a closed account: Keycloak does not let it in, so no rule is asked."""
    if not person.enabled:
        return Decision(allowed=False, rules=())
    return policy.decide(person.principal, action, rule) if rule else policy.may(person.principal, action)


def deciding(policy: LivePolicy, names: Sequence[str]) -> tuple[DecidingRule, ...]:
    """The rules of these names with their text. Raises `RuleNotFound`."""
    return tuple(DecidingRule(name, _text(policy, name)) for name in names)


def in_words(rule: AccessRule) -> tuple[str, ...]:
    """Who may do what with the collection by the product's own rules, in French sentences."""
    keepers = "les administrateurs"
    if rule.owner:
        keepers = f"les gestionnaires du groupe {rule.owner} et {keepers}"
    if not rule.published:
        reading = f"Elle n’est pas publiée\u202f: seuls {keepers} la lisent."
    elif rule.readers:
        groups = ", ".join(sorted(rule.readers))
        reading = f"Lue par les agents de ces groupes et des groupes au-dessous d’eux\u202f: {groups}."
    else:
        reading = "Lue par tous les agents."
    return reading, f"Tenue par {keepers}\u202f: eux seuls y ajoutent, y corrigent et en retirent des documents."


def _text(policy: LivePolicy, name: str) -> str:
    try:
        return policy.explained(name)
    except RuleNotFound:
        if name == KEEPERS:
            return OF_THE_PRODUCT
        raise


def _explained(principal: Principal, person: Person, action: Action, rule: AccessRule, decision: Decision) -> Event:
    details: dict[str, Json] = {
        "subject": person.principal.subject,
        "enabled": person.enabled,
        "action": action.value,
        "collection_id": str(rule.collection_id),
        "allowed": decision.allowed,
        "rules": [*decision.rules],
        "owner": rule.owner,
        "readers": [*sorted(rule.readers)],
    }
    return Event(Act.POLICY_EXPLAINED, principal, details)
