"""A body is told to be in the form of RFC 8785 exactly where it is."""

import datetime as dt
import json
import math
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from policies import Act, Role
from policies.audit.canonical import canonical, canonical_form

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


@dataclass
class Agent:
    """Nothing that JSON knows."""

    name: str = "camille"


@given(VALUES)
@example({"a": [1e-7, 1e16, 1.0, -0.0, 100.0, 2.5, 9007199254740991], "\ue000": 1, "\U0001f600": ":1.0"})
def test_the_form_is_that_of_the_rfc(value: Any) -> None:
    assert canonical_form(value) == rfc8785.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.floats(1e-6, 1e-2) | st.floats(1e13, 1e22))
@example(1e-4)
@example(math.nextafter(1e-4, 0))
@example(math.nextafter(1e15, 0))
@example(999999999999999.9)
@example(1e15)
@example(-1e21)
@example(5e-324)
def test_every_number_is_written_as_the_rfc_has_it(number: float) -> None:
    written = rfc8785.dumps([number, {"a": -number}])
    assert canonical_form([number, {"a": -number}]) == written
    assert canonical(written) == [number, {"a": -number}]


@given(st.dictionaries(st.text(max_size=3), st.text(), max_size=8))
@example({"\x00\x1f\x7f\x80": '\b\t\n\f\r"\\/', "\u2028": "\ufeff\uffff"})
@example({"\U00010000": "", "\uffff": "", "\ue000": "", "z": ""})
def test_names_are_in_the_order_of_the_rfc_and_texts_have_its_escapes(value: dict[str, str]) -> None:
    try:
        due = rfc8785.dumps(value)
    except ValueError:  # half a character
        with pytest.raises(ValueError):  # noqa: PT011 - of UTF-8 or of the form
            canonical_form(value)
    else:
        assert canonical_form(value) == due


def test_words_of_a_closed_list_are_written_as_texts() -> None:
    assert canonical_form({"act": Act.SEARCHED, "roles": [Role.AGENT]}) == b'{"act":"search.done","roles":["agent"]}'


@pytest.mark.parametrize("value", [uuid.UUID(int=1), dt.datetime.now(dt.UTC), Agent(), {1: 2}, b"a", {"a": {1}}])
def test_what_is_no_json_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of the form
        canonical_form({"value": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**53), [2**64], "\ud800", {"\ud800": 1}])
def test_what_has_no_form_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of JSON, of UTF-8 and of the form
        canonical_form({"value": value})


@given(VALUES)
def test_what_the_canonical_writer_writes_is_taken(value: Any) -> None:
    body = rfc8785.dumps(value)
    assert rfc8785.dumps(canonical(body)) == body


@given(VALUES, st.booleans(), st.booleans())
def test_what_another_writer_writes_is_taken_only_where_both_agree(value: Any, escaped: bool, ordered: bool) -> None:
    body = json.dumps(value, ensure_ascii=escaped, sort_keys=ordered, separators=(",", ":")).encode()
    if body == rfc8785.dumps(value):
        assert rfc8785.dumps(canonical(body)) == body
    else:
        with pytest.raises(ValueError, match="RFC 8785"):
            canonical(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":9007199254740993}',
        b'{"a":NaN}',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'"\\u00e9"',
        b'"\xff"',
        b'"\\ud800"',
        '{"\ue000":1,"\U0001f600":1}'.encode(),
        b"[1",
        b"",
        b"1e400",
        b'{"a":0.00001}x',
        b"[" * 100_000,
    ],
)
def test_what_is_in_another_form_is_not_taken(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of JSON, of UTF-8 and of the form
        canonical(body)
