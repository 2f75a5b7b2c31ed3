"""What dashboards and alerts ask Prometheus for."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.conftest import PROJECT

FOLDER = PROJECT / "deploy" / "observability"
DASHBOARDS = sorted((FOLDER / "dashboards").glob("*.json"))
# Told by Prometheus itself, and of every series.
ITS_OWN = {"up": frozenset[str]()}
EVERYWHERE = frozenset({"job", "instance"})

SERIES = re.compile(r"\b((?:assistant|process)_\w+|up)\b(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
TEXTS = re.compile(r'"[^"]*"')


def alerts() -> list[dict[str, Any]]:
    """The rules."""
    told = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))
    return [rule for group in told["groups"] for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    """What is asked for, and by which file."""
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            yield from ((path.name, target["expr"]) for target in panel["targets"])
    yield from (("alerts.yaml", rule["expr"]) for rule in alerts())
