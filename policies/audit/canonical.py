"""Whether a record's body is in the one form that RFC 8785 gives it, fast enough for a million of them."""

import json
import re
from typing import Any

import rfc8785

# Where Python's own writer may differ from the RFC: floats (told by `_Number`), integers that no double holds, and
# names of fields beyond the basic plane, which the RFC sorts by UTF-16.
_DOUBTFUL = re.compile(rb"[\xf0-\xff]|[:,\[]-?\d{16}")

_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class _Doubt(Exception):
    """A number that Python may write otherwise than the RFC."""


def _float(text: str) -> float:
    number = float(text)
    if "e" in text or "E" in text or text.endswith(".0") or repr(number) != text:
        raise _Doubt
    return number


def _constant(text: str) -> float:
    raise _Doubt


def canonical(body: bytes) -> Any:
    """The value of a body in that form. Raises `ValueError` where it is in another, or is no JSON."""
    if _DOUBTFUL.search(body) is None:
        try:
            value = json.loads(body, parse_float=_float, parse_constant=_constant)
        except _Doubt:
            pass
        else:
            if _write(value).encode() == body:
                return value
    value = json.loads(body)
    if rfc8785.dumps(value) != body:
        raise ValueError("the body is not in the form of RFC 8785")
    return value
