"""Who was given a document, and how much was done each day, counted on a real PostgreSQL."""

import datetime as dt
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import Act, Event, Json, Principal, Record
from policies.audit.body import body, salted
from policies.review.entry import Text, entry
from policies.review.projection import Projection
from policies.review.seen import who_saw
from policies.review.usage import Counted, Day, Period, by_act, by_collection, by_day
from tests.policies.review.drawn import COLLECTIONS, DOCUMENTS, PEOPLE, PSEUDONYMS, happened, put_in
from ui.database import Pool

CAMILLE, DOMINIQUE, CLAUDE = PEOPLE
FIRST = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PERIOD = Period(FIRST.date(), FIRST.date() + 2 * DAY)


def opened(person: Principal, collection: str, document: str = "F1") -> Event:
    return Event(Act.DOCUMENT_OPENED, person, {"collection": collection, "document": document})


def asked(person: Principal, *places: tuple[str, str]) -> Event:
    passages: list[Json] = [{"collection_id": collection, "document_id": document} for collection, document in places]
    return Event(Act.QUESTION_ASKED, person, {"passages": passages})


async def test_a_document_of_another_collection_with_the_same_name_is_another(pool: Pool) -> None:
    one, other, _ = COLLECTIONS
    records = await put_in(
        pool,
        [
            (asked(CAMILLE, (one, "F1"), (other, "F2")), FIRST),
            (asked(DOMINIQUE, (one, "F2"), (other, "F1")), FIRST),
            (opened(CAMILLE, one), FIRST + DAY),
            (opened(CAMILLE, one), FIRST + DAY),
            (opened(CLAUDE, other), FIRST + DAY),
        ],
    )
    await Projection(pool, PSEUDONYMS).catch_up()
    async with pool.connection() as connection:
        seen = await who_saw(connection, one, "F1")
        later = await who_saw(connection, one, "F1", since=FIRST.date() + DAY)
    who = PSEUDONYMS.of(CAMILLE.subject)
    assert [(one.who, one.act, one.times) for one in seen] == [(who, "document.opened", 2), (who, "question.asked", 1)]
    assert (seen[0].first, seen[0].last) == (records[2].index, records[3].index)
    assert [(one.since, one.until) for one in later] == [(FIRST + DAY, FIRST + DAY)]


@given(happened, st.sampled_from(COLLECTIONS), st.sampled_from(DOCUMENTS))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_everybody_who_was_given_a_document_is_counted(
    pool: Pool, happened: list[tuple[Event, dt.datetime]], collection: str, document: str
) -> None:
    async with pool.connection() as connection:
        held = await who_saw(connection, collection, document)
    before = Counter({(one.who, one.act): one.times for one in held})
    entries = [entry(one, PSEUDONYMS) for one in await put_in(pool, happened)]
    await Projection(pool, PSEUDONYMS).catch_up()
    added = Counter(
        (one.who, one.act)
        for one in entries
        if (collection, document) in {(text.collection, text.document) for text in one.texts}
    )
    async with pool.connection() as connection:
        now = await who_saw(connection, collection, document)
    assert Counter({(one.who, one.act): one.times for one in now}) == before + added


async def test_use_is_told_by_day_act_and_collection(pool: Pool) -> None:
    one, other, _ = COLLECTIONS
    signed_in = Event(Act.SIGNED_IN, CAMILLE)
    await put_in(
        pool,
        [
            (signed_in, FIRST - 5 * DAY),
            (opened(CAMILLE, one), FIRST),
            (asked(CAMILLE, (one, "F1"), (other, "F2")), FIRST),
            (signed_in, FIRST + 2 * DAY),
            (opened(CAMILLE, one), FIRST + 2 * DAY),
        ],
    )
    await Projection(pool, PSEUDONYMS).catch_up()
    first, second, third = (PERIOD.since + day * DAY for day in range(3))
    async with pool.connection() as connection:
        assert await by_day(connection, PERIOD) == [Day(first, 2), Day(second, 0), Day(third, 2)]
        assert await by_day(connection, PERIOD, ["document.opened"], one) == [
            Day(first, 1),
            Day(second, 0),
            Day(third, 1),
        ]
        assert await by_act(connection, PERIOD) == [
            Counted("document.opened", 2),
            Counted("question.asked", 1),
            Counted("session.started", 1),
        ]
        assert await by_act(connection, PERIOD, other) == [Counted("question.asked", 1)]
        assert await by_collection(connection, PERIOD) == [Counted(one, 3), Counted(other, 1)]
        assert await by_collection(connection, PERIOD, ["document.opened"]) == [Counted(one, 2)]


def test_a_text_is_named_with_its_collection_and_version() -> None:
    event = Event(Act.DOCUMENT_OPENED, CAMILLE, {"collection": COLLECTIONS[0], "document": "F1", "version": 3})
    assert entry(Record(0, FIRST, body(event, FIRST, salted(event))), PSEUDONYMS).texts == [
        Text(COLLECTIONS[0], "F1", 3)
    ]
