"""What the rules of alerts find among records, and what they leave alone."""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import Act
from policies.review.alarms import Alarm, Seen, alarms, new_places
from policies.review.alert_rules import AlertRules, NewPlace, Rule, read_alert_rules

TUESDAY = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)  # eleven o'clock in Paris
ANN, BOB = "AAAAA-AAAAA", "BBBBB-BBBBB"
RULES = read_alert_rules()


def only(**rules: object) -> AlertRules:
    return AlertRules.model_validate(rules)


def seen(
    index: int, act: Act, minutes: float = 0, who: str = ANN, keys: Sequence[str] = (), start: dt.datetime = TUESDAY
) -> Seen:
    return Seen(index, start + dt.timedelta(minutes=minutes), act, who, tuple(keys))


REFUSALS = only(refusals={"at_least": 3, "minutes": 10})


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        ((0, 5, 10), (0, 1, 2)),
        ((0, 5, 11), ()),
        ((0, 20, 22, 24, 60), (1, 2, 3)),
        ((0, 5, 10, 15, 30), (0, 1, 2, 3)),
    ],
)
def test_many_refusals_within_a_time_are_an_alarm(minutes: tuple[float, ...], found: tuple[int, ...]) -> None:
    records = [seen(index, Act.REFUSED, minute) for index, minute in enumerate(minutes)]
    expected = [Alarm(Rule.REFUSALS, ANN, dt.date(2026, 3, 3), found)] if found else []
    assert alarms(REFUSALS, records) == expected


def test_refusals_of_several_people_are_not_added_up() -> None:
    records = [seen(index, Act.REFUSED, who=who) for index, who in enumerate((ANN, BOB, ANN, BOB))]
    assert alarms(REFUSALS, records) == []


def test_what_is_not_in_the_file_is_off() -> None:
    records = [seen(index, Act.REFUSED) for index in range(100)]
    assert alarms(AlertRules(), records) == []
    assert {alarm.rule for alarm in alarms(RULES, records)} == {Rule.REFUSALS}


def test_sign_ins_that_are_refused_are_counted_by_address() -> None:
    rules = only(refused_sign_ins={"at_least": 2, "minutes": 10})
    records = [
        seen(index, act, who="", keys=[f"from:{place}"])
        for index, (act, place) in enumerate(
            [(Act.SIGN_IN_REFUSED, "X"), (Act.SERVICE_REFUSED, "Y"), (Act.REFUSALS_SUMMED, "X"), (Act.SIGNED_IN, "Y")]
        )
    ]
    assert alarms(rules, records) == [Alarm(Rule.REFUSED_SIGN_INS, "X", dt.date(2026, 3, 3), (0, 2))]


def test_reading_counts_different_documents() -> None:
    rules = only(bulk_reading={"documents": 4, "minutes": 10})
    same = [seen(index, Act.DOCUMENT_OPENED, keys=["text:a"]) for index in range(50)]
    assert alarms(rules, same) == []
    given = seen(50, Act.QUESTION_ASKED, 1, keys=["text:a", "text:b", "text:c", "collection:x"])
    opened = seen(51, Act.DOCUMENT_OPENED, 2, keys=["text:d"])
    (alarm,) = alarms(rules, [*same, given, opened])
    assert alarm.records == tuple(range(52))
    late = seen(51, Act.DOCUMENT_OPENED, 12, keys=["text:d"])
    assert alarms(rules, [*same, given, late]) == []


def test_orders_to_the_model_are_an_alarm() -> None:
    rules = only(injections={"at_least": 2, "minutes": 1440})
    records = [
        seen(0, Act.ANSWER_GIVEN, keys=["flag:suspicious_question"]),
        seen(1, Act.ANSWER_GIVEN, keys=["flag:refused"]),
        seen(2, Act.DOCUMENT_QUARANTINED, 600, keys=["flag:instruction"]),
    ]
    (alarm,) = alarms(rules, records)
    assert alarm.records == (0, 2)


HOURS = {"from": dt.time(22), "until": dt.time(6), "weekends": True, "at_least": 1}


@pytest.mark.parametrize(
    ("at", "is_unusual"),
    [
        ("2026-03-03T21:59:59+01:00", False),
        ("2026-03-03T22:00:00+01:00", True),
        ("2026-03-04T05:59:59+01:00", True),
        ("2026-03-04T06:00:00+01:00", False),
        ("2026-03-07T12:00:00+01:00", True),  # a Saturday
        ("2026-07-01T19:59:59+00:00", False),  # summer: two hours ahead of Greenwich
        ("2026-07-01T20:00:00+00:00", True),
        ("2026-03-29T00:30:00+00:00", True),  # the night of a Sunday on which the clocks change
    ],
)
def test_unusual_hours_are_those_of_paris(at: str, is_unusual: bool) -> None:
    record = Seen(0, dt.datetime.fromisoformat(at), Act.QUESTION_ASKED, ANN, ())
    assert bool(alarms(only(unusual_hours=HOURS), [record])) is is_unusual


def test_nobody_sits_at_a_command_or_a_session_that_ends() -> None:
    night = dt.datetime(2026, 3, 3, 23, 0, tzinfo=dt.UTC)
    records = [
        Seen(0, night, Act.DOCUMENT_RECEIVED, ANN, ("from:commande",)),
        Seen(1, night, Act.DOCUMENT_INDEXED, ANN, ("from:service",)),
        Seen(2, night, Act.SIGNED_OUT, ANN, ()),
    ]
    assert alarms(only(unusual_hours=HOURS), records) == []


def test_a_place_is_new_where_the_person_has_signed_in_elsewhere_only() -> None:
    rule = NewPlace(known_days=90)
    records = [
        seen(0, Act.SIGNED_IN, who=ANN, keys=["from:X"]),
        seen(1, Act.SIGNED_IN, 1, who=BOB, keys=["from:Y"]),
        seen(2, Act.SIGNED_IN, 2, who=ANN, keys=["from:X"]),
        seen(3, Act.SIGNED_IN, 3, who=ANN, keys=["from:Y"]),
        seen(4, Act.SIGNED_IN, 4, who=ANN, keys=["from:Y"]),
        seen(5, Act.SIGNED_IN, 5, who=BOB, keys=[]),
    ]
    assert new_places(rule, records, 0) == [Alarm(Rule.NEW_PLACE, ANN, dt.date(2026, 3, 3), (3,))]
    assert new_places(rule, records, 4) == []


def test_a_place_is_forgotten_after_its_time() -> None:
    rule = NewPlace(known_days=30)
    day = 24 * 60
    records = [
        seen(0, Act.SIGNED_IN, keys=["from:X"]),
        seen(1, Act.SIGNED_IN, 20 * day, keys=["from:Y"]),
        seen(2, Act.SIGNED_IN, 31 * day, keys=["from:X"]),
        seen(3, Act.SIGNED_IN, 90 * day, keys=["from:X"]),
    ]
    assert [alarm.records for alarm in new_places(rule, records, 2)] == [(2,)]


def test_an_alarm_is_for_one_day_in_paris() -> None:
    before_midnight = dt.datetime(2026, 3, 3, 22, 55, tzinfo=dt.UTC)
    records = [seen(index, Act.REFUSED, index * 2.5, start=before_midnight) for index in range(4)]
    assert [(alarm.day.day, alarm.records) for alarm in alarms(REFUSALS, records)] == [(3, (0, 1)), (4, (2, 3))]


acts = st.sampled_from([Act.REFUSED, Act.DOCUMENT_OPENED, Act.SIGN_IN_REFUSED, Act.SIGNED_IN])
some_records = st.lists(
    st.tuples(
        acts, st.floats(0, 3000), st.sampled_from([ANN, BOB, ""]), st.sampled_from(["from:X", "text:a", "text:b"])
    ),
    max_size=25,
).map(lambda drawn: [seen(n, act, at, who, [key]) for n, (act, at, who, key) in enumerate(drawn)])
SMALL = only(
    refusals={"at_least": 2, "minutes": 60},
    bulk_reading={"documents": 2, "minutes": 60},
    refused_sign_ins={"at_least": 2, "minutes": 60},
    unusual_hours=HOURS,
)


@given(some_records, st.randoms())
def test_the_order_in_which_records_are_read_changes_nothing(records: list[Seen], random: object) -> None:
    mixed = list(records)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert alarms(SMALL, mixed) == alarms(SMALL, records)


@given(some_records, st.integers(0, 25))
def test_what_comes_later_takes_nothing_back(records: list[Seen], more: int) -> None:
    later = alarms(SMALL, records)
    for alarm in alarms(SMALL, records[:more]):
        (same,) = [one for one in later if (one.rule, one.who, one.day) == (alarm.rule, alarm.who, alarm.day)]
        assert set(alarm.records) <= set(same.records)
