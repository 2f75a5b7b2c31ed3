"""«Voir comme…»: what is decided about a person, for whom, and that it is recorded."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from policies import AccessRule, Act, LivePolicy, PostgresLedger, Principal, Refused, Role
from policies.unpublished import KEEPERS
from ui.console.seeing_as import SeeingAs, in_words
from ui.database import Pool
from ui.errors import PersonNotFound
from ui.realm.directory import Person

ADELE = Principal("s-adele", "adele", frozenset(), frozenset({Role.AGENT, Role.ADMINISTRATEUR}))
GUSTAVE = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
BOB = Principal("s-bob", "bob", frozenset({"/DAJ/Bureau"}), frozenset({Role.AGENT}))
PEOPLE = {"bob": Person(BOB), "parti": Person(Principal("s-parti", "parti", BOB.groups, BOB.roles), enabled=False)}

OF_THE_DAJ = AccessRule(UUID(int=1), owner="/DAJ", readers=frozenset({"/DAJ"}))


class Realm:
    async def find(self, username: str) -> Person:
        if username not in PEOPLE:
            raise PersonNotFound(username)
        return PEOPLE[username]

    async def groups(self) -> list[str]:
        return ["/DAJ"]


@dataclass
class World:
    seeing: SeeingAs

    async def records(self) -> list[dict[str, Any]]:
        async with self.seeing.pool.connection() as connection:
            return [json.loads(record.body) async for record in self.seeing.ledger.records(connection)]


@pytest.fixture
def world(pool: Pool) -> World:
    """Over the product's own rules."""
    return World(SeeingAs(pool, LivePolicy(), PostgresLedger(), Realm()))


async def test_an_administrator_sees_what_another_may_do_and_by_which_rule(world: World) -> None:
    seen = await world.seeing.seen_as(ADELE, " bob ", OF_THE_DAJ)
    reading, keeping = seen.verdicts
    assert (seen.person.principal, reading.allowed, keeping.allowed) == (BOB, True, False)
    (rule,) = reading.rules
    assert rule.name == "agent-reads-collection-of-their-group"
    assert rule.text.startswith("// Readers are named by group")
    assert keeping.rules == ()
    told = [(one["act"], one["details"]["action"], one["details"]["allowed"]) for one in await world.records()]
    assert told == [(Act.POLICY_EXPLAINED, "read", True), (Act.POLICY_EXPLAINED, "ingest", False)]
    assert "bob" not in json.dumps([one["details"] for one in await world.records()]).replace("s-bob", "")


async def test_of_what_is_not_published_the_reason_is_told_in_words(world: World) -> None:
    draft = AccessRule(UUID(int=1), owner="/DAJ", readers=frozenset(), published=False)
    reading, _ = (await world.seeing.seen_as(ADELE, "bob", draft)).verdicts
    assert not reading.allowed
    assert [rule.name for rule in reading.rules] == [KEEPERS]
    assert "pas publié" in reading.rules[0].text


async def test_a_closed_account_may_do_nothing(world: World) -> None:
    seen = await world.seeing.seen_as(ADELE, "parti", OF_THE_DAJ)
    assert not seen.person.enabled
    assert not any(verdict.allowed or verdict.rules for verdict in seen.verdicts)


@pytest.mark.parametrize("username", ["", "gustave"])
async def test_who_keeps_a_collection_sees_themselves(world: World, username: str) -> None:
    seen = await world.seeing.seen_as(GUSTAVE, username, OF_THE_DAJ)
    assert all(verdict.allowed for verdict in seen.verdicts)


@pytest.mark.parametrize("username", ["bob", "personne"])
async def test_another_person_takes_the_right_to_administer_people(world: World, username: str) -> None:
    with pytest.raises(Refused):
        await world.seeing.seen_as(GUSTAVE, username, OF_THE_DAJ)
    assert [one["act"] for one in await world.records()] == [Act.REFUSED]


async def test_nobody_of_that_name_is_told(world: World) -> None:
    with pytest.raises(PersonNotFound):
        await world.seeing.seen_as(ADELE, "personne", OF_THE_DAJ)


def test_a_rule_is_told_in_words() -> None:
    reading, keeping = in_words(OF_THE_DAJ)
    assert "/DAJ" in reading
    assert "gestionnaires du groupe /DAJ" in keeping
    assert in_words(AccessRule(UUID(int=1), "/DAJ", frozenset()))[0] == "Lue par tous les agents."
    assert "pas publiée" in in_words(AccessRule(UUID(int=1), "/DAJ", frozenset(), published=False))[0]
