"""The decision tables in `policies/rules/cases`, and that they leave no rule untried."""

import tomllib
from typing import Any
from uuid import UUID

import pytest

from policies import AccessRule, Action, CedarPolicy, Decision, Principal, Role, load_policy
from policies.cedar import RULES

COLLECTION = UUID("2f1e9d6c-7b0a-5c43-8d1e-000000000001")
CASES: list[dict[str, Any]] = [
    case
    for file in sorted((RULES / "cases").glob("*.toml"))
    for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
]


@pytest.fixture(scope="module")
def policy() -> CedarPolicy:
    return load_policy()


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_the_rules_decide_as_the_tables_say(policy: CedarPolicy, case: dict[str, Any]) -> None:
    groups, roles = case["principal"]["groups"], case["principal"]["roles"]
    principal = Principal("s-1", "camille", frozenset(groups), frozenset(Role(role) for role in roles))
    rule = AccessRule(COLLECTION, case["collection"]["owner"], frozenset(case["collection"]["readers"]))
    expected = Decision(allowed=case["allowed"], rules=tuple(case["rules"]))
    assert policy.decide(principal, Action(case["action"]), rule) == expected


def test_every_rule_decides_a_case(policy: CedarPolicy) -> None:
    assert {name for case in CASES for name in case["rules"]} == set(policy.names)


def test_every_action_has_a_yes_and_a_no() -> None:
    tried = {(case["action"], case["allowed"]) for case in CASES}
    assert tried == {(action.value, allowed) for action in Action for allowed in (True, False)}
