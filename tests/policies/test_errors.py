"""A refusal says in French who may not do what, and carries the same for the ledger."""

import pytest

from policies import Action, Principal, Refused


@pytest.mark.parametrize(
    ("action", "wish"),
    [
        (Action.READ, "de consulter la collection"),
        (Action.INGEST, "d’ajouter des documents à la collection"),
        (Action.CREATE_COLLECTION, "de créer la collection"),
        (Action.DELETE_COLLECTION, "de supprimer la collection"),
    ],
)
def test_a_refusal_names_the_person_the_wish_and_the_collection(agent: Principal, action: Action, wish: str) -> None:
    refusal = Refused(agent, action, "Aide", ("a-rule",))
    assert str(refusal).startswith(f"«\u202fagent\u202f» n’a pas le droit {wish} «\u202fAide\u202f».")
    assert (refusal.principal, refusal.action, refusal.collection, refusal.rules) == (
        agent,
        action,
        "Aide",
        ("a-rule",),
    )


def test_a_refusal_that_concerns_no_collection_names_none(agent: Principal) -> None:
    refusal = Refused(agent, Action.ADMINISTER_PEOPLE, rules=("a-rule",))
    assert str(refusal).startswith("«\u202fagent\u202f» n’a pas le droit d’administrer les accès des personnes.")
