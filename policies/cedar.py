"""Decisions by Cedar, from the rules in `rules/access.cedar`.

Invariants:
1. No yes without a rule that says yes: what Cedar cannot evaluate, even in part, is refused.
2. Rules that do not fit their schema, or that have no name of their own, do not load.
3. `permitted` is made of the same decisions as `decide`.

Source: https://docs.cedarpolicy.com
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import cedarpy
import structlog

from policies.access import AccessRule, Action, Decision
from policies.errors import RulesInvalid
from policies.principal import Principal

RULES = Path(__file__).parent / "rules"

_REFUSED = Decision(allowed=False, rules=())

_log = structlog.get_logger(__name__)


def load_policy(folder: Path = RULES) -> "CedarPolicy":
    """Read `schema.cedarschema` and `access.cedar` of that folder. Raises `RulesInvalid`."""
    try:
        schema_text = (folder / "schema.cedarschema").read_text(encoding="utf-8")
        rules_text = (folder / "access.cedar").read_text(encoding="utf-8")
        schema = cedarpy.Schema.from_str(schema_text)
        rules = cedarpy.PolicySet.from_str(rules_text)
        names = _names(rules_text)
    except (OSError, ValueError) as error:
        raise RulesInvalid(f"Les règles d’accès de {folder} sont illisibles : {error}") from error
    checked = cedarpy.validate_policies(rules_text, schema)
    if not checked.validation_passed:
        faults = " ; ".join(str(fault) for fault in checked.errors)
        raise RulesInvalid(f"Les règles d’accès de {folder} contredisent leur schéma : {faults}")
    if not all(names) or len(set(names)) < len(names):
        raise RulesInvalid(f"Dans {folder}, donnez à chaque règle d’accès un nom (@id) qui ne soit qu’à elle.")
    return CedarPolicy(schema, rules, names)


class CedarPolicy:
    """A `Policy` that evaluates a parsed set of Cedar rules; `names` are all their names, in their order."""

    def __init__(self, schema: cedarpy.Schema, rules: cedarpy.PolicySet, names: tuple[str, ...]) -> None:
        self._schema = schema
        self._rules = rules
        self.names = names

    def decide(self, principal: Principal, action: Action, rule: AccessRule) -> Decision:
        """Whether the principal may do this to that collection."""
        return self._decide_all(principal, action, [rule])[0]

    def permitted(self, principal: Principal, action: Action, rules: Iterable[AccessRule]) -> frozenset[UUID]:
        """The collections, among these, to which the principal may do this."""
        rules = list(rules)
        decisions = self._decide_all(principal, action, rules)
        return frozenset(
            rule.collection_id for rule, decision in zip(rules, decisions, strict=True) if decision.allowed
        )

    def _decide_all(self, principal: Principal, action: Action, rules: Sequence[AccessRule]) -> list[Decision]:
        person, deed = _uid("Person", principal.subject), _uid("Action", action)
        requests = [
            {"principal": person, "action": deed, "resource": _uid("Collection", str(rule.collection_id))}
            for rule in rules
        ]
        try:
            entities = cedarpy.Entities.from_json_str(json.dumps(_entities(principal, rules)), self._schema)
            answers = cedarpy.is_authorized_batch(requests, self._rules, entities, self._schema)
        except ValueError as error:  # a name that Cedar cannot hold, or two rules for one collection
            _log.error("access.undecidable", subject=principal.subject, action=action, error=str(error))
            return [_REFUSED] * len(rules)
        return [_decision(answer) for answer in answers]


def _decision(answer: cedarpy.AuthzResult) -> Decision:
    """Cedar skips a rule that fails, a `forbid` too, and says yes by the others: then we say no."""
    diagnostics = answer.diagnostics
    if diagnostics.errors:
        _log.error("access.undecidable", errors=diagnostics.errors)
        return _REFUSED
    return Decision(allowed=answer.allowed, rules=tuple(sorted(diagnostics.id_annotations_by_reason.values())))


def _entities(principal: Principal, rules: Iterable[AccessRule]) -> list[dict[str, Any]]:
    """The principal, their groups with those above, and the collections, in Cedar's JSON."""
    person = {
        "uid": _uid("Person", principal.subject),
        "attrs": {"memberOf": _groups(principal.groups)},
        "parents": [*_groups(principal.groups), *(_uid("Role", role) for role in principal.roles)],
    }
    groups = [{"uid": _uid("Group", path), "attrs": {}, "parents": _groups(_above(path))} for path in principal.groups]
    collections = [
        {
            "uid": _uid("Collection", str(rule.collection_id)),
            "attrs": {"owner": _uid("Group", rule.owner), "readers": _groups(rule.readers)},
            "parents": [],
        }
        for rule in rules
    ]
    return [person, *groups, *collections]


def _above(path: str) -> list[str]:
    """The groups that contain this one: « /DGS/Bureau-A/Pôle » is in « /DGS/Bureau-A » and in « /DGS ».

    Keycloak writes a slash within a group's own name as « ~/ ».
    """
    return [path[:cut] for cut in range(1, len(path)) if path[cut] == "/" and path[cut - 1] != "~"]


def _groups(paths: Iterable[str]) -> list[dict[str, str]]:
    return [_uid("Group", path) for path in paths]


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _names(rules: str) -> tuple[str, ...]:
    """The `@id` of every rule, in their order; empty for a rule without one. Raises ValueError."""
    written = json.loads(cedarpy.policies_to_json_str(rules))
    named = {key: rule.get("annotations", {}).get("id") or "" for key, rule in written["staticPolicies"].items()}
    return tuple(named[f"policy{position}"] for position in range(len(named)))
