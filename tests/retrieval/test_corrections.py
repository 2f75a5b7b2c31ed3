"""What an administrator says of a document, whatever is read of it."""

import datetime as dt
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import DocumentMetadata, TextKind
from retrieval.corrections import CORRECTABLE, Corrections

days = st.none() | st.dates()
texts = st.sampled_from(["", "A", "B"])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title": texts,
    "kind": st.none() | st.sampled_from(TextKind),
    "number": texts,
    "signed_on": days,
    "in_force_from": days,
    "repealed_on": days,
    "replaces": st.lists(texts, max_size=2).map(tuple),
    "replaced_by": texts,
    "author": texts,
}
some_values = st.fixed_dictionaries({}, optional=VALUES)
read = st.builds(
    lambda values, guessed: DocumentMetadata(**({"title": "T"} | values), guessed=guessed & values.keys()),
    some_values,
    st.frozensets(st.sampled_from(sorted(CORRECTABLE))),
)
NONE = Corrections({}, {})


def test_every_field_that_can_be_corrected_is_tried() -> None:
    assert VALUES.keys() == CORRECTABLE


@given(read, some_values)
def test_a_corrected_field_has_its_value_and_is_no_guess(metadata: DocumentMetadata, values: dict[str, Any]) -> None:
    after = NONE.and_also(values, metadata).applied(metadata)
    assert {name: getattr(after, name) for name in values} == values
    assert after.guessed == metadata.guessed - values.keys()


@given(read, some_values, some_values)
def test_corrections_hold_for_the_same_text_and_the_last_one_counts(
    metadata: DocumentMetadata, first: dict[str, Any], second: dict[str, Any]
) -> None:
    once = NONE.and_also(first, metadata)
    twice = once.and_also(second, once.applied(metadata))
    assert twice.still_holding(metadata) == twice
    assert dict(twice.values) == first | second


@given(read, read, some_values)
def test_only_another_statement_ends_a_correction(
    before: DocumentMetadata, after: DocumentMetadata, values: dict[str, Any]
) -> None:
    kept = NONE.and_also(values, before).still_holding(after)
    for name in values.keys() - kept.values.keys():
        assert name not in after.guessed
        assert getattr(after, name) != getattr(before, name) or name in before.guessed


@given(read, some_values)
def test_corrections_are_kept_as_json(metadata: DocumentMetadata, values: dict[str, Any]) -> None:
    corrections = NONE.and_also(values, metadata)
    assert Corrections.of_json(json.loads(json.dumps(corrections.as_json()))) == corrections


def test_what_is_corrected_to_unknown_stays_unknown() -> None:
    guess = DocumentMetadata("T", repealed_on=dt.date(2023, 1, 1), guessed=frozenset({"repealed_on"}))
    corrections = NONE.and_also({"repealed_on": None}, guess)
    assert corrections.still_holding(guess).applied(guess) == DocumentMetadata("T")
