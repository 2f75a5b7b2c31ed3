"""What there is to change in a realm, and what is wrong with one; both without Keycloak."""

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.realm import shape as desired
from ui.realm.findings import findings
from ui.realm.held import Held
from ui.realm.plan import changes
from ui.realm.representation import Representation, differences
from ui.realm.shape import Shape

SHAPE = Shape(
    client_id="assistant",
    address="https://assistant.exemple.fr",
    redirect_uri="https://assistant.exemple.fr/connexion/retour",
    after_logout="https://assistant.exemple.fr/deconnecte",
    back_channel="https://assistant.exemple.fr/deconnexion/keycloak",
)


def _numbered(representations: list[Representation]) -> list[Representation]:
    """As Keycloak gives them back: with a key, and with more than was written."""
    return [one | {"id": str(number), "consentRequired": False} for number, one in enumerate(representations)]


@pytest.fixture
def held() -> Held:
    """A realm in its shape."""
    return Held(
        realm={"realm": "sante"},
        client=_client(),
        client_roles=frozenset(desired.client_roles(SHAPE)),
        scopes={
            scope["name"]: scope | {"id": "s", "protocolMappers": _numbered(scope["protocolMappers"])}
            for scope in desired.scopes(SHAPE)
        },
        grants=frozenset(desired.grants(SHAPE)),
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
    assert planned.count("role.created") == 5
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


@pytest.fixture
def export() -> Representation:
    """The export of a realm in its shape."""
    return {
        "realm": "sante",
        "accessTokenLifespan": 3600,
        "defaultRole": {"name": "default-roles-sante"},
        "roles": {"realm": [{"name": "default-roles-sante", "composites": {"realm": ["offline_access"]}}]},
        "clients": [{"clientId": "autre"}, _client()],
    }


def test_a_realm_in_its_shape_has_no_finding(export: Representation) -> None:
    assert findings(export, "assistant") == []


def test_a_realm_without_the_client_says_so(export: Representation) -> None:
    assert findings(export, "autrement") == ["Le royaume n’a pas de client « autrement »."]


@pytest.mark.parametrize(
    ("key", "value", "finding"),
    [
        ("publicClient", True, "public"),
        ("standardFlowEnabled", False, "code d’autorisation"),
        ("implicitFlowEnabled", True, "implicite"),
        ("directAccessGrantsEnabled", True, "mot de passe"),
        ("fullScopeAllowed", True, "fullScopeAllowed"),
        ("redirectUris", [], "pas d’adresse de retour"),
        ("redirectUris", ["*"], "n’est pas exacte"),
        ("redirectUris", ["https://assistant.exemple.fr/*"], "n’est pas exacte"),
        ("redirectUris", ["http://assistant.exemple.fr/connexion/retour"], "pas en https"),
        ("webOrigins", ["+"], "webOrigins"),
        ("optionalClientScopes", ["offline_access"], "offline_access"),
        ("attributes.pkce.code.challenge.method", "plain", "PKCE"),
        ("attributes.pkce.code.challenge.method", "", "PKCE"),
        ("attributes.post.logout.redirect.uris", "+", "n’est pas exacte"),
        ("attributes.access.token.lifespan", "3600", "3600 s"),
        ("attributes.access.token.lifespan", "", "3600 s"),
        ("attributes.backchannel.logout.url", "", "backchannel.logout.url"),
        ("attributes.backchannel.logout.session.required", "false", "quelle session"),
        ("attributes.oauth2.device.authorization.grant.enabled", "true", "appareils"),
        ("attributes.oidc.ciba.grant.enabled", "true", "CIBA"),
        ("attributes.standard.token.exchange.enabled", "true", "échange de jetons"),
    ],
)
def test_what_weakens_the_client_is_found(export: Representation, key: str, value: Any, finding: str) -> None:
    client = export["clients"][1]
    if key.startswith("attributes."):
        client["attributes"][key.removeprefix("attributes.")] = value
    else:
        client[key] = value
    (found,) = findings(export, "assistant")
    assert finding in found


def test_tokens_without_groups_or_without_an_audience_are_found(export: Representation) -> None:
    mappers = export["clients"][1]["protocolMappers"]
    for mapper in mappers:
        mapper["config"].pop("full.path", None)
        mapper["config"].pop("included.client.audience", None)
    groups, audience = findings(export, "assistant")
    assert "groupes" in groups
    assert "audience" in audience


def test_a_role_that_everybody_has_is_found(export: Representation) -> None:
    composites = {"realm": ["auditeur"], "client": {"assistant": ["agent", "administrateur"]}}
    export["roles"]["realm"][0]["composites"] = composites
    assert findings(export, "assistant") == [
        "Toute personne du royaume a le rôle « administrateur ».",
        "Toute personne du royaume a le rôle « auditeur ».",
    ]
