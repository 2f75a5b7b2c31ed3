"""The one form that RFC 8785 gives a record's body: writing it, and telling whether a body is in it.

`orjson` writes the same bytes but for some numbers and the order of some names. Where one of those may stand, the
library that knows the RFC decides; everywhere else `orjson` is twenty times as fast.
"""

import json
from types import NoneType
from typing import Any

import orjson
import rfc8785

_LARGEST = 2**53 - 1  # the largest integer that a double holds with all smaller ones

# First bytes of characters beyond the basic plane, by which the RFC sorts fields otherwise than `orjson` does.
_BEYOND = tuple(bytes([first]) for first in range(0xF0, 0xF5))

# Values that both write alike; `orjson` itself refuses whole numbers beyond what a double holds.
_ALIKE = frozenset({str, int, bool, NoneType})

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical_form(value: Any) -> bytes:
    """The value in that form. Raises `ValueError` where it has none: NaN, whole numbers beyond 2^53, no Unicode."""
    return rfc8785.dumps(value) if (written := _written(value)) is None else written


def canonical(body: bytes) -> Any:
    """The value of a body in that form. Raises `ValueError` where it is in another, or is no JSON."""
    try:
        return _read(body)
    except RecursionError as error:  # lists in lists in lists: whoever owns the database may write such a body
        raise ValueError("the body is nested too deeply") from error


def _read(body: bytes) -> Any:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    else:
        if _written(value) == body:
            return value
    value = json.loads(body.decode(), parse_int=_number)
    if rfc8785.dumps(value) != body:
        raise ValueError("the body is not in the form of RFC 8785")
    return value


def _written(value: Any) -> bytes | None:
    """The value in that form; None where the RFC may have it otherwise, or refuse it."""
    if not _alike(value):
        return None
    try:
        written = orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError:
        return None
    return written if written.isascii() or not any(first in written for first in _BEYOND) else None


def _alike(value: Any) -> bool:
    """Whether no number in it is one of which only the RFC's own writer is sure, and nothing in it is not JSON.

    Doubtful is a number that one of both may write with an exponent or with «.0».
    """
    kind = type(value)
    if kind is float:
        return 1e-4 <= abs(value) < 1e15 and not value.is_integer()
    if kind is dict or kind is list:
        for inner in value.values() if kind is dict else value:
            if type(inner) not in _ALIKE and not _alike(inner):
                return False
        return True
    return kind in _ALIKE or isinstance(value, str)  # an `Act` or a `Role` is a text


def _number(text: str) -> int | float:
    """A whole number beyond what integers may be was a float, which the RFC writes like one."""
    return number if abs(number := int(text)) <= _LARGEST else float(text)
