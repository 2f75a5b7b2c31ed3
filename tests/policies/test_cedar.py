"""Rules that must not load, a rule that fails, and the rules of the product told again in Python."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import AccessRule, Action, Decision, Principal, Role, RulesInvalid, load_policy
from policies.source import RULES

SCHEMA = (RULES / "schema.cedarschema").read_text(encoding="utf-8")
POLICY = load_policy()
REFUSED = Decision(allowed=False, rules=())

# Few names, some within others, so that they meet often.
group_names = st.sampled_from(["/DGS", "/DGS/Bureau-A", "/DGS/Bureau-A/Pôle", "/DGS/Bureau-B", "/DGS-bis", "/DAJ"])
group_sets = st.frozensets(group_names, max_size=3)
principals = st.builds(
    Principal, st.text(max_size=5), st.just("camille"), group_sets, st.frozensets(st.sampled_from(Role))
)
access_rules = st.builds(AccessRule, st.uuids(), group_names, group_sets)
actions = st.sampled_from(Action)


def rules_of(folder: Path, rules: str, schema: str = SCHEMA) -> Path:
    (folder / "schema.cedarschema").write_text(schema, encoding="utf-8")
    (folder / "access.cedar").write_text(rules, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ("permit (principal, action, resource", "illisibles"),
        ('@id("a") permit (principal in Role::"adminstrateur", action, resource);', "schéma"),
        ('@id("a") permit (principal, action, resource) when { resource.reader == "x" };', "schéma"),
        ('@id("a") permit (principal, action == Action::"raed", resource);', "schéma"),
        ("permit (principal, action, resource);", "@id"),
        ('@id("") permit (principal, action, resource);', "@id"),
        ('@id("a") permit (principal, action, resource); @id("a") forbid (principal, action, resource);', "@id"),
        ('@id("a") permit (principal == ?principal, action, resource);', "modèle"),
    ],
)
def test_wrong_rules_do_not_load(tmp_path: Path, rules: str, complaint: str) -> None:
    with pytest.raises(RulesInvalid, match=complaint):
        load_policy(rules_of(tmp_path, rules))


def test_rules_that_decide_otherwise_than_their_tables_do_not_load(tmp_path: Path) -> None:
    folder = rules_of(tmp_path, "")
    (folder / "cases").mkdir()
    shutil.copy(RULES / "cases" / "people.toml", folder / "cases")
    with pytest.raises(RulesInvalid, match=r"an administrateur administers people.*oui .* attendu, non .* obtenu"):
        load_policy(folder)


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [("(" * 5000 + "true" + ")" * 5000, "imbriquent"), ("true && " * 2000 + "true", "illisibles")],
    ids=["nested", "long"],
)
def test_rules_too_involved_for_cedar_do_not_load_and_do_not_end_the_process(
    tmp_path: Path, condition: str, complaint: str
) -> None:
    rules = f'@id("a") permit (principal, action, resource) when {{ {condition} }};'
    with pytest.raises(RulesInvalid, match=complaint):
        load_policy(rules_of(tmp_path, rules))


def test_a_wrong_schema_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match="illisibles"):
        load_policy(rules_of(tmp_path, "", schema="entity ;"))


def test_missing_rules_do_not_load(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match=r"access\.cedar|schema\.cedarschema"):
        load_policy(tmp_path)


def test_no_rules_permit_nothing(tmp_path: Path, administrateur: Principal) -> None:
    policy = load_policy(rules_of(tmp_path, ""))
    assert policy.decide(administrateur, Action.READ, AccessRule(uuid4(), "/DGS", frozenset())) == REFUSED


def test_a_forbid_that_fails_refuses_instead_of_being_skipped(tmp_path: Path, administrateur: Principal) -> None:
    rules = """
    @id("everyone") permit (principal, action, resource);
    @id("overflows") forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };
    """
    policy = load_policy(rules_of(tmp_path, rules))
    rule = AccessRule(uuid4(), "/DGS", frozenset())
    assert policy.decide(administrateur, Action.READ, rule) == REFUSED
    assert policy.permitted(administrateur, Action.READ, [rule]) == frozenset()


@pytest.mark.parametrize(
    "condition",
    [
        'resource.owner in Group::"/Archives"',
        'Group::"/DGS/Bureau-A" in resource.owner || resource.owner in resource.readers',
        'Group::"/DAJ/Bureau-B" in resource.readers',
    ],
)
def test_a_forbid_knows_where_groups_lie_that_the_principal_is_not_in(
    tmp_path: Path, administrateur: Principal, condition: str
) -> None:
    rules = f"""
    @id("everyone") permit (principal, action, resource);
    @id("closed") forbid (principal, action == Action::"read", resource) when {{ {condition} }};
    """
    policy = load_policy(rules_of(tmp_path, rules))
    closed = AccessRule(uuid4(), "/Archives/1990", frozenset({"/Archives", "/DAJ"}))
    assert policy.decide(administrateur, Action.READ, closed) == Decision(allowed=False, rules=("closed",))
    assert policy.permitted(administrateur, Action.READ, [closed]) == frozenset()


@given(principals, access_rules)
def test_reading_agrees_with_the_rules_told_in_python(principal: Principal, rule: AccessRule) -> None:
    belongs = {"/".join(path.split("/")[:depth]) for path in principal.groups for depth in range(2, 5)}
    as_agent = Role.AGENT in principal.roles and (not rule.readers or bool(rule.readers & belongs))
    as_gestionnaire = Role.GESTIONNAIRE in principal.roles and rule.owner in principal.groups
    expected = as_agent or as_gestionnaire or Role.ADMINISTRATEUR in principal.roles
    assert POLICY.decide(principal, Action.READ, rule).allowed == expected


@given(principals, actions, access_rules)
def test_an_auditeur_only_ever_reads(principal: Principal, action: Action, rule: AccessRule) -> None:
    allowed = POLICY.decide(principal, action, rule).allowed
    assert not allowed or action is Action.READ or Role.AUDITEUR not in principal.roles
