"""The chart: without fault, valid by the schemas of Kubernetes and of its operators, clear about what it refuses."""

from typing import Any

import kubernetes_validate
import pytest
from helm_python import HelmError, lint

from tests.deploy.chart import FOLDER, PEER, VARIANTS, Document, as_text, chart, example, notes, of_kind, over, render
from tests.deploy.custom_resources import SPECS

KUBERNETES = "1.34"
INFORMATION = 1  # «icon is recommended»


@pytest.mark.parametrize("variant", VARIANTS)
def test_helm_finds_no_fault(variant: str) -> None:
    report = lint(FOLDER, over(example(), VARIANTS[variant]), strict=True, namespace="assistant")
    assert not report["errors"]
    assert [message for message in report["messages"] if message["severity"] > INFORMATION] == []


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    """All that any variant writes, each once."""
    written = [document for values in VARIANTS.values() for document in render(values)]
    upgraded = render(VARIANTS["backups"], upgrade=True)
    return list({as_text(document): document for document in [*written, *upgraded]}.values())


def test_all_that_is_written_is_valid_by_the_schemas_of_kubernetes(documents: list[Document]) -> None:
    for document in documents:
        if (document["apiVersion"], document["kind"]) not in SPECS:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_all_that_is_written_for_operators_is_valid_by_their_definitions(documents: list[Document]) -> None:
    seen = set()
    for document in documents:
        if spec := SPECS.get((document["apiVersion"], document["kind"])):
            seen.add(spec)
            spec.model_validate(document["spec"])
            assert set(document) == {"apiVersion", "kind", "metadata", "spec"}
    assert seen == set(SPECS.values())


def test_a_misspelt_field_would_be_found(documents: list[Document]) -> None:
    deployment = next(document for document in documents if document["kind"] == "Deployment")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(over(deployment, {"spec": {"replica": 2}}), KUBERNETES, strict=True)


def test_what_a_site_must_say_has_no_default() -> None:
    with pytest.raises(HelmError, match="url"):
        chart().validate_schema({})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"url": "http://assistant.exemple.fr"}, "url"),
        ({"keycloak": {"realm": "https://sso.exemple.fr"}}, "realm"),
        ({"webb": {}}, "webb"),
        ({"web": {"replicas": 0}}, "replicas"),
        ({"web": {"resources": {"requests": {"cpu": "1"}, "limits": None}}}, "limits"),
        ({"images": {"assistant": {"tag": "latest"}}}, "tag"),
        ({"images": {"qdrant": {"repository": "registre.exemple.fr:5000/qdrant"}}}, "repository"),
        ({"settings": {"LLM_KEY": "secret"}}, "LLM_KEY"),
        ({"settings": {"KEYCLOAK_SECRET": "secret"}}, "KEYCLOAK_SECRET"),
        ({"settings": {"METRICS": "0.0.0.0:9464"}}, "METRICS"),
        ({"llm": {"kind": "vllm"}}, "gpus"),
        ({"llm": {"file": "../etc/passwd"}}, "file"),
        ({"backup": {"enabled": True}}, "recipients"),
        ({"network": {"outside": {"more": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "port": 443}]}}}, "cidr"),
        ({"network": {"outside": {"keycloak": {"to": [{"ipBlock": {"cidr": "::/0"}}], "port": 443}}}}, "keycloak"),
        ({"network": {"outside": {"keycloak": {"to": [{}], "port": 443}}}}, "keycloak"),
        ({"network": {"pods": {"entry": {"kubernetes.io/metadata.name": None}}}}, "entry"),
        ({"entry": {"trustedProxies": ["0.0.0.0/0"]}}, "trustedProxies"),
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_by_its_name(values: dict[str, Any], said: str) -> None:
    with pytest.raises(HelmError, match=said):
        render(values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"postgres": {"cluster": False}, "network": {"outside": {"postgres": PEER}}}, r"postgres\.ownerSecret"),
        ({"qdrant": {"cluster": False}}, r"qdrant\.url"),
        ({"llm": {"kind": "external"}}, r"llm\.url"),
        ({"llm": {"file": ""}}, r"llm\.file"),
        ({"llm": {"kind": "vllm", "gpus": 1}}, r"llm\.sums"),
        (
            {
                "keycloak": {"included": True},
                "postgres": {"cluster": False, "ownerSecret": "a"},
                "network": {"outside": {"postgres": PEER}},
            },
            r"keycloak\.included",
        ),
        ({"network": {"outside": {"api": None}}}, r"network\.outside\.api"),
        ({"observability": {"traces": "https://collecteur.exemple.fr"}}, r"network\.outside\.collector"),
        ({"entry": {"kind": "gateway"}}, r"entry\.gateway\.name"),
    ],
    ids=str,
)
def test_what_one_choice_takes_is_asked_for_in_french(values: dict[str, Any], said: str) -> None:
    with pytest.raises(HelmError, match=said):
        render(values)


def test_the_database_is_migrated_before_an_upgrade_and_with_an_installation() -> None:
    installed, upgraded = (of_kind(render({}, upgrade=upgrade), "Job")[0] for upgrade in (False, True))
    assert "annotations" not in installed["metadata"]
    assert upgraded["metadata"]["annotations"]["helm.sh/hook"] == "pre-upgrade"


def test_only_the_migration_is_given_the_owner_of_the_tables() -> None:
    holders = [document for document in render(VARIANTS["backups"]) if "sante-postgres-app" in as_text(document)]
    assert [document["kind"] for document in holders] == ["Job"]


def test_each_controller_keeps_a_browser_to_one_pod() -> None:
    for controller, mark in (("nginx", "affinity"), ("haproxy", "cookie-persistence")):
        ingress = of_kind(render({"entry": {"controller": controller}}), "Ingress")[0]
        assert any(mark in name for name in ingress["metadata"]["annotations"])
    services = of_kind(render({"entry": {"controller": "traefik"}}), "Service")
    web = next(service for service in services if service["metadata"]["name"] == "sante-web")
    assert any("sticky.cookie" in name for name in web["metadata"]["annotations"])


def test_the_operator_is_told_what_is_still_to_be_done() -> None:
    assert "Rien n’est sauvegardé" in notes({})
    assert "Rien n’est sauvegardé" not in notes(VARIANTS["backups"])
    assert "trustedProxies" in notes({"entry": {"trustedProxies": []}})
