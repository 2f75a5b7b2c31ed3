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
from policies.entities import entities, lineage, uid
from policies.likeness import alike
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


def test_collections_of_groups_that_nobody_asks_about_are_decided_together() -> None:
    strangers = [
        AccessRule(uuid4(), f"/E/{number}", frozenset({f"/F/{number}", f"/G/{number}"})) for number in range(100)
    ]
    readable = [AccessRule(uuid4(), rule.owner, rule.readers | {"/A"}) for rule in strangers]
    kinds = alike([*strangers, *readable], known=lineage("/A/B"), named=frozenset())
    assert [len(kind) for kind in kinds] == [100, 100]


def test_a_collection_that_a_rule_names_stands_alone() -> None:
    rules = [AccessRule(uuid4(), "/A", frozenset()) for _ in range(6)]
    kinds = alike(rules, known=lineage("/A"), named=frozenset({str(rules[0].collection_id)}))
    assert [len(kind) for kind in kinds] == [1, 5]
