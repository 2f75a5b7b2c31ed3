"""Keycloak's representations of what a realm holds, compared and merged. Pure."""

import json
from collections.abc import Sequence
from typing import Any

Representation = dict[str, Any]

# Of a client's or a scope's representation, what has requests of its own.
APART = ("protocolMappers", "defaultClientScopes", "optionalClientScopes", "secret", "access")


def differences(held: Representation, wanted: Representation) -> list[str]:
    """The names of what is wanted and is not so; the order of a list does not matter."""
    found = []
    for name, value in wanted.items():
        present = held.get(name)
        if isinstance(value, dict):
            found += [f"{name}.{one}" for one in differences(present or {}, value)]
        elif isinstance(value, list):
            found += [name] if _unordered(present or []) != _unordered(value) else []
        elif present != value:
            found.append(name)
    return found


def merged(held: Representation, wanted: Representation) -> Representation:
    """What is held, with what is wanted."""
    inner = {name: {**(held.get(name) or {}), **value} for name, value in wanted.items() if isinstance(value, dict)}
    return alone({**held, **wanted, **inner})


def alone(representation: Representation) -> Representation:
    """Without what has requests of its own."""
    return {name: value for name, value in representation.items() if name not in APART}


def _unordered(values: Sequence[Any]) -> list[str]:
    return sorted(json.dumps(value, sort_keys=True) for value in values)
