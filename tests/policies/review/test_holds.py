"""What a case names is kept past its time until a second auditor has agreed to its release."""

import datetime as dt

import psycopg
import pytest

from policies import Act
from policies.review.errors import (
    CaseHolding,
    HoldNotFound,
    OwnAffair,
    PersonUnknown,
    ReviewInvalid,
    SecondAuditorNeeded,
)
from policies.review.holds import Scope, Span
from policies.review.wishes import Kind, Wish
from tests.policies.review.casework import CAMILLE, FIRST, PSEUDONYMS, REASON, SECOND, THIRD, WHO, Casework
from ui.database import Pool

COLLECTION = "0b0c7a35-5f4f-4f5c-9b53-6d6f4a1b2c3d"
CONVERSATION = "8c0c7a35-5f4f-4f5c-9b53-6d6f4a1b2c3d"


@pytest.fixture
def work(pool: Pool) -> Casework:
    return Casework(pool)


async def _records(work: Casework) -> dict[str, int]:
    """One record of each kind that a hold can name, by somebody else where it names somebody."""
    place = {"collection_id": COLLECTION, "document_id": "note.txt", "version": 1}
    return {
        "camille": await work.asked(),
        "cleo": await work.asked(who=THIRD),
        "about": await work.act(Act.SESSION_REVOKED, THIRD, {"session": "x", "subject": CAMILLE.subject}),
        "document": await work.act(Act.DOCUMENT_REMOVED, THIRD, place),
        "conversation": await work.act(Act.CONVERSATION_RENAMED, THIRD, {"conversation": CONVERSATION}),
    }


async def _kept(work: Casework) -> set[int]:
    async with work.pool.connection() as connection:
        rows = await connection.execute("select index from ledger_record where ledger_held(index)")
        return {index for (index,) in await rows.fetchall()}


@pytest.mark.parametrize(
    ("span", "kept"),
    [
        (Span(Scope.PERSON, WHO.lower()), {"camille", "about"}),
        (Span(Scope.COLLECTION, COLLECTION.upper()), {"document"}),
        (Span(Scope.DOCUMENT, " note.txt "), {"document"}),
        (Span(Scope.CONVERSATION, CONVERSATION), {"conversation"}),
        (Span(Scope.RECORDS, first=0, last=1), {"camille", "cleo"}),
    ],
    ids=lambda one: one.scope.value if isinstance(one, Span) else "",
)
async def test_a_hold_keeps_what_it_names(work: Casework, span: Span, kept: set[str]) -> None:
    records, case = await _records(work), await work.case()
    before = await _kept(work)
    hold = await work.holds.place(FIRST, case, span, REASON)
    own = {index for index in await _kept(work) if index in records.values()}
    assert (before, own) == (set(), {records[name] for name in kept})
    async with work.pool.connection() as connection:
        for name, index in records.items():
            assert [one.id for one in await work.holds.held(connection, index)] == ([hold] if name in kept else [])
        assert await work.holds.held_among(connection, [*records.values()]) == own


async def test_a_period_is_kept_from_its_start_to_before_its_end(work: Casework) -> None:
    index, case = await work.asked(), await work.case()
    async with work.pool.connection() as connection:
        (at,) = await (await connection.execute("select at from ledger_record where index = %s", [index])).fetchone()  # type: ignore[misc]
    second = dt.timedelta(microseconds=1)
    await work.holds.place(FIRST, case, Span(Scope.PERIOD, since=at - second, until=at), REASON)
    assert await _kept(work) == set()
    await work.holds.place(FIRST, case, Span(Scope.PERIOD, since=at, until=at + second), REASON)
    assert await _kept(work) == {index}


async def test_a_record_that_was_not_read_yet_is_kept_as_long_as_any_hold_could_name_it(work: Casework) -> None:
    await work.asked()
    case = await work.case()  # its own record was not read
    assert await _kept(work) == set()
    await work.holds.place(FIRST, case, Span(Scope.RECORDS, first=7, last=7), REASON)
    assert await _kept(work) == set()
    await work.holds.place(FIRST, case, Span(Scope.COLLECTION, COLLECTION), REASON)
    assert len(await _kept(work)) == 3


async def test_it_takes_a_second_auditor_to_release_a_hold(work: Casework) -> None:
    records, case = await _records(work), await work.case()
    hold = await work.holds.place(FIRST, case, Span(Scope.RECORDS, first=0, last=0), REASON)
    request = await work.requests.ask(FIRST, case, Wish(Kind.RELEASE, str(hold)), REASON)
    with pytest.raises(SecondAuditorNeeded):
        await work.requests.decide(FIRST, case, request, granted=True)
    assert await _kept(work) == {records["camille"]}
    await work.requests.decide(SECOND, case, request, granted=True)
    assert await _kept(work) == set()
    [released] = await work.holds.of_case(case)
    assert (released.stands, released.released_by) == (False, PSEUDONYMS.of(SECOND.subject))
    assert await work.acts("hold") == [
        ("ada", "hold.placed", {"case": case, "hold": hold, "records": [0, 0]}),
        ("ada", "hold.release_asked", {"case": case, "hold": hold, "request": request}),
        ("blaise", "hold.released", {"case": case, "hold": hold, "request": request}),
    ]
    with pytest.raises(HoldNotFound):
        await work.requests.ask(FIRST, case, Wish(Kind.RELEASE, str(hold)), REASON)


async def test_a_refused_release_leaves_the_hold(work: Casework) -> None:
    records, case = await _records(work), await work.case()
    hold = await work.holds.place(FIRST, case, Span(Scope.RECORDS, first=0, last=0), REASON)
    request = await work.requests.ask(FIRST, case, Wish(Kind.RELEASE, str(hold)), REASON)
    await work.requests.decide(SECOND, case, request, granted=False)
    assert await _kept(work) == {records["camille"]}


async def test_the_person_concerned_does_not_release_a_hold(work: Casework) -> None:
    await work.asked(who=SECOND)
    case = await work.case()
    hold = await work.holds.place(FIRST, case, Span(Scope.PERSON, PSEUDONYMS.of(SECOND.subject)), REASON)
    request = await work.requests.ask(FIRST, case, Wish(Kind.RELEASE, str(hold)), REASON)
    with pytest.raises(OwnAffair):
        await work.requests.decide(SECOND, case, request, granted=True)
    async with work.pool.connection() as connection:
        by = PSEUDONYMS.of(SECOND.subject)
        with pytest.raises(psycopg.errors.CheckViolation):
            await connection.execute("update review_hold set released_by = %s, released_at = now()", [by])


@pytest.mark.parametrize(
    "span", [Span(Scope.CONVERSATION, CONVERSATION), Span(Scope.RECORDS, first=0, last=0)], ids=lambda span: span.scope
)
async def test_who_acted_in_what_is_held_does_not_release_it(work: Casework, span: Span) -> None:
    await work.act(Act.CONVERSATION_RENAMED, SECOND, {"conversation": CONVERSATION})
    case = await work.case()
    hold = await work.holds.place(FIRST, case, span, REASON)
    request = await work.requests.ask(FIRST, case, Wish(Kind.RELEASE, str(hold)), REASON)
    with pytest.raises(OwnAffair):
        await work.requests.decide(SECOND, case, request, granted=True)
    await work.requests.decide(THIRD, case, request, granted=True)
    assert await _kept(work) == set()


async def test_a_hold_belongs_to_its_case_which_stays_open_with_it(work: Casework) -> None:
    await _records(work)
    case, other = await work.case(), await work.case()
    hold = await work.holds.place(FIRST, case, Span(Scope.RECORDS, first=0, last=0), REASON)
    with pytest.raises(HoldNotFound):
        await work.requests.ask(FIRST, other, Wish(Kind.RELEASE, str(hold)), REASON)
    with pytest.raises(CaseHolding):
        await work.cases.close(FIRST, case)
    request = await work.requests.ask(FIRST, case, Wish(Kind.RELEASE, str(hold)), REASON)
    await work.requests.decide(SECOND, case, request, granted=True)
    await work.cases.close(FIRST, case)


@pytest.mark.parametrize(
    ("span", "error"),
    [
        (Span(Scope.PERSON, "camille"), ReviewInvalid),
        (Span(Scope.PERSON, PSEUDONYMS.of("s-nobody")), PersonUnknown),
        (Span(Scope.COLLECTION, "Notes"), ReviewInvalid),
        (Span(Scope.DOCUMENT, "  "), ReviewInvalid),
        (Span(Scope.RECORDS, first=3, last=2), ReviewInvalid),
        (Span(Scope.RECORDS, first=3), ReviewInvalid),
        (Span(Scope.PERIOD, since=dt.datetime.now(dt.UTC)), ReviewInvalid),
    ],
    ids=lambda one: one.scope.value if isinstance(one, Span) else "",
)
async def test_a_hold_names_something(work: Casework, span: Span, error: type[Exception]) -> None:
    with pytest.raises(error):
        await work.holds.place(FIRST, await work.case(), span, REASON)
