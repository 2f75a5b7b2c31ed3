"""The one form that RFC 8785 gives a record's body: writing it, and telling whether a body is in it.

Python's own JSON writes the same bytes but for some numbers and the order of some names. Where one of those may stand,
the library that knows the RFC decides; everywhere else Python is three times faster.
"""

import json
import re
from typing import Any

import rfc8785

_LARGEST = 2**53 - 1  # the largest integer that a double holds with all smaller ones

# First bytes of characters beyond the basic plane, by which the RFC sorts fields otherwise than Python does.
_BEYOND = tuple(bytes([first]) for first in range(0xF0, 0xF5))

# What may be a number that the RFC writes otherwise: with an exponent or «.0», or beyond what a double holds. Looked
# for behind a plain character, which is twice as fast as allowing for the beginning of a text.
_DOUBTFUL = re.compile(r"[:,\[]-?(?:\d{16}|\d+\.0(?!\d)|\d+(?:\.\d+)?e)")


class _Doubt(Exception):
    """Something that Python may write otherwise than the RFC."""


def _float(text: str) -> float:
    number = float(text)
    if "e" in text or "E" in text or text.endswith(".0") or repr(number) != text:
        raise _Doubt
    return number


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) > _LARGEST:
        raise _Doubt
    return number


def _number(text: str) -> int | float:
    """A whole number beyond what integers may be was a float, which the RFC writes like one."""
    return number if abs(number := int(text)) <= _LARGEST else float(text)


def _constant(text: str) -> float:
    raise _Doubt


_read = json.JSONDecoder(parse_float=_float, parse_int=_integer, parse_constant=_constant).decode
_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical_form(value: Any) -> bytes:
    """The value in that form. Raises `ValueError` where it has none: NaN, whole numbers beyond 2^53, no Unicode."""
    text = _write(value)
    written = text.encode()
    if any(first in written for first in _BEYOND) or _DOUBTFUL.search(f"[{text}"):
        return rfc8785.dumps(value)
    return written


def canonical(body: bytes) -> Any:
    """The value of a body in that form. Raises `ValueError` where it is in another, or is no JSON."""
    text = body.decode()
    if not any(first in body for first in _BEYOND):
        try:
            value = _read(text)
        except _Doubt:
            pass
        else:
            if _write(value) == text:
                return value
    value = json.loads(text, parse_int=_number)
    if rfc8785.dumps(value) != body:
        raise ValueError("the body is not in the form of RFC 8785")
    return value
