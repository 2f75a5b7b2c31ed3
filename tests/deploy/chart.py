"""The chart as a site gets it: its values over those of the example, rendered by Helm's own library."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from helm_python import Chart

FOLDER = Path(__file__).parents[2] / "deploy" / "helm" / "assistant"

PEER = {"to": [{"ipBlock": {"cidr": "10.0.0.9/32"}}], "port": 443}
RECIPIENT = "age1" + "q" * 58

# What a site may want of the chart; each is valid over the example.
VARIANTS: dict[str, dict[str, Any]] = {
    "example": {},
    "own database": {
        "postgres": {"cluster": False, "ownerSecret": "proprietaire", "authoritySecret": "autorite-postgres"},
        "network": {
            "outside": {"postgres": {"to": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}], "port": 5432}}
        },
    },
    "backups": {
        "backup": {"enabled": True, "recipients": [RECIPIENT, RECIPIENT]},
        "postgres": {"backup": {"enabled": True, "destination": "s3://seau/pg", "endpoint": "https://s3.exemple.fr"}},
        "network": {"outside": {"backup": PEER}},
    },
    "own Qdrant": {
        "qdrant": {"cluster": False, "url": "https://qdrant.exemple.fr:6333", "shards": 0},
        "network": {"outside": {"qdrant": PEER}},
    },
    "vllm": {"llm": {"kind": "vllm", "file": "mistral-small", "gpus": 2, "sums": "sommes"}},
    "own engine": {
        "llm": {"kind": "external", "url": "https://modeles.exemple.fr/v1", "key": False},
        "network": {"outside": {"llm": PEER}},
    },
    "scaled": {"worker": {"keda": {"enabled": True}}, "web": {"autoscaling": {"enabled": True}}},
    "Keycloak included": {"keycloak": {"included": True}, "entry": {"controller": "traefik"}},
    "gateway": {"entry": {"kind": "gateway", "gateway": {"name": "entree", "namespace": "infra"}}},
    "no entry, no metrics, no account of its own": {
        "entry": {"kind": "none", "trustedProxies": []},
        "observability": {"metrics": False, "monitors": True},
        "serviceAccount": "assistant-du-site",
        "shared": {"claim": "partage"},
        "authorities": {"configMap": ""},
    },
    "observed": {
        "observability": {
            "monitors": True,
            "rules": True,
            "dashboards": True,
            "traces": "https://collecteur.exemple.fr:4318",
            "labels": {"release": "prometheus"},
        },
        "network": {"outside": {"collector": PEER, "more": [PEER]}},
        "files": "fichiers",
        "settings": {"RETENTION": "/etc/assistant/retention.toml", "PASSAGES": 6, "CHECKPOINTS": "/srv/preuves"},
        "image": {"pullSecrets": ["registre"]},
        "priorityClassName": "service",
    },
}

Values = Mapping[str, Any]
Document = dict[str, Any]


@cache
def chart() -> Chart:
    """Loaded once: it is never changed."""
    return Chart.load(FOLDER)


def example() -> dict[str, Any]:
    """The least that a site says."""
    values: dict[str, Any] = yaml.safe_load((FOLDER / "values-exemple.yaml").read_text())
    return values


def over(values: Values, others: Values) -> dict[str, Any]:
    """The second over the first, as Helm lays files of values over each other."""
    both = {**values, **others}
    return {
        name: over(values[name], value) if isinstance(value, dict) and isinstance(values.get(name), dict) else value
        for name, value in both.items()
    }


def render(values: Values, *, upgrade: bool = False) -> list[Document]:
    """What is applied to the cluster, with these values over the example."""
    rendered = chart().render(
        over(example(), values), name="sante", namespace="assistant", is_install=not upgrade, is_upgrade=upgrade
    )
    manifests = (text for path, text in rendered.items() if path.endswith(".yaml"))
    return [document for text in manifests for document in yaml.load_all(text, Loader=_FAST) if document]


def notes(values: Values) -> str:
    """What the operator reads afterwards."""
    rendered = chart().render(over(example(), values), name="sante", namespace="assistant")
    return rendered["assistant/templates/NOTES.txt"]


def of_kind(documents: Sequence[Document], kind: str) -> list[Document]:
    """Those of that kind."""
    return [document for document in documents if document["kind"] == kind]


def pods(documents: Sequence[Document]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Of whatever makes pods: its kind and name, the pod's labels, its spec."""
    for document in documents:
        spec = document.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template and document["kind"] != "ExternalSecret":
            yield f"{document['kind']} {document['metadata']['name']}", template["metadata"]["labels"], template["spec"]


def containers(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All of a pod's, those that only prepare it included."""
    return [*spec.get("initContainers", ()), *spec["containers"]]


def as_text(document: Document) -> str:
    """Always the same for the same."""
    return json.dumps(document, sort_keys=True)


_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
