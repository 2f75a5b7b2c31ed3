"""The timeline, on a real PostgreSQL: what filters let through, page by page, and no name."""

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import Act, Event, Record
from policies.audit.body import body, salted
from policies.audit.kinds import Kind
from policies.review.entry import SEALED, Entry, entry
from policies.review.errors import RecordNotFound
from policies.review.filters import Filters
from policies.review.projection import Projection
from policies.review.timeline import Timeline
from tests.policies.review.drawn import (
    COLLECTIONS,
    DOCUMENTS,
    EXCHANGES,
    PEOPLE,
    PSEUDONYMS,
    SESSIONS,
    acts,
    happened,
    put_in,
)
from ui.database import Pool
from ui.database_roles import as_owner

CAMILLE, DOMINIQUE, CLAUDE = PEOPLE
WHO = [PSEUDONYMS.of(one.subject) for one in PEOPLE]
TIMELINE = Timeline(PSEUDONYMS)
PARIS = ZoneInfo("Europe/Paris")
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)

WITHOUT_HASHES = """
create or replace function review_wanted(block bigint, terms text[]) returns bigint[]
language sql immutable parallel safe as 'select array[block]';
create or replace function review_terms(index bigint, act text, who text, keys text[]) returns bigint[]
language sql immutable parallel safe as 'select array[index >> 15]'
"""
DEFINITIONS = "select pg_get_functiondef(oid) from pg_proc where proname in ('review_wanted', 'review_terms')"

days = st.dates(dt.date(2026, 3, 1), dt.date(2026, 3, 6))
values: dict[str, st.SearchStrategy[Any]] = {
    "who": st.sampled_from(WHO),
    "about": st.sampled_from(WHO),
    "origin": st.sampled_from(["commande", PSEUDONYMS.of_address("192.0.2.7")]),
    "collection": st.sampled_from(COLLECTIONS),
    "document": st.sampled_from(DOCUMENTS),
    "exchange": st.sampled_from(EXCHANGES),
    "session": st.sampled_from(SESSIONS),
    "acts": st.lists(st.sampled_from(sorted(acts)), min_size=1, max_size=2, unique=True).map(tuple),
    "decision": st.sampled_from(["refuse", "allowed", "not-allowed"]),
    "flag": st.sampled_from(["refused", "suspicious", "unsupported"]),
    "since": days,
    "until": days,
    "words": st.sampled_from(["NOTES", "été", "service notes", "' or 1=1 --"]),
}
few = st.sets(st.sampled_from(sorted(values)), max_size=3)
filters = few.flatmap(lambda names: st.builds(Filters, **{name: values[name] for name in names}))


def passes(filters: Filters, record: Record) -> bool:
    """What the filters mean, said plainly over the body."""
    body: dict[str, Any] = json.loads(record.body)
    details, day = body["details"], record.at.astimezone(PARIS).date()
    places = [*details.get("passages", []), *details.get("cited", []), *details.get("suspicious", [])]
    texts = [(one["collection_id"], one["document_id"]) for one in places]
    if "document" in details:
        texts.append((details["collection"], details["document"]))
    words = " ".join(details.get("searched", [])).casefold().replace("é", "e").split()
    flags = {
        "refused": details.get("refused", False),
        "unsupported": details.get("unsupported", 0) > 0,
        "suspicious": bool(details.get("suspicious")),
    }
    allowed = details.get("allowed")
    decision = details.get("decision") or {True: "allowed", False: "not-allowed", None: None}[allowed]
    typed = filters.words.casefold().replace("é", "e").replace("'", " ").replace("=", " ").split()
    return all(
        (
            filters.who in ("", PSEUDONYMS.of(body["principal"]["subject"])),
            filters.about in ("", PSEUDONYMS.of(details.get("subject", ""))),
            filters.origin in ("", PSEUDONYMS.of_address(body["origin"])),
            any(filters.collection in ("", one) and filters.document in ("", two) for one, two in texts)
            or not (filters.collection or filters.document),
            filters.exchange in ("", details.get("answer_id")),
            filters.session in ("", body["session"]),
            not filters.acts or body["act"] in filters.acts,
            filters.decision in ("", decision),
            not filters.flag or flags[filters.flag],
            filters.since is None or day >= filters.since,
            filters.until is None or day <= filters.until,
            all(word in words for word in typed if len(word) > 1 and word != "--"),
        )
    )


async def read_all(pool: Pool, filters: Filters, size: int) -> list[Entry]:
    """All pages, one after the other."""
    entries: list[Entry] = []
    before: int | None = None
    async with pool.connection() as connection:
        while True:
            page = await TIMELINE.page(connection, filters, before, size)
            entries += page.entries
            if page.next is None:
                return entries
            before = page.next


@given(happened, st.lists(filters, min_size=20, max_size=20), st.integers(1, 7))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_pages_hold_what_a_scan_of_all_records_finds(
    pool: Pool, happened: list[tuple[Event, dt.datetime]], drawn: list[Filters], size: int
) -> None:
    await put_in(pool, happened)
    assert await Projection(pool, PSEUDONYMS).catch_up() == 0
    async with pool.connection() as connection:
        rows = await (
            await connection.execute("select index, at, body from ledger_record order by index desc")
        ).fetchall()
    records = [Record(index, at, bytes(body)) for index, at, body in rows]
    for filters in drawn:
        expected = [entry(one, PSEUDONYMS) for one in records if passes(filters, one)]
        assert await read_all(pool, filters, size) == expected


async def test_terms_that_share_a_hash_are_told_apart(pool: Pool) -> None:
    """Every term of a block gets one number, and nothing more is let through for it."""
    async with as_owner(pool) as owner:
        functions = await (await owner.execute(DEFINITIONS)).fetchall()
        await owner.execute(WITHOUT_HASHES)
        await owner.commit()
        try:
            await put_in(pool, [(Event(Act.SIGNED_IN, one), NOON) for one in [CAMILLE, DOMINIQUE, CLAUDE] * 4])
            await Projection(pool, PSEUDONYMS).catch_up()
            shown = await read_all(pool, Filters(who=WHO[0]), 5)
        finally:
            for (definition,) in functions:
                await owner.execute(definition)
    assert [one.who for one in shown] == [WHO[0]] * 4


def test_an_entry_holds_no_name_and_no_address() -> None:
    event = Event(
        Act.POLICY_EXPLAINED, CAMILLE, {"subject": DOMINIQUE.subject, "allowed": True, "collection_id": COLLECTIONS[0]}
    )
    shown = entry(record(event), PSEUDONYMS)
    assert shown.who == PSEUDONYMS.of(CAMILLE.subject)
    assert (shown.origin, shown.session) == (PSEUDONYMS.of_address(CAMILLE.origin), CAMILLE.session)
    assert shown.details == {
        "subject": PSEUDONYMS.of(DOMINIQUE.subject),
        "allowed": True,
        "collection_id": COLLECTIONS[0],
    }
    assert shown.named(Kind.PERSON) == [PSEUDONYMS.of(DOMINIQUE.subject)]
    assert not any(hidden in repr(shown) for hidden in ("s-", "camille", "dominique", "192.0.2.7", "/DGS"))


def test_what_the_schema_does_not_know_is_sealed() -> None:
    body = {"act": "person.met", "principal": {"subject": "s-1"}, "details": {"name": "Camille", "met": ["Claude", 2]}}
    shown = entry(Record(0, NOON, json.dumps(body).encode()), PSEUDONYMS)
    assert shown.details == {"name": SEALED, "met": [SEALED, 2]}


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"act": 3}', b'{"act": "x", "principal": 1, "details": 2}'])
async def test_what_is_no_record_is_shown_and_stops_nothing(pool: Pool, body: bytes) -> None:
    [first] = await put_in(pool, [(Event(Act.SIGNED_IN, CAMILLE), NOON)])
    async with pool.connection() as connection:
        await connection.execute("reset role")
        await connection.execute(
            "insert into ledger_record (index, at, body) values (%s, now(), %s)", [first.index + 1, body]
        )
        await connection.execute("set role assistant_application")
    await Projection(pool, PSEUDONYMS).catch_up()
    assert [one.index for one in await read_all(pool, Filters(), 50)] == [first.index + 1, first.index]


async def test_a_record_stands_among_its_neighbours_and_what_the_person_did(pool: Pool) -> None:
    people = [CAMILLE, DOMINIQUE, CAMILLE, DOMINIQUE, DOMINIQUE, CAMILLE]
    records = await put_in(pool, [(Event(Act.SIGNED_IN, one), NOON) for one in people])
    await Projection(pool, PSEUDONYMS).catch_up()
    async with pool.connection() as connection:
        one = await TIMELINE.entry(connection, records[2].index)
        around = await TIMELINE.neighbours(connection, one, 1)
    assert [entry.index for entry in around.ledger] == [records[3].index, records[1].index]
    assert [entry.index for entry in around.person] == [records[5].index, records[0].index]


async def test_a_record_that_is_not_there_is_not_found(pool: Pool) -> None:
    async with pool.connection() as connection:
        with pytest.raises(RecordNotFound, match="n° 7"):
            await TIMELINE.entry(connection, 7)
        assert (await TIMELINE.page(connection, Filters())).entries == ()


def record(event: Event) -> Record:
    return Record(0, NOON, body(event, NOON, salted(event)))
