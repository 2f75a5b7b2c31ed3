"""Which records may lack, by what records of purges say."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.audit.purges import purged

Told = tuple[int, int, list[tuple[int, int]]]
INDEXES = st.integers(0, 40)
SPANS = st.tuples(INDEXES, INDEXES)


def body(start: int, end: int, kept: Sequence[tuple[int, int]] = (), act: str = "ledger.purged") -> bytes:
    return json.dumps({"act": act, "details": {"from": start, "to": end, "kept": [[*span] for span in kept]}}).encode()


@given(st.lists(st.tuples(INDEXES, INDEXES, st.lists(SPANS, max_size=4)), max_size=5), INDEXES)
def test_a_record_went_where_some_purge_covers_it_and_does_not_keep_it(told: list[Told], due: int) -> None:
    """Nor does any cover what was too young then."""
    gone = purged((100 + place, body(*one), due) for place, one in enumerate(told))
    for index in range(42):
        went = index < due and any(
            start <= index < end and not any(first <= index < last for first, last in kept) for start, end, kept in told
        )
        assert (index in gone) is went


@pytest.mark.parametrize(
    "written",
    [
        body(0, 5, act="content.purged"),
        body(0, 11),  # itself
        b'{"act":"ledger.purged"}',
        b'{"act":"ledger.purged","details":{"from":0,"to":5,"kept":[[1]]}}',
        b"{",
        b"[]",
    ],
)
def test_what_is_no_purge_of_earlier_records_covers_none(written: bytes) -> None:
    gone = purged([(10, written, 10)])
    assert not [index for index in range(12) if index in gone]
