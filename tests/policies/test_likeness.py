"""No rule tells apart what is decided together: tried on rules drawn at random from all that Cedar can ask."""

from uuid import UUID, uuid4

import cedarpy
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import AccessRule, Action, CedarPolicy, Principal, Role
from policies.entities import lineage
from policies.likeness import alike
from policies.source import read_source

SCHEMA = cedarpy.Schema.from_str(read_source().schema)
# Few names, some within others, so that they meet often; and more of them than a rule or a person knows.
GROUPS = ["/A", "/A/B", "/A/B/C", "/A/B/C/D", "/A/X", "/E", "/E/F", "/E/F/G", "/A~/B", "/H"]
COLLECTIONS = [f"00000000-0000-4000-8000-00000000000{digit}" for digit in range(6)]

groups = st.sampled_from(GROUPS)
group_sets = st.frozensets(groups, max_size=4)

# What a condition can be made of. A group cannot be taken out of a set, nor a name out of a group.
entity = groups.map(lambda name: f'Group::"{name}"') | st.just("resource.owner")
member = entity | st.just("principal")
entity_set = st.sampled_from(["resource.readers", "principal.memberOf"]) | st.lists(entity, min_size=1, max_size=3).map(
    lambda entities: f"[{', '.join(entities)}]"
)
asked = st.one_of(
    st.builds("{} == {}".format, entity, entity),
    st.builds("{} in {}".format, member, entity),
    st.builds("{} in {}".format, member, entity_set),
    st.builds("{} == {}".format, entity_set, entity_set),
    st.builds("{}.contains({})".format, entity_set, entity),
    st.builds("{}.containsAll({})".format, entity_set, entity_set),
    st.builds("{}.containsAny({})".format, entity_set, entity_set),
    st.builds("{}.isEmpty()".format, entity_set),
    st.builds("[{}].contains({})".format, entity_set, entity_set),
    st.builds("{{it: {}}} == {{it: {}}}".format, entity_set, entity_set),
    st.builds('resource == Collection::"{}"'.format, st.sampled_from(COLLECTIONS)),
)
conditions = st.recursive(
    asked,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    ),
    max_leaves=5,
)
effects = st.sampled_from(["permit", "permit", "forbid"])
scopes = st.sampled_from(["principal", 'principal in Group::"/A/B"', 'principal in Role::"agent"'])
rule_sets = st.lists(st.tuples(effects, scopes, conditions), min_size=1, max_size=3).map(
    lambda parts: "\n".join(
        f'@id("rule-{number}") {effect} ({scope}, action == Action::"read", resource) when {{ {condition} }};'
        for number, (effect, scope, condition) in enumerate(parts)
    )
)
principals = st.builds(
    Principal, st.just("s-1"), st.just("camille"), group_sets, st.frozensets(st.sampled_from(Role), max_size=2)
)
collections = st.lists(
    st.builds(AccessRule, st.sampled_from(COLLECTIONS).map(UUID), groups, group_sets),
    max_size=len(COLLECTIONS),
    unique_by=lambda rule: rule.collection_id,
)


@settings(max_examples=1000)
@given(rule_sets, principals, collections)
def test_whatever_the_rules_permitted_is_what_single_decisions_allow(
    written: str, principal: Principal, rules: list[AccessRule]
) -> None:
    policy = CedarPolicy(SCHEMA, written)
    allowed = {rule.collection_id for rule in rules if policy.decide(principal, Action.READ, rule).allowed}
    assert policy.permitted(principal, Action.READ, rules) == allowed


def test_collections_of_groups_that_nobody_asks_about_are_decided_together() -> None:
    known = lineage("/A/B")
    strangers = [
        AccessRule(uuid4(), f"/E/{number}", frozenset({f"/F/{number}", f"/G/{number}"})) for number in range(100)
    ]
    readable = [AccessRule(uuid4(), rule.owner, rule.readers | {"/A"}) for rule in strangers]
    assert [len(kind) for kind in alike([*strangers, *readable], known, frozenset())] == [100, 100]


def test_a_collection_that_a_rule_names_stands_alone() -> None:
    rules = [AccessRule(UUID(name), "/A", frozenset()) for name in COLLECTIONS]
    kinds = alike(rules, lineage("/A"), frozenset(COLLECTIONS[:1]))
    assert [len(kind) for kind in kinds] == [1, len(COLLECTIONS) - 1]
