"""Who could see a document on a past day, decided by the rules of that day, on a real PostgreSQL."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from policies import AccessRule, Act, Event, Principal, Role
from policies.in_force import put_in_force
from policies.review import doubts
from policies.review.projection import Projection
from policies.review.sight import Sight, could_see
from policies.review.timeline import Timeline
from policies.source import RULES, read_source
from tests.policies.review.drawn import PSEUDONYMS, put_in
from ui.database import Pool
from ui.database_roles import as_owner

NOTES = str(UUID(int=1))
MONDAY = dt.date(2026, 3, 2)
TUESDAY = MONDAY + dt.timedelta(days=1)
WEDNESDAY = TUESDAY + dt.timedelta(days=1)

SERVICE = Principal("s-service", "service", frozenset(), frozenset({Role.ADMINISTRATEUR}))
INDEXED = Event(Act.DOCUMENT_INDEXED, SERVICE, {"collection_id": NOTES, "document_id": "F1", "version": 1})
CREATED = Event(
    Act.COLLECTION_CREATED,
    SERVICE,
    {"collection_id": NOTES, "name": "Notes", "owner": "/DGS", "readers": ["/DGS/Bureau-A"]},
)
READS = "agent-reads-collection-of-their-group"


def person(name: str, group: str, role: Role = Role.AGENT) -> Principal:
    return Principal(f"s-{name}", name, frozenset({group}), frozenset({role}))


CAMILLE = person("camille", "/DGS/Bureau-A")
DOMINIQUE = person("dominique", "/DAJ")


def at(day: dt.date, hour: int = 8) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


def came(*people: Principal) -> list[Event]:
    return [Event(Act.SIGNED_IN, one) for one in people]


async def started(pool: Pool, folder: Path = RULES) -> Event:
    """A process starts with the rules of that folder, which are kept."""
    source = read_source(folder)
    async with pool.connection() as connection:
        await put_in_force(connection, source)
    return Event(Act.STARTED, SERVICE, {"rules_in_force": source.fingerprint})


async def happened(pool: Pool, day: dt.date, events: Sequence[Event]) -> None:
    await put_in(pool, [(event, at(day)) for event in events])
    await Projection(pool, PSEUDONYMS).catch_up()


async def sight(pool: Pool, day: dt.date, today: AccessRule | None = None) -> Sight:
    async with pool.connection() as connection:
        return await could_see(Timeline(PSEUDONYMS), connection, NOTES, "F1", day, today)


def pseudonyms(*people: Principal) -> set[str]:
    return {PSEUDONYMS.of(one.subject) for one in people}


async def test_who_could_see_it_is_decided_by_groups_and_roles_of_that_day(pool: Pool) -> None:
    await happened(pool, MONDAY, [await started(pool), CREATED, INDEXED, *came(CAMILLE, DOMINIQUE)])
    await happened(pool, TUESDAY, came(person("camille", "/DAJ"), person("dominique", "/DGS/Bureau-A")))
    monday, tuesday = await sight(pool, MONDAY), await sight(pool, TUESDAY)
    assert {one.who for one in monday.could} == pseudonyms(CAMILLE, SERVICE)
    assert {one.who: one.rules for one in monday.could}[PSEUDONYMS.of("s-camille")] == (READS,)
    assert {one.who for one in tuesday.could} == pseudonyms(DOMINIQUE, SERVICE)
    assert (monday.owner, monday.readers, monday.known) == ("/DGS", ("/DGS/Bureau-A",), 3)
    assert monday.doubts == (doubts.ONLY_KNOWN,)


async def test_the_rules_of_that_day_decide(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "access.cedar").write_text('@id("nobody") forbid (principal, action, resource);')
    (tmp_path / "schema.cedarschema").write_text((RULES / "schema.cedarschema").read_text())
    await happened(pool, MONDAY, [await started(pool), CREATED, INDEXED, *came(CAMILLE)])
    closed = read_source(tmp_path)
    async with pool.connection() as connection:
        details = await put_in_force(connection, closed)
    await happened(pool, TUESDAY, [Event(Act.RULES_LOADED, SERVICE, details)])
    await happened(pool, WEDNESDAY, came(CAMILLE))
    assert {one.who for one in (await sight(pool, MONDAY)).could} == pseudonyms(CAMILLE, SERVICE)
    tuesday, wednesday = await sight(pool, TUESDAY), await sight(pool, WEDNESDAY)
    assert (tuesday.could, tuesday.rules) == ((), closed.fingerprint)
    assert doubts.CHANGED_RULES in tuesday.doubts
    assert (wednesday.could, wednesday.doubts) == ((), (doubts.ONLY_KNOWN,))


async def test_rules_that_name_a_person_decide_for_that_person_alone(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "access.cedar").write_text(
        '@id("camille-alone") permit (principal == Person::"s-camille", action == Action::"read", resource);'
    )
    (tmp_path / "schema.cedarschema").write_text((RULES / "schema.cedarschema").read_text())
    twin = person("twin", "/DGS/Bureau-A")
    await happened(pool, MONDAY, [await started(pool, tmp_path), CREATED, INDEXED, *came(CAMILLE, twin)])
    assert {one.who for one in (await sight(pool, MONDAY)).could} == pseudonyms(CAMILLE)


async def test_who_did_see_it_that_day_is_told_beside(pool: Pool) -> None:
    opened = Event(Act.DOCUMENT_OPENED, CAMILLE, {"collection": NOTES, "document": "F1"})
    await happened(pool, MONDAY, [await started(pool), CREATED, INDEXED, opened])
    await happened(pool, TUESDAY, came(CAMILLE))
    assert [one.who for one in (await sight(pool, MONDAY)).saw] == [*pseudonyms(CAMILLE)]
    assert (await sight(pool, TUESDAY)).saw == ()


async def test_a_file_of_a_conversation_could_be_seen_by_its_owner_alone(pool: Pool) -> None:
    attached = Event(Act.FILE_ATTACHED, CAMILLE, {"collection_id": NOTES, "conversation": str(UUID(int=2))})
    await happened(pool, MONDAY, [await started(pool), attached, INDEXED, *came(CAMILLE, DOMINIQUE)])
    assert {one.who for one in (await sight(pool, MONDAY)).could} == pseudonyms(CAMILLE)


@pytest.mark.parametrize(
    ("missing", "doubt"),
    [
        ("started", doubts.NO_RULES),
        ("created", doubts.NO_COLLECTION),
        ("indexed", doubts.NO_DOCUMENT),
        ("deleted", doubts.DELETED),
        ("removed", doubts.ABSENT),
        ("text", doubts.NO_RULES),
        ("altered", doubts.ALTERED_RULES),
    ],
)
async def test_what_cannot_be_known_is_said(pool: Pool, missing: str, doubt: str) -> None:
    start = await started(pool)
    more = {
        "deleted": Event(Act.COLLECTION_DELETED, SERVICE, CREATED.details),
        "removed": Event(Act.DOCUMENT_REMOVED, SERVICE, INDEXED.details),
    }
    held = {"started": start, "created": CREATED, "indexed": INDEXED, **more}
    gone = {missing} if missing not in more else set()
    kept = [event for name, event in held.items() if name not in gone and (name not in more or name == missing)]
    await happened(pool, MONDAY, [*kept, *came(CAMILLE)])
    async with as_owner(pool) as owner:
        if missing == "text":
            await owner.execute("delete from rules_text")
        if missing == "altered":
            await owner.execute("update rules_text set texts = jsonb_set(texts, '{access.cedar}', '\"\"')")
    told = await sight(pool, MONDAY)
    assert doubt in told.doubts
    assert bool(told.could) == (missing in ("indexed", "removed"))


async def test_where_the_creation_was_purged_the_rule_of_today_is_taken_and_that_is_said(pool: Pool) -> None:
    await happened(pool, MONDAY, [await started(pool), INDEXED, *came(CAMILLE, DOMINIQUE)])
    told = await sight(pool, MONDAY, AccessRule(UUID(NOTES), "/DAJ", frozenset({"/DAJ"})))
    assert {one.who for one in told.could} == pseudonyms(DOMINIQUE, SERVICE)
    assert doubts.AS_TODAY in told.doubts


async def test_before_the_first_record_nobody_is_known(pool: Pool) -> None:
    await happened(pool, TUESDAY, came(CAMILLE))
    assert await sight(pool, MONDAY) == Sight(MONDAY, doubts=(doubts.NOBODY_KNOWN,))


def of_notes(act: Act, **said: Any) -> Event:
    """Something was done to the collection, which from then on is as it `said`."""
    details = {"collection_id": NOTES, "name": "Notes", "owner": "/DGS", "readers": ["/DGS"], "stage": "published"}
    return Event(act, SERVICE, details | {"archived": False} | said)


async def test_access_archive_bin_recovery_and_publication_count_from_their_day_on(pool: Pool) -> None:
    await happened(pool, MONDAY, [await started(pool), CREATED, INDEXED, *came(CAMILLE, DOMINIQUE)])
    days = [MONDAY + dt.timedelta(days=number) for number in range(1, 9)]
    service, camille, dominique = pseudonyms(SERVICE), pseudonyms(CAMILLE), pseudonyms(DOMINIQUE)
    place = {"collection_id": NOTES, "stage": "published"}
    published = Event(Act.COLLECTION_PUBLISHED, SERVICE, place | {"readers": ["/DAJ"]})
    steps = [
        (of_notes(Act.COLLECTION_ACCESS_SET, owner="/DAJ", readers=["/DAJ"]), service | dominique),
        (of_notes(Act.COLLECTION_ARCHIVED, readers=["/DAJ"], archived=True), service),
        (of_notes(Act.COLLECTION_RESTORED), service | camille),
        (of_notes(Act.COLLECTION_DELETED), set()),
        (of_notes(Act.COLLECTION_RECOVERED, stage="draft"), service),
        (published, service | dominique),
        (Event(Act.COLLECTION_PULLED_BACK, SERVICE, place | {"readers": ["/DGS"]}), service | camille),
        (of_notes(Act.COLLECTION_PURGED, reason="asked"), set()),
    ]
    for day, (event, _) in zip(days, steps, strict=True):
        await happened(pool, day, [event])
    for day, (event, able) in zip(days, steps, strict=True):
        seen = await sight(pool, day)
        assert {one.who for one in seen.could} == able, event.act
        gone = event.act in (Act.COLLECTION_DELETED, Act.COLLECTION_PURGED)
        assert (doubts.DELETED in seen.doubts) is gone
    assert (await sight(pool, days[0])).owner == "/DAJ"
