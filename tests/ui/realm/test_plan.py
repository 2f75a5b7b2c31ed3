"""What there is to change in a realm; without Keycloak."""

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.realm.exported import SHAPE
from ui.realm import shape as desired
from ui.realm.held import Held
from ui.realm.plan import changes
from ui.realm.representation import Representation, differences


def _numbered(representations: list[Representation]) -> list[Representation]:
    """As Keycloak gives them back: with a key, and with more than was written."""
    return [one | {"id": str(number), "consentRequired": False} for number, one in enumerate(representations)]


@pytest.fixture
def held() -> Held:
    """A realm in its shape."""
    return Held(
        realm={"realm": "sante", "adminPermissionsEnabled": True},
        client=_client(),
        client_roles=frozenset(desired.client_roles(SHAPE)),
        scopes={
            scope["name"]: scope | {"id": "s", "protocolMappers": _numbered(scope["protocolMappers"])}
            for scope in desired.scopes(SHAPE)
        },
        grants=frozenset(desired.grants(SHAPE)),
        sees_itself=True,
        profiles=(desired.profile(SHAPE),),
        policies=(desired.policy(SHAPE),),
    )


def _client() -> Representation:
    return desired.client(SHAPE) | {
        "id": "c",
        "protocolMappers": _numbered(desired.client_mappers(SHAPE)),
        "defaultClientScopes": [],
        "optionalClientScopes": [desired.directory_scope("assistant")],
    }


def _planned(held: Held) -> list[str]:
    return [change.name for change in changes(held, SHAPE, "sante")]


def test_a_realm_in_its_shape_has_nothing_to_change(held: Held) -> None:
    assert _planned(held) == []


def test_a_realm_that_is_not_there_is_made_before_what_it_holds() -> None:
    planned = _planned(Held())
    assert planned[0] == "realm.created"
    assert planned.index("scope.created") < planned.index("client.created") < planned.index("role.created")
    assert planned.count("role.created") == 4
    assert planned.index("client.created") < planned.index("realm.updated") < planned.index("permission.written")
    assert planned[-2:] == ["client-profiles.written", "client-policies.written"]


def test_each_change_says_in_french_what_it_does() -> None:
    said = [change.says for change in changes(Held(), SHAPE, "sante")]
    assert said[0] == "Créer le royaume « sante »."
    assert all(sentence.endswith(".") for sentence in said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("key", "value", "planned"),
    [
        ("redirectUris", ["https://assistant.exemple.fr/*"], ["client.updated"]),
        ("fullScopeAllowed", True, ["client.updated"]),
        ("directAccessGrantsEnabled", True, ["client.updated"]),
        ("attributes", {}, ["client.updated"]),
        ("protocolMappers", [], ["mapper.written"] * 5),
        ("optionalClientScopes", [], ["client-scope.added"]),
        ("defaultClientScopes", ["offline_access"], ["client-scope.removed"]),
    ],
)
def test_a_client_changed_by_hand_is_repaired(held: Held, key: str, value: Any, planned: list[str]) -> None:
    assert held.client is not None
    held.client[key] = value
    assert _planned(held) == planned


def test_the_permission_to_see_the_client_is_given_where_its_roles_count(held: Held) -> None:
    without = replace(held, realm={"realm": "sante"}, sees_itself=False)
    assert _planned(without) == ["realm.updated", "permission.written"]
    assert _planned(replace(held, sees_itself=False)) == ["permission.written"]
    planned = [change.name for change in changes(without, replace(SHAPE, realm_roles=True), "sante")]
    assert "permission.written" not in planned


def test_roles_of_the_realm_are_made_and_let_into_tokens_where_they_are_asked_for(held: Held) -> None:
    said = [change.says for change in changes(held, replace(SHAPE, realm_roles=True), "sante")]
    assert "Créer le rôle « agent » du royaume." in said
    assert "Donner le rôle « agent » du royaume : le client." in said
    assert "Donner le rôle « agent » du royaume : le scope de l’API." in said


json_values = st.recursive(
    st.booleans() | st.text(max_size=3) | st.lists(st.text(max_size=3), max_size=3),
    lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
representations = st.dictionaries(st.text(max_size=3), json_values, max_size=4)


@given(representations, representations)
def test_what_is_held_beyond_what_is_wanted_is_no_difference(held: Representation, wanted: Representation) -> None:
    assert differences({**held, **copy.deepcopy(wanted)}, wanted) == []


@given(representations)
def test_the_order_of_a_list_is_no_difference(wanted: Representation) -> None:
    backwards = {name: value[::-1] if isinstance(value, list) else value for name, value in wanted.items()}
    assert differences(backwards, wanted) == []
