"""Records' bodies, read; what somebody has put into the database in the place of one does not stop the review."""

import json
from collections.abc import Mapping
from typing import Any

DEEPEST = 100  # values in one another; ours have five, and many more would exhaust whoever goes through them


def read_body(body: bytes) -> Mapping[str, Any]:
    """A record's body; empty for what is none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if body.count(b"[") + body.count(b"{") > DEEPEST and _is_deep(read):
        return {}
    return read if isinstance(read, dict) and isinstance(read.get("act"), str) else {}


def _is_deep(value: Any, left: int = DEEPEST) -> bool:
    if not isinstance(value, dict | list):
        return False
    within = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deep(one, left - 1) for one in within)


def person_of(body: Mapping[str, Any]) -> str:
    """The subject of who acted; empty for nobody."""
    who = body.get("principal")
    return str(who.get("subject", "")) if isinstance(who, dict) else ""
