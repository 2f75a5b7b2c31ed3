"""The schema of records: complete, closed for what is written, open for what was written once."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import Act, Event, Json, Principal, Role
from policies.audit.body import body
from policies.audit.kinds import Each, Kind, Named, Shape
from policies.audit.schema import SCHEMA, Found, _stray, _test, fields, validate


def names(shape: Shape) -> set[str]:
    """Of all fields in it."""
    if isinstance(shape, Each | Named):
        return names(shape.shape)
    return set() if isinstance(shape, Kind) else {*shape, *(name for inner in shape.values() for name in names(inner))}


def fitting(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of that shape."""
    if isinstance(shape, Kind):
        flags = st.none() | st.booleans()
        numbers = flags if shape is Kind.FLAG else flags | st.integers() | st.floats()
        return numbers if shape in (Kind.FLAG, Kind.COUNT, Kind.MEASURE, Kind.RECORD) else numbers | st.text(max_size=3)
    if isinstance(shape, Each):
        return st.lists(fitting(shape.shape), max_size=2)
    if isinstance(shape, Named):
        return st.dictionaries(st.text(max_size=3), fitting(shape.shape), max_size=2)
    return st.fixed_dictionaries({}, optional={name: fitting(inner) for name, inner in shape.items()})


CAMILLE = Principal("s-1", "camille", frozenset({"/DGS"}), frozenset({Role.AGENT}), "192.0.2.7")

# Every name that a field has, and one that none has.
NAMES = st.sampled_from([*sorted({name for shape in SCHEMA.values() for name in names(shape)}), "stray"])


def found(event: Event) -> list[Found]:
    return list(fields(json.loads(body(event, datetime.now(UTC), []))))


@pytest.mark.parametrize("act", Act)
def test_every_act_has_its_fields(act: Act) -> None:
    assert act in SCHEMA


def test_every_value_of_a_record_is_told_with_its_kind_and_place() -> None:
    passage: Json = {"collection_id": "c", "document_id": "d", "version": 1, "chunk": 4, "score": 0.5}
    event = Event(Act.QUESTION_ASKED, CAMILLE, {"answer_id": "a", "passages": [passage], "thresholds": None})
    assert set(found(event)) == {
        Found(Kind.PERSON, ("principal", "subject"), "s-1"),
        Found(Kind.PERSON_NAME, ("principal", "username"), "camille"),
        Found(Kind.GROUP, ("principal", "groups", 0), "/DGS"),
        Found(Kind.ROLE, ("principal", "roles", 0), "agent"),
        Found(Kind.ADDRESS, ("origin",), "192.0.2.7"),
        Found(Kind.EXCHANGE, ("details", "answer_id"), "a"),
        Found(Kind.COLLECTION, ("details", "passages", 0, "collection_id"), "c"),
        Found(Kind.DOCUMENT, ("details", "passages", 0, "document_id"), "d"),
        Found(Kind.VERSION, ("details", "passages", 0, "version"), 1),
        Found(Kind.PASSAGE, ("details", "passages", 0, "chunk"), 4),
        Found(Kind.MEASURE, ("details", "passages", 0, "score"), 0.5),
    }


@pytest.mark.parametrize("origin", ["commande", "service", ""])
def test_what_comes_by_no_address_has_none(origin: str) -> None:
    who = Principal("s", "s", frozenset(), frozenset(), origin)
    assert Found(Kind.ORIGIN, ("origin",), origin) in found(Event(Act.GROUPS_LISTED, who, {"groups": 1}))


VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(Role),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
)


@given(st.sampled_from(Act), st.dictionaries(NAMES, VALUES, max_size=3))
def test_the_quick_test_lets_nothing_pass_that_the_schema_does_not_have(act: Act, details: dict[str, Json]) -> None:
    assert _stray(details, SCHEMA[act]) is None or not _test(SCHEMA[act])(details)


@given(st.data(), st.sampled_from(Act))
def test_it_lets_pass_what_fits(data: st.DataObject, act: Act) -> None:
    details = data.draw(fitting(SCHEMA[act]))
    assert _stray(details, SCHEMA[act]) is None
    assert _test(SCHEMA[act])(details)


def test_what_it_does_not_know_is_looked_at_again() -> None:
    details: dict[str, Json] = {"roles": [Role.AGENT], "groups": None}
    assert not _test(SCHEMA[Act.POLICY_EXPLAINED])(details)
    validate(Event(Act.POLICY_EXPLAINED, CAMILLE, details))


def test_an_old_record_and_what_nobody_knows_are_read_too() -> None:
    old = {
        "format": 1,
        "act": "search.done",
        "principal": {"subject": "s-1", "username": "camille", "groups": [], "roles": []},
        "details": {"limit": 3, "was": {"here": ["once"]}, "passages": "all"},
        "content": {"question": "ab"},
    }
    told = {one.path: one.kind for one in fields(old)}
    assert told["details", "limit"] is Kind.COUNT
    assert told["details", "was", "here", 0] is Kind.OTHER
    assert told["content", "question"] is Kind.HASH
    assert list(fields({"act": "unheard.of", "details": {"a": 1}}))[-1] == Found(Kind.OTHER, ("details", "a"), 1)


def test_a_record_of_a_browser_names_the_session() -> None:
    event = Event(Act.GROUPS_LISTED, replace(CAMILLE, session="session-1"), {"groups": 1})
    assert Found(Kind.SESSION, ("session",), "session-1") in found(event)


def test_who_acts_is_kept_with_the_origin_and_the_session_and_read_without() -> None:
    kept = replace(CAMILLE, session="session-1").as_json()
    assert Principal.of_json(kept).session == "session-1"
    assert Principal.of_json(kept).origin == "192.0.2.7"
    assert Principal.of_json({name: value for name, value in kept.items() if name != "origin"}).origin == ""
    assert Principal.of_json({name: value for name, value in kept.items() if name != "session"}).session == ""
