"""What belongs to one person: no rule opens it to another or closes it to its owner."""

from uuid import uuid4

import cedarpy
import pytest

from policies import AccessRule, Action, CedarPolicy, Principal
from policies.private import OWNER
from policies.source import RULES, read_source

NOTHING = ""
EVERYTHING = '@id("all") permit (principal, action, resource);'
NEVER = '@id("never") forbid (principal, action, resource);'


def law(rules: str) -> CedarPolicy:
    return CedarPolicy(cedarpy.Schema.from_str(read_source(RULES).schema), rules)


@pytest.mark.parametrize("rules", [NOTHING, EVERYTHING, NEVER])
def test_rules_of_a_ministry_do_not_decide_on_it(rules: str, agent: Principal, administrateur: Principal) -> None:
    policy, own = law(rules), AccessRule(uuid4(), "", frozenset(), person=agent.subject)
    assert policy.decide(agent, Action.READ, own).rules == (OWNER,)
    assert policy.permitted(agent, Action.READ, [own]) == {own.collection_id}
    for action in Action:
        assert not policy.decide(administrateur, action, own).allowed
        assert policy.permitted(administrateur, action, [own]) == frozenset()


def test_other_collections_are_decided_beside_it(agent: Principal) -> None:
    own, theirs = (AccessRule(uuid4(), "", frozenset(), person=person) for person in (agent.subject, "s-other"))
    public = AccessRule(uuid4(), "/DGS", frozenset())
    permitted = law(EVERYTHING).permitted(agent, Action.READ, [own, theirs, public])
    assert permitted == {own.collection_id, public.collection_id}


def test_its_owner_does_to_it_what_can_be_done_to_files_and_nothing_else(agent: Principal) -> None:
    own = AccessRule(uuid4(), "", frozenset(), person=agent.subject)
    allowed = {action for action in Action if law(EVERYTHING).decide(agent, action, own).allowed}
    assert allowed == {Action.READ, Action.INGEST, Action.DELETE_COLLECTION}
