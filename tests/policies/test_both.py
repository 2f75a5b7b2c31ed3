"""Who looks with another person's eyes sees what both may see, whoever they are and whatever the rules say."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import AccessRule, Action, Both, Principal, Role, load_policy

POLICY = load_policy()
GROUPS = ("/DGS", "/DGS/Bureau", "/DAJ", "/Cabinet")
SUBJECTS = ("s-1", "s-2", "s-3")
ON_COLLECTIONS = (Action.READ, Action.INGEST)
OTHERS = [action for action in Action if not action.on_a_collection]

groups = st.frozensets(st.sampled_from(GROUPS), max_size=3)
people = st.builds(
    Principal, st.sampled_from(SUBJECTS), st.just("nom"), groups, st.frozensets(st.sampled_from(Role), max_size=4)
)
rules = st.builds(
    AccessRule,
    st.integers(1, 5).map(lambda number: UUID(int=number)),
    owner=st.sampled_from(GROUPS),
    readers=groups,
    person=st.sampled_from(("", *SUBJECTS)),
    published=st.booleans(),
)


@settings(max_examples=60)
@given(people, people, st.lists(rules, max_size=3, unique_by=lambda rule: rule.collection_id))
def test_what_is_permitted_to_both_is_permitted_to_each(
    own: Principal, other: Principal, held: list[AccessRule]
) -> None:
    both = Both(POLICY, other)
    for action in ON_COLLECTIONS:
        each = POLICY.permitted(own, action, held) & POLICY.permitted(other, action, held)
        assert both.permitted(own, action, held) == each
        assert {rule.collection_id for rule in held if both.decide(own, action, rule).allowed} == each
    for action in OTHERS:
        assert both.may(own, action).allowed == (POLICY.may(own, action).allowed and POLICY.may(other, action).allowed)


@given(people, rules)
def test_with_ones_own_eyes_nothing_changes(own: Principal, rule: AccessRule) -> None:
    assert Both(POLICY, own).decide(own, Action.READ, rule).allowed == POLICY.decide(own, Action.READ, rule).allowed


def test_the_rules_say_why_both_may_or_which_one_may_not() -> None:
    administrator = Principal("s-1", "a", frozenset(), frozenset({Role.ADMINISTRATEUR}))
    agent = Principal("s-2", "b", frozenset({"/DGS"}), frozenset({Role.AGENT}))
    rule = AccessRule(UUID(int=1), owner="/DAJ", readers=frozenset({"/DGS"}))
    assert Both(POLICY, agent).decide(administrator, Action.READ, rule).rules == (
        "administrateur-does-everything",
        "agent-reads-collection-of-their-group",
    )
    draft = AccessRule(UUID(int=1), owner="/DAJ", readers=frozenset(), published=False)
    assert Both(POLICY, agent).decide(administrator, Action.READ, draft).rules == ("unpublished-for-its-keepers",)
