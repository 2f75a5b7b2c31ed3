"""A name is open to the two auditors who agreed on it, for a time, each look recorded."""

import asyncio
from typing import Any

import psycopg
import pytest

from policies import Act, Principal, Refused, Role
from policies.audit.event import Event
from policies.audit.ledger import Transaction
from policies.errors import LedgerUnavailable
from policies.review.auditors import Auditors
from policies.review.errors import (
    CaseClosed,
    OwnAffair,
    PersonUnknown,
    RequestDecided,
    RequestNotFound,
    ReviewInvalid,
    SecondAuditorNeeded,
)
from policies.review.requests import Requests
from policies.review.wishes import Kind, Wish
from tests.policies.review.casework import CAMILLE, FIRST, PSEUDONYMS, REASON, SECOND, THIRD, WHO, Casework
from ui.database import Pool

NAME = Wish(Kind.NAME, WHO)


@pytest.fixture
def work(pool: Pool) -> Casework:
    return Casework(pool)


async def _asked(work: Casework) -> tuple[int, int]:
    """A case and a request for Camille's name in it."""
    await work.asked()
    case = await work.case()
    return case, await work.requests.ask(FIRST, case, NAME, REASON)


async def test_a_granted_name_is_told_to_both_and_to_nobody_else(work: Casework) -> None:
    case, request = await _asked(work)
    assert await work.requests.unsealed(FIRST, WHO, case) is None
    await work.requests.decide(SECOND, case, request, granted=True)
    assert await work.requests.unsealed(FIRST, WHO, case) == "camille"
    assert await work.requests.unsealed(SECOND, WHO) == "camille"
    assert await work.requests.unsealed(THIRD, WHO) is None
    other = await work.case()
    assert await work.requests.unsealed(FIRST, WHO, other) is None


async def test_each_look_at_a_name_is_a_record(work: Casework) -> None:
    case, request = await _asked(work)
    await work.requests.decide(SECOND, case, request, granted=True)
    for _ in range(2):
        await work.requests.unsealed(FIRST, WHO)
    details = {"case": case, "request": request, "who": WHO}
    assert await work.acts("review.name") == [
        ("ada", "review.name_asked", details),
        ("blaise", "review.name_granted", details | {"until": "2026-03-06T09:00:00+00:00"}),
        *[("ada", "review.name_read", details)] * 2,
    ]


class NoLedger:
    """Takes no record any more."""

    async def append(self, transaction: Transaction, event: Event) -> int:
        raise LedgerUnavailable("Le registre n’accepte pas l’inscription.")

    append_all: Any = append

    def records(self, transaction: Transaction, start: int = 0) -> Any:
        raise NotImplementedError


async def test_without_a_record_there_is_no_look_and_no_grant(work: Casework) -> None:
    case, request = await _asked(work)
    sound = work.auditors
    broken = Requests(Auditors(sound.pool, sound.policy, NoLedger(), sound.pseudonyms, sound.now))
    with pytest.raises(LedgerUnavailable):
        await broken.decide(SECOND, case, request, granted=True)
    assert await work.requests.unsealed(FIRST, WHO) is None
    await work.requests.decide(SECOND, case, request, granted=True)
    with pytest.raises(LedgerUnavailable):
        await broken.unsealed(FIRST, WHO)


@pytest.mark.parametrize("granted", [True, False])
async def test_nobody_decides_their_own_wish(work: Casework, granted: bool) -> None:
    case, request = await _asked(work)
    with pytest.raises(SecondAuditorNeeded, match="second auditeur"):
        await work.requests.decide(FIRST, case, request, granted=granted)
    assert await work.requests.unsealed(FIRST, WHO) is None


async def test_the_database_holds_to_it_too(work: Casework) -> None:
    case, _ = await _asked(work)
    for by in (PSEUDONYMS.of(FIRST.subject), WHO):
        async with work.pool.connection() as connection:
            with pytest.raises(psycopg.errors.CheckViolation):
                await connection.execute(
                    "update review_request set granted = true, decided_by = %s, decided_at = now(), ends_at = now()",
                    [by],
                )
    [request] = await work.requests.of_case(case)
    assert request.waits


async def test_an_auditor_neither_asks_nor_grants_what_concerns_themselves(work: Casework) -> None:
    await work.asked(who=SECOND)
    case, wish = await work.case(), Wish(Kind.NAME, PSEUDONYMS.of(SECOND.subject))
    with pytest.raises(OwnAffair):
        await work.requests.ask(SECOND, case, wish, REASON)
    request = await work.requests.ask(FIRST, case, wish, REASON)
    assert await work.requests.awaiting(SECOND) == []
    with pytest.raises(OwnAffair):
        await work.requests.decide(SECOND, case, request, granted=True)
    await work.requests.decide(THIRD, case, request, granted=True)
    assert await work.requests.unsealed(FIRST, wish.target) == "blaise"


async def test_of_two_decisions_at_once_one_counts(work: Casework) -> None:
    case, request = await _asked(work)
    outcomes = await asyncio.gather(
        work.requests.decide(SECOND, case, request, granted=True),
        work.requests.decide(THIRD, case, request, granted=False),
        work.requests.decide(SECOND, case, request, granted=True),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "RequestDecided", "RequestDecided"]
    assert len(await work.acts("review.name_granted") + await work.acts("review.name_refused")) == 1


async def test_of_a_grant_and_the_closing_of_its_case_at_once_nothing_stays_open(work: Casework) -> None:
    case, request = await _asked(work)
    await asyncio.gather(
        work.requests.decide(SECOND, case, request, granted=True),
        work.cases.close(FIRST, case),
        return_exceptions=True,
    )
    assert await work.requests.unsealed(FIRST, WHO) is None


async def test_a_name_is_sealed_again_when_its_time_is_over(work: Casework) -> None:
    case, request = await _asked(work)
    work.clock.pass_by(days=5)  # waiting costs no time
    await work.requests.decide(SECOND, case, request, granted=True)
    work.clock.pass_by(hours=72, seconds=-1)
    assert await work.requests.unsealed(FIRST, WHO) == "camille"
    work.clock.pass_by(seconds=1)
    assert await work.requests.unsealed(FIRST, WHO) is None


async def test_a_name_is_sealed_again_at_once_where_it_is_revoked(work: Casework) -> None:
    case, request = await _asked(work)
    await work.requests.decide(SECOND, case, request, granted=True)
    await work.requests.revoke(THIRD, case, request)
    assert await work.requests.unsealed(FIRST, WHO) is None
    with pytest.raises(RequestDecided):
        await work.requests.revoke(THIRD, case, request)
    assert (await work.acts("review.name_revoked"))[0][0] == "cleo"


async def test_a_name_is_sealed_again_at_once_where_its_case_is_closed(work: Casework) -> None:
    case, request = await _asked(work)
    await work.requests.decide(SECOND, case, request, granted=True)
    await work.cases.close(FIRST, case)
    assert await work.requests.unsealed(FIRST, WHO) is None
    with pytest.raises(CaseClosed):
        await work.requests.ask(FIRST, case, NAME, REASON)


async def test_a_withdrawn_or_refused_wish_is_decided_no_more_and_can_be_asked_anew(work: Casework) -> None:
    case, request = await _asked(work)
    with pytest.raises(ReviewInvalid, match="attend déjà"):
        await work.requests.ask(SECOND, case, NAME, REASON)
    await work.requests.revoke(FIRST, case, request)
    with pytest.raises(RequestDecided):
        await work.requests.decide(SECOND, case, request, granted=True)
    again = await work.requests.ask(FIRST, case, NAME, REASON)
    await work.requests.decide(SECOND, case, again, granted=False)
    assert await work.requests.unsealed(FIRST, WHO) is None
    await work.requests.ask(FIRST, case, NAME, REASON)


async def test_a_request_belongs_to_its_case(work: Casework) -> None:
    _, request = await _asked(work)
    other = await work.case()
    for acting in (
        work.requests.decide(SECOND, other, request, granted=True),
        work.requests.revoke(FIRST, other, request),
    ):
        with pytest.raises(RequestNotFound):
            await acting


@pytest.mark.parametrize(
    ("who", "reason", "error"),
    [
        (WHO, "trop court", ReviewInvalid),
        (WHO, " " * 30, ReviewInvalid),
        (WHO, "x" * 4001, ReviewInvalid),
        ("camille", REASON, ReviewInvalid),
        (PSEUDONYMS.of("s-nobody"), REASON, PersonUnknown),
    ],
)
async def test_a_wish_is_for_somebody_known_and_has_a_reason(
    work: Casework, who: str, reason: str, error: type[Exception]
) -> None:
    await work.asked()
    with pytest.raises(error):
        await work.requests.ask(FIRST, await work.case(), Wish(Kind.NAME, who), reason)


async def test_who_is_only_named_in_a_record_can_be_named_too(work: Casework) -> None:
    await work.act(Act.SESSION_REVOKED, FIRST, {"session": "x", "subject": "s-named"})
    case, who = await work.case(), PSEUDONYMS.of("s-named")
    request = await work.requests.ask(FIRST, case, Wish(Kind.NAME, who.lower().replace("-", "")), REASON)
    await work.requests.decide(SECOND, case, request, granted=True)
    assert await work.requests.unsealed(FIRST, who) == "s-named"


@pytest.mark.parametrize("role", [Role.ADMINISTRATEUR, Role.AGENT, Role.GESTIONNAIRE])
async def test_nobody_but_an_auditor_takes_part(work: Casework, role: Role) -> None:
    case, request = await _asked(work)
    stranger = Principal("s-x", "x", frozenset(), frozenset({role}))
    for acting in (
        work.cases.open(stranger, "Titre", REASON),
        work.cases.all(stranger),
        work.cases.opened(stranger, case),
        work.cases.close(stranger, case),
        work.cases.note(stranger, case, "Une note."),
        work.cases.attach(stranger, case, 0),
        work.requests.ask(stranger, case, NAME, REASON),
        work.requests.decide(stranger, case, request, granted=True),
        work.requests.revoke(stranger, case, request),
        work.requests.unsealed(stranger, WHO),
        work.contents.read(stranger, case, 0, REASON),
    ):
        with pytest.raises(Refused):
            await acting
    assert len(await work.acts("access.refused")) == 11


async def test_no_name_and_no_reason_lies_in_the_tables_of_cases_or_in_records(work: Casework) -> None:
    case, request = await _asked(work)
    await work.requests.decide(SECOND, case, request, granted=True)
    await work.requests.unsealed(FIRST, WHO)
    async with work.pool.connection() as connection:
        rows = await (await connection.execute("select r::text from review_request r")).fetchall()
        records = await (await connection.execute("select convert_from(body, 'UTF8') from ledger_record")).fetchall()
    assert not any(name in text for (text,) in rows for name in (CAMILLE.username, FIRST.subject, SECOND.username))
    assert not any(REASON in text for (text,) in records)
