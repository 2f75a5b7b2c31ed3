"""The decision tables in `policies/rules/cases`, and that they leave no rule untried."""

from policies import Action, load_policy
from policies.cases import failures, read_cases
from policies.source import read_source

CASES = read_cases(read_source())


def test_the_rules_decide_as_the_tables_say() -> None:
    assert CASES
    assert failures(load_policy(), CASES) == ()


def test_every_rule_decides_a_case() -> None:
    assert {name for case in CASES for name in case.expected.rules} == set(load_policy().names)


def test_every_action_has_a_yes_and_a_no() -> None:
    tried = {(case.action, case.expected.allowed) for case in CASES}
    assert tried == {(action, allowed) for action in Action for allowed in (True, False)}
