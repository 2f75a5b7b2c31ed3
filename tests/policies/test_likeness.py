"""No rule tells apart what is decided together: tried on rules drawn at random from all that Cedar can ask."""

import json
from collections.abc import Sequence
from itertools import combinations
from uuid import UUID, uuid4

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import AccessRule, Action, CedarPolicy, Principal, Role
from policies.entities import entities, uid
from policies.likeness import alike, questions
from policies.source import read_source

SCHEMA = cedarpy.Schema.from_str(read_source().schema)
# Few names, some within others; a rule and a principal know some of them, so that others are strangers.
GROUPS = ("/A", "/A/B", "/A/B/C", "/E", "/E/F", "/E/F/G")
# Every collection that can be made of them, with at most two readers.
COLLECTIONS = [
    AccessRule(UUID(int=number), owner, frozenset(readers))
    for number, (owner, readers) in enumerate(
        (owner, readers) for owner in GROUPS for size in range(3) for readers in combinations(GROUPS, size)
    )
]

# What a condition can be made of. A group cannot be taken out of a set, nor a name out of a group.
literal = st.sampled_from(GROUPS).map(lambda name: f'Group::"{name}"')
group = st.just("resource.owner") | literal
member = st.just("principal") | group
group_set = st.one_of(
    st.just("resource.readers"),
    st.just("principal.memberOf"),
    st.lists(group, min_size=1, max_size=3).map(lambda groups: f"[{', '.join(groups)}]"),
)
asked = st.one_of(
    st.builds("{} == {}".format, group, group),
    st.builds("{} in {}".format, member, group),
    st.builds("{} in {}".format, member, group_set),
    st.builds("{} == {}".format, group_set, group_set),
    st.builds("{}.contains({})".format, group_set, group),
    st.builds("{}.containsAll({})".format, group_set, group_set),
    st.builds("{}.containsAny({})".format, group_set, group_set),
    st.builds("{}.isEmpty()".format, group_set),
    st.builds("[{}].contains({})".format, group_set, group_set),
    st.builds("{{it: {}}} == {{it: {}}}".format, group_set, group_set),
    st.sampled_from(COLLECTIONS).map(lambda rule: f'resource == Collection::"{rule.collection_id}"'),
)
conditions = st.recursive(
    asked,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    ),
    max_leaves=4,
)
scopes = st.sampled_from(["principal", 'principal in Group::"/A/B"', 'principal in Role::"agent"'])


def law(permits: list[str], forbids: list[tuple[str, str]]) -> str:
    """Rules that permit on these conditions, and forbid for these principals on these conditions."""
    parts = [("permit", "principal", condition) for condition in permits]
    parts += [("forbid", scope, condition) for scope, condition in forbids]
    return "\n".join(
        f'@id("rule-{number}") {effect} ({scope}, action == Action::"read", resource) when {{ {condition} }};'
        for number, (effect, scope, condition) in enumerate(parts)
    )


laws = st.builds(
    law,
    st.lists(conditions, min_size=1, max_size=2),
    st.lists(st.tuples(scopes, conditions), max_size=1),
)
principals = st.builds(
    Principal,
    st.just("s-1"),
    st.just("camille"),
    st.frozensets(st.sampled_from(GROUPS), max_size=2),
    st.frozensets(st.sampled_from(Role), max_size=2),
)


def permitted_one_by_one(law: str, principal: Principal, rules: Sequence[AccessRule]) -> set[UUID]:
    """What Cedar says of each collection, told where every group lies."""
    held = cedarpy.Entities.from_json_str(json.dumps(entities(principal, rules, GROUPS)), SCHEMA)
    person, read = uid("Person", principal.subject), uid("Action", Action.READ)
    requests = [
        {"principal": person, "action": read, "resource": uid("Collection", str(rule.collection_id))} for rule in rules
    ]
    answers = cedarpy.is_authorized_batch(requests, cedarpy.PolicySet.from_str(law), held, SCHEMA)
    return {rule.collection_id for rule, answer in zip(rules, answers, strict=True) if answer.allowed}


@pytest.mark.parametrize(
    "question",
    [
        f'resource == Collection::"{COLLECTIONS[7].collection_id}"',
        "principal in resource.owner",
        "principal.memberOf.contains(resource.owner)",
        "principal.memberOf.containsAny(resource.readers)",
        'resource.owner == Group::"/A/B"',
        'resource.readers.contains(Group::"/A/B")',
        "principal in resource.readers",
        'resource.owner in Group::"/E"',
        "resource.owner in resource.readers",
        'Group::"/A/B" in resource.readers',
        "resource.readers.contains(resource.owner)",
        "resource.readers.isEmpty()",
        "[resource.owner].containsAll(resource.readers)",
        "principal.memberOf.containsAll(resource.readers)",
    ],
)
@pytest.mark.parametrize("groups", [(), ("/A",), ("/A/B/C",), ("/A/B", "/E")], ids=" ".join)
def test_each_question_alone_is_answered_as_one_by_one(question: str, groups: tuple[str, ...]) -> None:
    principal = Principal("s-1", "camille", frozenset(groups), frozenset())
    assert_alike_is_decided_alike(law([question], []), principal)


@settings(max_examples=200)
@given(laws, principals)
def test_whatever_the_rules_what_is_alike_is_decided_alike(law: str, principal: Principal) -> None:
    assert_alike_is_decided_alike(law, principal)


def assert_alike_is_decided_alike(law: str, principal: Principal) -> None:
    permitted = CedarPolicy(SCHEMA, law).permitted(principal, Action.READ, COLLECTIONS)
    assert permitted == permitted_one_by_one(law, principal, COLLECTIONS)


def kinds(rules: Sequence[AccessRule], law: str, principal: Principal) -> list[int]:
    """How many collections are decided together."""
    asked = tuple(questions(json.loads(cedarpy.policies_to_json_str(law))))
    return [len(kind) for kind in alike(rules, principal, asked)]


def test_by_the_rules_of_the_product_a_thousand_collections_are_at_most_six_kinds() -> None:
    groups = [f"/D{number}" for number in range(100)]
    rules = [
        AccessRule(UUID(int=number), groups[number % 100], frozenset({groups[number // 10], groups[number % 7]}))
        for number in range(999)
    ]
    everybody = AccessRule(uuid4(), "/D1", frozenset())
    principal = Principal("s-1", "camille", frozenset(groups[::2]), frozenset())
    assert len(kinds([*rules, everybody], read_source().rules, principal)) <= 6


def test_a_collection_that_a_rule_names_stands_alone() -> None:
    rules = [AccessRule(uuid4(), "/A", frozenset()) for _ in range(6)]
    law = f'permit (principal, action, resource == Collection::"{rules[0].collection_id}");'
    assert kinds(rules, law, Principal("s-1", "camille", frozenset(), frozenset())) == [1, 5]


def test_where_a_rule_asks_something_else_each_collection_stands_alone() -> None:
    rules = [AccessRule(uuid4(), "/A", frozenset()) for _ in range(6)]
    law = "permit (principal, action, resource) when { resource.readers.contains(resource.owner) };"
    assert kinds(rules, law, Principal("s-1", "camille", frozenset(), frozenset())) == [1] * 6
