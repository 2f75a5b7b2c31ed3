"""What holds for the chart whatever a site chooses."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.deploy.chart import (
    VARIANTS,
    Document,
    Values,
    as_text,
    chart,
    containers,
    example,
    of_kind,
    over,
    pods,
    render,
)
from ui.settings import SECRETS

CHOICES = [values for name, values in VARIANTS.items() if name != "example"]
# Those that cannot be had together: Keycloak's own database is in the cluster.
APART = ("own database", "Keycloak included")

FREE = st.fixed_dictionaries(
    {},
    optional={
        "web": st.fixed_dictionaries({"replicas": st.integers(1, 9)}),
        "worker": st.fixed_dictionaries({"jobs": st.integers(1, 64)}),
        "qdrant": st.fixed_dictionaries({"replicas": st.integers(1, 9), "copies": st.integers(1, 5)}),
        "image": st.fixed_dictionaries(
            {"registry": st.sampled_from(["", "r.exemple.fr/", "r.exemple.fr:5000/sante/"])}
        ),
        "images": st.fixed_dictionaries(
            {"assistant": st.fixed_dictionaries({"digest": st.sampled_from(["", "sha256:" + "a" * 64])})}
        ),
        "url": st.sampled_from(["https://a.exemple.fr", "https://intranet.exemple.fr/assistant"]),
        "entry": st.fixed_dictionaries({"controller": st.sampled_from(["nginx", "traefik", "haproxy", "other"])}),
    },
)


@st.composite
def chosen(draw: st.DrawFn) -> dict[str, Any]:
    """Some of the variants over each other, and free values over them."""
    names = draw(st.lists(st.sampled_from(sorted(VARIANTS)), unique=True, max_size=5))
    values: dict[str, Any] = {}
    for name in names:
        if name != APART[0] or APART[1] not in names:
            values = over(values, VARIANTS[name])
    return over(values, draw(FREE))


def whatever(check: Any) -> Any:
    """Of few examples each: one render takes 150 ms."""
    bounded = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    return bounded(given(values=chosen())(check))


@whatever
def test_every_pod_satisfies_the_profile_restricted(values: Values) -> None:
    for name, _, spec in pods(render(values)):
        assert not spec.get("hostNetwork")
        assert not spec.get("hostPID")
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        volumes = {kind for volume in spec["volumes"] for kind in volume if kind != "name"}
        assert volumes <= {"emptyDir", "secret", "configMap", "persistentVolumeClaim"}
        for container in containers(spec):
            held = container["securityContext"]
            assert held["allowPrivilegeEscalation"] is False
            assert held["readOnlyRootFilesystem"] is True
            assert held["capabilities"]["drop"] == ["ALL"]
            assert set(held["capabilities"].get("add", ())) <= {"NET_BIND_SERVICE"}
            assert all("hostPort" not in port for port in container.get("ports", ()))
            assert container["resources"]["limits"]["memory"], name
            assert container["resources"]["requests"]


@whatever
def test_no_variable_of_the_environment_holds_a_secret(values: Values) -> None:
    for name, _, spec in pods(render(values)):
        for container in containers(spec):
            assert "envFrom" not in container
            for variable in container.get("env", ()):
                assert set(variable) == {"name", "value"}, name
                setting = variable["name"].removeprefix("ASSISTANT_").lower()
                assert setting not in SECRETS
                assert not re.search("(password|token|credential)", setting)
                if variable["name"].startswith("ASSISTANT_") and setting.endswith("_file"):
                    assert variable["value"].startswith("/run/secrets/")


@whatever
def test_nothing_is_mounted_that_the_pod_has_not_and_each_path_once(values: Values) -> None:
    for name, _, spec in pods(render(values)):
        volumes = [volume["name"] for volume in spec["volumes"]]
        claimed = ["storage", "snapshots"] if name.startswith("StatefulSet") else []
        assert len(volumes) == len(set(volumes))
        for container in containers(spec):
            mounts = container["volumeMounts"]
            assert {mount["name"] for mount in mounts} <= {*volumes, *claimed}
            paths = [mount["mountPath"] for mount in mounts]
            assert len(paths) == len(set(paths))
            named = [value["name"] for value in container.get("env", ())]
            assert len(named) == len(set(named)), name


@whatever
def test_every_pod_is_refused_all_traffic_but_what_a_policy_names(values: Values) -> None:
    documents = render(values)
    policies = [policy["spec"] for policy in of_kind(documents, "NetworkPolicy")]
    denying = [one for one in policies if not one.get("ingress") and not one.get("egress")]
    assert [one["policyTypes"] for one in denying] == [["Ingress", "Egress"]]
    labels = denying[0]["podSelector"]["matchLabels"].items()
    for name, worn, _ in pods(documents):
        assert labels <= worn.items(), name
    for cluster in of_kind(documents, "Cluster"):
        selected = [one for one in policies if "cnpg.io/cluster" in one["podSelector"]["matchLabels"]]
        assert [one["podSelector"]["matchLabels"]["cnpg.io/cluster"] for one in selected] == [
            cluster["metadata"]["name"]
        ]
        assert all(one["policyTypes"] == ["Ingress", "Egress"] for one in selected)


@whatever
def test_every_rule_says_who_and_by_which_port(values: Values) -> None:
    documents = render(values)
    for policy in of_kind(documents, "NetworkPolicy"):
        rules = [*policy["spec"].get("ingress", ()), *policy["spec"].get("egress", ())]
        for rule in rules:
            peers = rule.get("to") or rule.get("from")
            assert peers
            assert rule["ports"]
            for peer in peers:
                assert peer
                assert all(peer.values()), "a selector that selects everything"
                assert not peer.get("ipBlock", {}).get("cidr", "").endswith("/0")
    assert "0.0.0.0/0" not in "".join(map(as_text, documents))


@whatever
def test_a_policy_is_for_pods_that_there_are_and_so_is_a_service(values: Values) -> None:
    documents = render(values)
    worn = [labels.items() for _, labels, _ in pods(documents)]
    for policy in of_kind(documents, "NetworkPolicy"):
        selector = policy["spec"]["podSelector"]["matchLabels"]
        if "cnpg.io/cluster" not in selector:
            assert any(selector.items() <= labels for labels in worn), policy["metadata"]["name"]
    for kind in ("Service", "PodDisruptionBudget", "ServiceMonitor", "PodMonitor"):
        for document in of_kind(documents, kind):
            selector = document["spec"]["selector"].get("matchLabels", document["spec"]["selector"])
            assert any(selector.items() <= labels for labels in worn), document["metadata"]["name"]


@whatever
def test_what_is_named_is_there_or_said_to_exist_beforehand(values: Values) -> None:
    documents = render(values)
    made = {(one["kind"], one["metadata"]["name"]) for one in documents}
    operators = (
        {("Secret", f"sante-postgres-{part}") for part in ("app", "ca")} if of_kind(documents, "Cluster") else set()
    )
    said = _said_to_exist(over(example(), values))
    for name, _, spec in pods(documents):
        for volume in spec["volumes"]:
            for kind, found in _named(volume):
                assert (kind, found) in made | operators or found in said, name
        assert ("ServiceAccount", spec["serviceAccountName"]) in made or spec["serviceAccountName"] in said
    for ingress in of_kind(documents, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            assert ("Service", rule["http"]["paths"][0]["backend"]["service"]["name"]) in made


def _named(volume: Values) -> list[tuple[str, str]]:
    if "secret" in volume:
        return [("Secret", volume["secret"]["secretName"])]
    if "configMap" in volume:
        return [("ConfigMap", volume["configMap"]["name"])]
    if "persistentVolumeClaim" in volume:
        return [("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])]
    return []


def _said_to_exist(values: Values) -> set[str]:
    """All texts of the values, those of the chart included: a name there is a name that the site was asked for."""

    def texts(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set().union(*map(texts, value.values())) if value else set()
        return {value} if isinstance(value, str) else set()

    return texts(chart().merge_values(dict(values)))


@whatever
def test_every_image_is_from_the_values_and_has_a_tag(values: Values) -> None:
    documents = render(values)
    registry = over(example(), values)["image"]["registry"]
    images = [container["image"] for _, _, spec in pods(documents) for container in containers(spec)]
    images += [cluster["spec"]["imageName"] for cluster in of_kind(documents, "Cluster")]
    for image in images:
        assert image.startswith(registry)
        assert re.fullmatch(r"[a-z0-9/._-]+:[\w.-]+(@sha256:[0-9a-f]{64})?", image.removeprefix(registry)), image


@whatever
def test_labels_are_those_of_the_release_and_no_name_is_taken_twice(values: Values) -> None:
    documents = render(values)
    names = [(one["kind"], one["metadata"]["name"]) for one in documents]
    assert len(names) == len(set(names))
    for document in documents:
        metadata = document["metadata"]
        assert metadata["namespace"] == "assistant"
        assert metadata["name"].startswith("sante")
        assert metadata["labels"]["app.kubernetes.io/instance"] == "sante"
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == "Helm"
    for name, labels, _ in pods(documents):
        owner = _owner(documents, name)
        selector = owner["spec"].get("selector", {}).get("matchLabels", {})
        assert selector.items() <= labels.items(), name


def _owner(documents: list[Document], name: str) -> Document:
    return next(one for one in documents if f"{one['kind']} {one['metadata']['name']}" == name)


def test_a_policy_without_a_selector_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    open_to_all = {"kind": "NetworkPolicy", "metadata": {"name": "ouvert"}, "spec": {"egress": [{"ports": [{}]}]}}
    monkeypatch.setattr("tests.deploy.test_chart_properties.render", lambda _: [open_to_all])
    with pytest.raises(AssertionError):
        test_every_rule_says_who_and_by_which_port.hypothesis.inner_test({})
