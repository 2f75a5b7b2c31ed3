"""Records' bodies, read; what somebody has put into the database in the place of one does not stop the review."""

import json
from collections.abc import Mapping
from typing import Any


def read_body(body: bytes) -> Mapping[str, Any]:
    """A record's body; empty for what is none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) and isinstance(read.get("act"), str) else {}


def person_of(body: Mapping[str, Any]) -> str:
    """The subject of who acted; empty for nobody."""
    who = body.get("principal")
    return str(who.get("subject", "")) if isinstance(who, dict) else ""
