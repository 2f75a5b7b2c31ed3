"""What administrators say to everybody: decided, recorded without its words, shown between its two moments."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import Act, CedarPolicy, PostgresLedger, Principal, Refused
from ui.announcement import LONGEST, Announcement, AnnouncementKind, AnnouncementState, Wording, most_pressing
from ui.announcements import Announcements
from ui.database import Pool
from ui.errors import AnnouncementChanged, AnnouncementInvalid, AnnouncementNotFound

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
INFO, WARNING, ALERT = AnnouncementKind


class Clock:
    """A time that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def announcements(pool: Pool, policy: CedarPolicy, clock: Clock) -> Announcements:
    return Announcements(pool, policy, PostgresLedger(), clock)


def wording(text: str = "Coupure à 18 h.", kind: AnnouncementKind = INFO, start: int = 0, end: int = 2) -> Wording:
    """From so many hours after noon until so many."""
    return Wording(text, kind, NOON + start * HOUR, NOON + end * HOUR)


async def recorded(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


async def test_it_is_shown_from_its_first_moment_to_its_last(
    announcements: Announcements, administrateur: Principal, clock: Clock
) -> None:
    await announcements.publish(administrateur, wording(start=1, end=2))
    shown = []
    for minutes in (59, 60, 119, 120):
        clock.now = NOON + dt.timedelta(minutes=minutes)
        shown.append(announcements.current() is not None)
    assert shown == [False, True, True, False]


async def test_what_another_process_announces_is_seen_after_a_look(
    announcements: Announcements, pool: Pool, policy: CedarPolicy, administrateur: Principal, clock: Clock
) -> None:
    other = Announcements(pool, policy, PostgresLedger(), clock)
    await announcements.publish(administrateur, wording())
    assert other.current() is None
    await other.refresh()
    assert other.current() == announcements.current() is not None


async def test_a_change_and_a_withdrawal_hold_at_once_and_no_record_has_the_words(
    announcements: Announcements, pool: Pool, administrateur: Principal
) -> None:
    first = await announcements.publish(administrateur, wording())
    changed = await announcements.change(administrateur, first.id, 1, wording("Coupure à 19 h.", ALERT))
    assert announcements.current() == changed
    await announcements.withdraw(administrateur, first.id)
    assert announcements.current() is None
    bodies = await recorded(pool)
    assert [body["act"] for body in bodies] == [
        Act.ANNOUNCEMENT_PUBLISHED,
        Act.ANNOUNCEMENT_CHANGED,
        Act.ANNOUNCEMENT_WITHDRAWN,
    ]
    assert (bodies[1]["details"]["before"]["kind"], bodies[1]["details"]["kind"]) == ("info", "alert")
    assert bodies[1]["content"].keys() == {"text", "before"}
    assert "Coupure" not in str(bodies)


async def test_of_two_who_change_it_the_second_is_told(announcements: Announcements, administrateur: Principal) -> None:
    one = await announcements.publish(administrateur, wording())
    await announcements.change(administrateur, one.id, one.edition, wording("Coupure à 19 h."))
    with pytest.raises(AnnouncementChanged, match="modifié"):
        await announcements.change(administrateur, one.id, one.edition, wording("Coupure à 20 h."))
    await announcements.withdraw(administrateur, one.id)
    with pytest.raises(AnnouncementChanged, match="retiré"):
        await announcements.withdraw(administrateur, one.id)
    with pytest.raises(AnnouncementChanged, match="retiré"):
        await announcements.change(administrateur, one.id, 3, wording())


async def test_who_may_not_announce_is_refused_and_that_is_recorded(
    announcements: Announcements, pool: Pool, agent: Principal
) -> None:
    for attempt in (
        announcements.publish(agent, wording()),
        announcements.change(agent, 1, 1, wording()),
        announcements.withdraw(agent, 1),
        announcements.page(agent),
        announcements.one(agent, 1),
    ):
        with pytest.raises(Refused):
            await attempt
    bodies = await recorded(pool)
    assert [body["details"]["action"] for body in bodies] == ["announce"] * 5
    assert announcements.current() is None


async def test_one_that_is_not_there_is_said_whatever_its_number(
    announcements: Announcements, administrateur: Principal
) -> None:
    for number in (0, -1, 7, 2**63, 10**40):
        with pytest.raises(AnnouncementNotFound):
            await announcements.one(administrateur, number)


async def test_what_would_be_over_already_is_not_published(
    announcements: Announcements, administrateur: Principal
) -> None:
    with pytest.raises(AnnouncementInvalid, match="déjà passée"):
        await announcements.publish(administrateur, wording(start=-3, end=-1))
    assert await announcements.page(administrateur) == ([], 0)


@pytest.mark.parametrize(
    ("text", "start", "end", "field"),
    [
        ("", 0, 1, "text"),
        (" \n\t ", 0, 1, "text"),
        ("a" * (LONGEST + 1), 0, 1, "text"),
        ("Coupure\u202e !", 0, 1, "text"),
        ("Coupure\x00", 0, 1, "text"),
        ("Coupure", 1, 1, "until"),
        ("Coupure", 2, 1, "until"),
        ("Coupure", 0, 24 * 367, "until"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(text: str, start: int, end: int, field: str) -> None:
    with pytest.raises(AnnouncementInvalid) as told:
        wording(text, start=start, end=end)
    assert told.value.field == field


def test_a_text_is_one_line() -> None:
    assert wording(" Coupure\n à  18\u202fh. ").text == "Coupure à 18\u202fh."


@given(
    st.lists(
        st.tuples(st.sampled_from(AnnouncementKind), st.integers(-3, 3), st.integers(1, 3), st.booleans()), max_size=6
    )
)
def test_what_is_shown_is_shown_now_and_nothing_more_pressing_is(
    given: list[tuple[AnnouncementKind, int, int, bool]],
) -> None:
    all_of_them = [
        Announcement(
            id=number,
            text="Coupure",
            kind=kind,
            starts_at=NOON + start * HOUR,
            ends_at=NOON + (start + hours) * HOUR,
            published_by="adele",
            published_at=NOON,
            edition=1,
            withdrawn_at=NOON if withdrawn else None,
        )
        for number, (kind, start, hours, withdrawn) in enumerate(given)
    ]
    now = [one for one in all_of_them if one.state(NOON) is AnnouncementState.SHOWN]
    shown = most_pressing(all_of_them, NOON)
    assert (shown in now) if now else (shown is None)
    order = list(AnnouncementKind)
    assert shown is None or all(order.index(one.kind) <= order.index(shown.kind) for one in now)
