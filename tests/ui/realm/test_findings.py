"""What is wrong with a realm, from its export; without Keycloak. Each fault is made in a realm that has none."""

from typing import Any

import pytest

from tests.ui.realm.exported import SHAPE
from ui.realm import shape as desired
from ui.realm.findings import findings, remarks
from ui.realm.representation import Representation


def test_a_realm_in_its_shape_has_no_finding(export: Representation) -> None:
    assert findings(export, "assistant") == []
    assert remarks(export) == []


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
        ("defaultClientScopes", ["offline_access"], "offline_access"),
        ("optionalClientScopes", ["offline_access"], "offline_access"),
        ("attributes.pkce.code.challenge.method", "plain", "PKCE"),
        ("attributes.pkce.code.challenge.method", "", "PKCE"),
        ("attributes.assistant.policy", "", "règle de clients"),
        ("attributes.post.logout.redirect.uris", "+", "n’est pas exacte"),
        ("attributes.access.token.lifespan", "301", "301 s"),
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


@pytest.mark.parametrize(
    "changed",
    [
        {"clientPolicies": {"policies": []}},
        {"clientPolicies": {"policies": [desired.policy(SHAPE) | {"enabled": False}]}},
        {"clientPolicies": {"policies": [desired.policy(SHAPE) | {"conditions": []}]}},
        {"clientPolicies": {"policies": [desired.policy(SHAPE) | {"profiles": []}]}},
        {"clientProfiles": {"profiles": [desired.profile(SHAPE) | {"executors": []}]}},
    ],
)
def test_pkce_must_be_required_by_a_policy_of_the_realm(export: Representation, changed: Representation) -> None:
    assert findings(export | changed, "assistant") == ["Aucune règle de clients du royaume n’impose PKCE au client."]


def test_a_policy_for_all_clients_is_as_good(export: Representation) -> None:
    export["clientPolicies"]["policies"][0]["conditions"] = [{"condition": "any-client", "configuration": {}}]
    assert findings(export, "assistant") == []


@pytest.mark.parametrize(
    ("mapper", "finding"),
    [
        ("sujet", "ne porte pas le sujet."),
        ("nom", "ne porte pas le nom."),
        ("groupes", "ne porte pas les groupes avec leur chemin."),
        ("rôles", "ne porte pas les rôles."),
        ("audience", "ne porte pas l’audience « assistant"),
    ],
)
@pytest.mark.parametrize(("whose", "place"), [("personne", "clients"), ("programme", "clientScopes")])
def test_tokens_without_what_decides_are_found(
    export: Representation, mapper: str, finding: str, whose: str, place: str
) -> None:
    holder = export[place][1 if place == "clients" else 0]
    (held,) = [one for one in holder["protocolMappers"] if one["name"] == mapper]

    held["config"]["access.token.claim"] = "false"
    (changed,) = findings(export, "assistant")
    holder["protocolMappers"].remove(held)
    (deleted,) = findings(export, "assistant")

    assert changed == deleted
    assert changed.startswith(f"Le jeton d’accès d’un{'e' if whose == 'personne' else ''} {whose} {finding}")


@pytest.mark.parametrize(
    ("mapper", "key", "value"),
    [
        ("nom", "claim.name", "name"),
        ("nom", "user.attribute", "email"),
        ("groupes", "claim.name", "groupes"),
        ("groupes", "full.path", "false"),
        ("rôles", "claim.name", "roles"),
        ("rôles", "usermodel.clientRoleMapping.clientId", "autre"),
        ("rôles", "multivalued", "false"),
        ("audience", "included.client.audience", "autre"),
    ],
)
def test_a_claim_of_another_name_or_form_is_not_the_one(
    export: Representation, mapper: str, key: str, value: str
) -> None:
    (held,) = [one for one in export["clients"][1]["protocolMappers"] if one["name"] == mapper]
    held["config"][key] = value
    (found,) = findings(export, "assistant")
    assert found.startswith("Le jeton d’accès d’une personne ne porte pas")


def test_what_a_scope_writes_into_every_token_counts(export: Representation) -> None:
    client = export["clients"][1]
    export["clientScopes"].append({"name": "tout", "protocolMappers": client.pop("protocolMappers")})
    client["defaultClientScopes"] = ["tout"]
    assert findings(export, "assistant") == []
    client["defaultClientScopes"], client["optionalClientScopes"] = [], ["tout"]
    assert len(findings(export, "assistant")) == 5


def test_an_account_without_its_rights_in_its_token_is_found(export: Representation) -> None:
    export["clientScopes"][1]["protocolMappers"] = []
    assert findings(export, "assistant") == ["Le jeton d’accès du compte technique ne porte pas ses droits."]


def test_a_role_that_everybody_has_is_found(export: Representation) -> None:
    composites = {"realm": ["auditeur"], "client": {"assistant": ["agent", "administrateur"]}}
    export["roles"]["realm"][0]["composites"] = composites
    assert findings(export, "assistant") == [
        "Toute personne du royaume a le rôle « administrateur ».",
        "Toute personne du royaume a le rôle « auditeur ».",
    ]


def test_a_role_of_the_realm_is_not_the_clients_role_of_that_name(export: Representation) -> None:
    export["roles"]["realm"].append(export["roles"]["client"]["assistant"].pop(0))
    assert findings(export, "assistant") == ["Le client n’a pas le rôle « agent »."]


def test_where_the_realms_roles_count_it_must_have_them(export: Representation) -> None:
    found = findings(export, "assistant", realm_roles=True)
    assert "Le royaume n’a pas le rôle « agent »." in found
    assert "Le jeton d’accès d’une personne ne porte pas les rôles." in found


def test_pages_that_are_not_in_french_are_worth_a_remark_and_no_fault(export: Representation) -> None:
    for changed in ({"internationalizationEnabled": False}, {"supportedLocales": ["en"]}):
        assert findings(export | changed, "assistant") == []
        (remark,) = remarks(export | changed)
        assert "français" in remark
