"""Whatever happens in whatever order, a session is never more than Keycloak lets it be, nor less."""

import asyncio
import datetime as dt
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg import sql

from policies.audit.postgres import PostgresLedger
from policies.principal import Role
from tests.ui.sign_in.scripted_keycloak import ACCESS_TOKEN_LIFE, Clock, ScriptedKeycloak
from ui.database import DatabaseSettings, Pool, open_database
from ui.database_roles import as_owner
from ui.errors import ProviderUnreachable, SessionEnded
from ui.sign_in.sessions import USE_WRITTEN_EVERY, Sessions, SessionSettings
from ui.sign_in.tokens import LogoutClaims

SETTINGS = SessionSettings(idle=dt.timedelta(minutes=30), absolute=dt.timedelta(hours=1), key=bytes(32))

MOMENTS = [0, 1, 19, 20, 21, 40, 61]  # seconds

NOBODY: frozenset[Role] = frozenset()

Result = TypeVar("Result")
Rights = frozenset[Role]


@dataclass
class Person:
    """What a test knows of a session without looking at it. `rights` are Keycloak's words, each with its time."""

    cookie: str
    provider_session: str
    started: dt.datetime
    used: dt.datetime
    rights: list[tuple[dt.datetime, Rights]]
    ended: bool = False

    def rights_since(self, moment: dt.datetime) -> set[Rights]:
        """All that Keycloak would have said from that moment on."""
        before = [rights for at, rights in self.rights if at <= moment][-1:]
        return {*before, *(rights for at, rights in self.rights if at > moment)}


class SessionsOverTime(RuleBasedStateMachine):
    """People sign in, work and leave; Keycloak changes its mind, falls silent and comes back."""

    runner: asyncio.Runner
    pool: Pool

    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self._clock = Clock()
        self._keycloak = ScriptedKeycloak(self._clock)
        # Two processes: they share the database and Keycloak alone.
        self._processes = [
            Sessions(self.pool, PostgresLedger(), self._keycloak, SETTINGS, self._clock) for _ in range(2)
        ]
        self._silent = False
        self._turned = self._clock.now  # when Keycloak fell silent or came back
        self._everybody: list[Person] = []
        self._run(_emptied(self.pool))

    @precondition(lambda self: not self._silent)
    @rule(target=people, roles=st.sampled_from([{Role.AGENT}, {Role.AGENT, Role.GESTIONNAIRE}]), process=st.booleans())
    def somebody_signs_in(self, roles: set[Role], process: bool) -> Person:
        sign_in = self._keycloak.sign_in()
        self._keycloak.change(sign_in.claims.provider_session, roles=frozenset(roles))
        principal = self._keycloak.people[sign_in.claims.provider_session]
        sign_in = self._keycloak.tokens(sign_in.claims.provider_session)
        cookie = self._run(self._processes[process].start(sign_in))
        now = self._clock.now
        person = Person(cookie, sign_in.claims.provider_session, now, now, [(now, principal.roles)])
        self._everybody.append(person)
        return person

    @rule(seconds=st.sampled_from(MOMENTS), person=people, at_once=st.integers(1, 3), watching=st.booleans())
    def somebody_comes_back_to_their_session(self, seconds: int, person: Person, at_once: int, watching: bool) -> None:
        self._clock.forward(seconds=seconds)
        self._try(person, at_once, watching)

    @rule(seconds=st.sampled_from(MOMENTS))
    def everybody_has_a_page_open(self, seconds: int) -> None:
        self._clock.forward(seconds=seconds)
        for person in self._everybody:
            if not person.ended:
                self._try(person, at_once=1, watching=True)

    @rule(person=people, roles=st.sets(st.sampled_from([Role.AGENT, Role.GESTIONNAIRE])))
    def roles_change(self, person: Person, roles: set[Role]) -> None:
        if person.provider_session in self._keycloak.people:
            self._keycloak.change(person.provider_session, roles=frozenset(roles))
            person.rights.append((self._clock.now, frozenset(roles)))

    @rule(person=people)
    def keycloak_ends_a_session(self, person: Person) -> None:
        if person.provider_session in self._keycloak.people:
            self._keycloak.sign_out(person.provider_session)
            person.rights.append((self._clock.now, NOBODY))

    @rule(person=consumes(people))
    def keycloak_says_that_a_session_ended(self, person: Person) -> None:
        self._run(self._processes[0].end_by_provider(LogoutClaims("", person.provider_session)))
        person.ended = True

    @rule(person=consumes(people))
    def somebody_signs_out(self, person: Person) -> None:
        self._run(self._processes[1].end(person.cookie))
        person.ended = True

    @rule(seconds=st.sampled_from([299, 1_000, 1_800]))
    def nobody_comes_for_a_while(self, seconds: int) -> None:
        self._clock.forward(seconds=seconds)

    @rule()
    def keycloak_falls_silent_or_comes_back(self) -> None:
        self._silent, self._turned = not self._silent, self._clock.now
        if self._silent:
            self._keycloak.goes_down()
        else:
            self._keycloak.comes_back()

    @invariant()
    def what_began_and_did_not_end_is_there(self) -> None:
        rows, records = self._run(self._state())
        begun, ended = records.count("session.started"), records.count("session.ended")
        assert rows == begun - ended
        assert rows >= sum(not self._may_have_ended(person) for person in self._everybody)

    def _try(self, person: Person, at_once: int, watching: bool) -> None:
        """Use or watch a session, and compare what comes of it with what may."""
        asked = self._keycloak.asked
        outcomes = self._run(self._at_once(person, at_once, watching))
        assert self._keycloak.asked <= asked + 1
        for outcome in outcomes:
            if isinstance(outcome, SessionEnded):
                assert self._may_have_ended(person)
                person.ended = True
            elif isinstance(outcome, ProviderUnreachable):
                assert self._silent or self._clock.now - self._turned < SETTINGS.recheck
            else:
                assert isinstance(outcome, frozenset), outcome
                assert not self._must_have_ended(person)
                assert not self._silent or self._clock.now - self._turned < ACCESS_TOKEN_LIFE
                assert outcome in person.rights_since(self._heard_last()) - {NOBODY}
                person.used = person.used if watching else self._clock.now

    def _heard_last(self) -> dt.datetime:
        """When Keycloak was last heard by a session that goes on, at the earliest."""
        now = self._clock.now
        heard = not self._silent and now - self._turned >= SETTINGS.recheck
        return now - (SETTINGS.recheck if heard else ACCESS_TOKEN_LIFE)

    def _must_have_ended(self, person: Person) -> bool:
        now = self._clock.now
        too_old = now - person.started >= SETTINGS.absolute
        unused = now - person.used >= SETTINGS.idle
        return person.ended or too_old or unused

    def _may_have_ended(self, person: Person) -> bool:
        now = self._clock.now
        unused = now - person.used > SETTINGS.idle - USE_WRITTEN_EVERY
        return self._must_have_ended(person) or unused or NOBODY in person.rights_since(person.started)

    async def _at_once(self, person: Person, at_once: int, watching: bool) -> list[Rights | BaseException]:
        calls = [self._processes[number % 2] for number in range(at_once)]
        found = await asyncio.gather(
            *((process.watch if watching else process.use)(person.cookie) for process in calls),
            return_exceptions=True,
        )
        return [one if isinstance(one, BaseException) else one.principal.roles for one in found]

    async def _state(self) -> tuple[int, list[str]]:
        async with self.pool.connection() as connection:
            row = await (await connection.execute("select count(*) from session")).fetchone()
            acts = [json.loads(record.body)["act"] async for record in PostgresLedger().records(connection)]
        assert row
        return row[0], acts

    def _run(self, call: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(call)


async def _emptied(pool: Pool) -> None:
    async with as_owner(pool) as connection:
        await connection.execute("set local session_replication_role = replica")  # the ledger only grows
        for table in ("session", "ledger_head", "ledger_record", "ledger_content"):
            await connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))


def test_a_session_is_what_keycloak_last_said_and_no_more(postgres: DatabaseSettings) -> None:
    with asyncio.Runner() as runner:
        database = open_database(postgres)

        class HereAndNow(SessionsOverTime):
            """The steps above in the test's own database."""

        HereAndNow.runner, HereAndNow.pool = runner, runner.run(database.__aenter__())
        try:
            run_state_machine_as_test(HereAndNow, settings=settings(max_examples=60, stateful_step_count=40))
        finally:
            runner.run(database.__aexit__(None, None, None))
