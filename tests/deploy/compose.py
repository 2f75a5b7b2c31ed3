"""The compose file as `docker compose` reads it: its variables put in, then read by a parser of the specification."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from compose_spec import PyCompose

DEPLOY = Path(__file__).parents[2] / "deploy"
FILE = DEPLOY / "compose.yaml"
EXAMPLE = DEPLOY / ".env.example"

# What a site says that has no default.
SAID = {"MODEL_FILE": "modele.gguf", "SECRETS": "/srv/secrets"}

_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?:(:[?-])([^}]*))?\})")


class Missing(Exception):
    """A variable that must be set, with what the file says of it."""


def interpolated(text: str, variables: Mapping[str, str]) -> str:
    """The text with these variables, by the rules of the specification: `${A}`, `${A:-else}`, `${A:?why not}`, `$$`."""

    def value(found: re.Match[str]) -> str:
        name, operator, rest = found.groups()
        if name is None:
            return "$"
        if given := variables.get(name, ""):
            return given
        if operator == ":?":
            raise Missing(f"{name}: {rest}")
        return rest or ""

    return _VARIABLE.sub(value, text)


def filled(value: Any, variables: Mapping[str, str]) -> Any:
    """Every text of the file with these variables, put in after the YAML was read, as `docker compose` does."""
    if isinstance(value, dict):
        return {name: filled(part, variables) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, variables) for part in value]
    return interpolated(value, variables) if isinstance(value, str) else value


def example() -> dict[str, str]:
    """`.env.example`."""
    lines = (line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


@cache
def composition() -> dict[str, Any]:
    """The whole file, of a site that keeps the example's variables; valid, or this raises."""
    plain: dict[str, Any] = filled(yaml.safe_load(FILE.read_text()), example() | SAID)
    PyCompose.from_json(json.dumps(plain)).validate()  # whose parser does not know merges within merges
    return plain


def services() -> dict[str, dict[str, Any]]:
    """All of them, those of profiles too."""
    found: dict[str, dict[str, Any]] = composition()["services"]
    return found
