"""Decisions by Cedar, from the rules in `rules/access.cedar`.

Invariants:
1. No yes without a rule that says yes: what Cedar cannot evaluate, even in part, is refused.
2. Rules that do not fit their schema, that have no name of their own, or that decide otherwise than the
   decision tables beside them say, do not load.
3. `permitted` is made of the same decisions as `decide`.
4. Of what belongs to one person, no rule decides (`policies.private`).
5. What is not published is read by nobody who may not add to it (`policies.unpublished`).

Source: https://docs.cedarpolicy.com
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import cedarpy
import structlog

from policies import unpublished
from policies.access import AccessRule, Action, Decision
from policies.cases import failures, read_cases
from policies.entities import Uid, entities, named, uid
from policies.errors import RulesInvalid
from policies.likeness import alike, questions
from policies.principal import Principal
from policies.private import decided
from policies.source import RULES, Source, read_source
from policies.wording import nesting, wordings

_APPLICATION = uid("Application", "assistant")
_REFUSED = Decision(allowed=False, rules=())

# Cedar's parser recurses: a thousand brackets end the process instead of raising an error.
_NESTED = 100

_log = structlog.get_logger(__name__)


def load_policy(folder: Path = RULES) -> "CedarPolicy":
    """Read the rules of that folder with their schema, and try their decision tables. Raises `RulesInvalid`."""
    return policy_of(read_source(folder))


def policy_of(source: Source) -> "CedarPolicy":
    """These rules, checked by their schema and their decision tables. Raises `RulesInvalid`."""
    if nesting(source.rules) > _NESTED:
        raise RulesInvalid(f"Les règles d’accès de {source.folder} imbriquent plus de {_NESTED} parenthèses.")
    try:
        schema = cedarpy.Schema.from_str(source.schema)
        policy = CedarPolicy(schema, source.rules)
        checked = cedarpy.validate_policies(source.rules, schema)
    except (ValueError, RecursionError) as error:
        raise RulesInvalid(f"Les règles d’accès de {source.folder} sont illisibles : {error}") from error
    if not checked.validation_passed:
        faults = " ; ".join(str(fault) for fault in checked.errors)
        raise RulesInvalid(f"Les règles d’accès de {source.folder} contredisent leur schéma : {faults}")
    if not all(policy.names) or len(set(policy.names)) < len(policy.names):
        raise RulesInvalid(f"Dans {source.folder}, donnez à chaque règle d’accès un nom (@id) qui ne soit qu’à elle.")
    if failed := failures(policy, read_cases(source)):
        listed = "\n".join(failed)
        raise RulesInvalid(f"Les règles d’accès de {source.folder} contredisent leurs tables de décision :\n{listed}")
    return policy


def past_policy_of(source: Source) -> "CedarPolicy":
    """What decides as these rules did when they were in force, whatever decision tables would say of them today."""
    return CedarPolicy(cedarpy.Schema.from_str(source.schema), source.rules)


def rules_by_name(rules: str) -> dict[str, str]:
    """The text of each rule, with the comment above it. Raises ValueError for a text that is not Cedar."""
    return dict(zip(_names(_static(rules)), wordings(rules), strict=True))


class CedarPolicy:
    """A `Policy` that evaluates Cedar rules; `names` are all their names (`@id`, empty for none), in their order.

    Raises ValueError for a text that is not Cedar, RecursionError for one too involved. Whether the rules fit
    the schema is not checked here.
    """

    def __init__(self, schema: cedarpy.Schema, rules: str) -> None:
        static = _static(rules)
        self.names = _names(static)
        self._mentioned_groups = frozenset(name for kind, name in named(static) if kind == "Group")
        self._questions = tuple(questions(static))
        self._schema = schema
        self._rules = cedarpy.PolicySet.from_str(rules)

    def decide(self, principal: Principal, action: Action, rule: AccessRule) -> Decision:
        """Whether the principal may do this to that collection."""
        if private := decided(principal, action, rule):
            return private
        decision = self._decide_each(principal, action, [rule])[0]
        if unpublished.restricted(action, rule):
            return unpublished.decided(decision, self._decide_each(principal, Action.INGEST, [rule])[0])
        return decision

    def may(self, principal: Principal, action: Action) -> Decision:
        """Whether the principal may do this, which is not done to a collection."""
        return self._answers(principal, action, [_APPLICATION])[0]

    def permitted(self, principal: Principal, action: Action, rules: Iterable[AccessRule]) -> frozenset[UUID]:
        """The collections, among these, to which the principal may do this; none where two rules are for one."""
        rules = frozenset(rules)
        if len({rule.collection_id for rule in rules}) < len(rules):
            _log.error("access.undecidable", subject=principal.subject, action=action, error="two rules for one")
            return frozenset()
        private = [rule for rule in rules if rule.person]
        if private:
            own = [one.collection_id for one in private if self.decide(principal, action, one).allowed]
            return self.permitted(principal, action, rules.difference(private)).union(own)
        held_back = {rule for rule in rules if unpublished.restricted(action, rule)}
        kept = self._permitted(principal, Action.INGEST, held_back)
        return self._permitted(principal, action, rules) - {rule.collection_id for rule in held_back} | (
            self._permitted(principal, action, held_back) & kept
        )

    def _permitted(self, principal: Principal, action: Action, rules: Iterable[AccessRule]) -> frozenset[UUID]:
        """As the rules decide, published or not."""
        kinds = alike(rules, principal, self._questions)
        decisions = self._decide_each(principal, action, [kind[0] for kind in kinds])
        return frozenset(
            rule.collection_id
            for kind, decision in zip(kinds, decisions, strict=True)
            if decision.allowed
            for rule in kind
        )

    def _decide_each(self, principal: Principal, action: Action, rules: Sequence[AccessRule]) -> list[Decision]:
        resources = [uid("Collection", str(rule.collection_id)) for rule in rules]
        return self._answers(principal, action, resources, rules)

    def _answers(
        self, principal: Principal, action: Action, resources: Sequence[Uid], rules: Sequence[AccessRule] = ()
    ) -> list[Decision]:
        """The decision on each resource; `rules` tell of those that are collections."""
        person, deed = uid("Person", principal.subject), uid("Action", action)
        requests = [{"principal": person, "action": deed, "resource": resource} for resource in resources]
        told = json.dumps(entities(principal, rules, self._mentioned_groups))
        try:
            held = cedarpy.Entities.from_json_str(told, self._schema)
            answers = cedarpy.is_authorized_batch(requests, self._rules, held, self._schema)
        except ValueError as error:  # a name that Cedar cannot hold
            _log.error("access.undecidable", subject=principal.subject, action=action, error=str(error))
            return [_REFUSED] * len(requests)
        return [_decision(answer) for answer in answers]


def _static(rules: str) -> dict[str, Any]:
    written = json.loads(cedarpy.policies_to_json_str(rules))
    if written["templates"]:
        raise ValueError("un modèle de règle (?principal, ?resource) ne décide de rien")
    static: dict[str, Any] = written["staticPolicies"]
    return static


def _names(static: dict[str, Any]) -> tuple[str, ...]:
    return tuple(static[f"policy{position}"].get("annotations", {}).get("id") or "" for position in range(len(static)))


def _decision(answer: cedarpy.AuthzResult) -> Decision:
    """Cedar skips a rule that fails, a `forbid` too, and says yes by the others: then we say no."""
    diagnostics = answer.diagnostics
    if diagnostics.errors:
        _log.error("access.undecidable", errors=diagnostics.errors)
        return _REFUSED
    return Decision(allowed=answer.allowed, rules=tuple(sorted(diagnostics.id_annotations_by_reason.values())))
