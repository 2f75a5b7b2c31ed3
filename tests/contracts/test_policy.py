"""What every `Policy` does, whatever its rules say."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import AccessRule, Action, LivePolicy, Policy, Principal, Role, load_policy

POLICIES: dict[str, Policy] = {"cedar": load_policy(), "live": LivePolicy()}

every_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())

names = st.sampled_from(["/DGS", "/DGS/Bureau-A", "/DAJ", "", "/", 'Role::"administrateur"', "\0"])
name_sets = st.frozensets(names, max_size=3)
principals = st.builds(Principal, names, names, name_sets, st.frozensets(st.sampled_from(Role)))
access_rules = st.builds(AccessRule, st.uuids(), names, name_sets, published=st.booleans())
rule_lists = st.lists(access_rules, max_size=6, unique_by=lambda rule: rule.collection_id)
actions = st.sampled_from(Action)


@every_policy
@given(principals, actions, access_rules)
def test_a_decision_is_always_given_and_a_yes_names_its_rules(
    policy: Policy, principal: Principal, action: Action, rule: AccessRule
) -> None:
    decision = policy.decide(principal, action, rule)
    assert not decision.allowed or decision.rules


@every_policy
@given(principals, actions)
def test_what_is_not_done_to_a_collection_is_decided_too(policy: Policy, principal: Principal, action: Action) -> None:
    decision = policy.may(principal, action)
    assert not decision.allowed or (decision.rules and not action.on_a_collection)


@every_policy
@given(principals, access_rules)
def test_what_is_not_done_to_a_collection_is_refused_on_one(
    policy: Policy, principal: Principal, rule: AccessRule
) -> None:
    assert not policy.decide(principal, Action.ADMINISTER_PEOPLE, rule).allowed
    assert policy.permitted(principal, Action.ADMINISTER_PEOPLE, [rule]) == frozenset()


@every_policy
@given(principals, actions, rule_lists)
def test_permitted_is_what_single_decisions_allow(
    policy: Policy, principal: Principal, action: Action, rules: list[AccessRule]
) -> None:
    allowed = {rule.collection_id for rule in rules if policy.decide(principal, action, rule).allowed}
    assert policy.permitted(principal, action, iter(rules)) == allowed


@every_policy
@given(principals, actions, access_rules, st.uuids())
def test_a_decision_depends_on_the_rule_and_not_on_the_identifier(
    policy: Policy, principal: Principal, action: Action, rule: AccessRule, other: UUID
) -> None:
    twin = replace(rule, collection_id=other)
    assert policy.decide(principal, action, twin) == policy.decide(principal, action, rule)


@every_policy
@given(principals, actions, access_rules)
def test_what_belongs_to_one_person_is_for_no_other(
    policy: Policy, principal: Principal, action: Action, rule: AccessRule
) -> None:
    private = replace(rule, person="s-camille")
    assert not policy.decide(principal, action, private).allowed
    assert policy.permitted(principal, action, [private]) == frozenset()
    assert policy.decide(replace(principal, subject="s-camille"), Action.READ, private).allowed


@every_policy
@given(principals, access_rules)
def test_what_is_not_published_is_read_by_those_alone_who_may_add_to_it(
    policy: Policy, principal: Principal, rule: AccessRule
) -> None:
    draft, published = replace(rule, published=False), replace(rule, published=True)
    reads = policy.decide(principal, Action.READ, published).allowed
    keeps = policy.decide(principal, Action.INGEST, published).allowed
    assert policy.decide(principal, Action.READ, draft).allowed is (reads and keeps)
    assert policy.decide(principal, Action.INGEST, draft) == policy.decide(principal, Action.INGEST, published)


@every_policy
def test_no_collections_permit_none(policy: Policy, administrateur: Principal) -> None:
    assert policy.permitted(administrateur, Action.READ, []) == frozenset()


@every_policy
def test_names_are_data_and_not_rules(policy: Policy, agent: Principal) -> None:
    principal = Principal('x" || true || "', 'Role::"administrateur"', frozenset({'/"\n\\'}), agent.roles)
    assert not policy.decide(principal, Action.READ, AccessRule(uuid4(), "/DGS", frozenset({"/DGS"}))).allowed


@every_policy
def test_a_name_that_cannot_be_read_is_refused(policy: Policy) -> None:
    principal = Principal("s-1", "camille", frozenset({"/\ud800"}), frozenset({Role.ADMINISTRATEUR}))
    assert not policy.decide(principal, Action.READ, AccessRule(uuid4(), "/DGS", frozenset())).allowed


@every_policy
def test_two_rules_for_one_collection_are_refused(policy: Policy, administrateur: Principal) -> None:
    collection = uuid4()
    rules = [AccessRule(collection, "/DGS", frozenset()), AccessRule(collection, "/DAJ", frozenset())]
    assert policy.permitted(administrateur, Action.READ, rules) == frozenset()
