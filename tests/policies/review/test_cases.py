"""A case has a title and a reason, notes and records, an opening and an end."""

import pytest

from policies.review.errors import CaseClosed, CaseNotFound, RecordNotFound, ReviewInvalid
from tests.policies.review.casework import FIRST, PSEUDONYMS, REASON, SECOND, Casework
from ui.database import Pool


@pytest.fixture
def work(pool: Pool) -> Casework:
    return Casework(pool)


async def test_a_case_tells_who_opened_and_closed_it_by_pseudonyms(work: Casework) -> None:
    case = await work.cases.open(FIRST, " Accès\0 inhabituels ", REASON)
    assert (case.title, case.reason, case.is_open) == ("Accès inhabituels", REASON, True)
    await work.cases.close(SECOND, case.id)
    [read] = await work.cases.all(FIRST)
    assert (read.opened_by, read.closed_by) == (PSEUDONYMS.of(FIRST.subject), PSEUDONYMS.of(SECOND.subject))
    assert (read.opened_at, read.closed_at) == (work.clock.now, work.clock.now)


async def test_open_cases_come_first_and_each_look_is_a_record(work: Casework) -> None:
    first, second = await work.case(), await work.case()
    await work.cases.close(FIRST, second)
    assert [case.id for case in await work.cases.all(SECOND)] == [first, second]
    await work.cases.opened(SECOND, first)
    assert await work.acts("review") == [
        ("blaise", "review.opened", {"page": "cases", "entries": 2}),
        ("blaise", "review.opened", {"page": "case", "case": first}),
    ]


async def test_notes_and_records_are_put_into_an_open_case(work: Casework) -> None:
    index, case = await work.asked(), await work.case()
    await work.cases.note(SECOND, case, "Vu avec la DPO.")
    for _ in range(2):
        await work.cases.attach(SECOND, case, index)
    assert [(one.written_by, one.text) for one in await work.cases.notes(case)] == [
        (PSEUDONYMS.of(SECOND.subject), "Vu avec la DPO.")
    ]
    assert await work.cases.attached(case) == [index]
    with pytest.raises(RecordNotFound):
        await work.cases.attach(SECOND, case, 1_000)
    await work.cases.close(FIRST, case)
    with pytest.raises(CaseClosed):
        await work.cases.note(SECOND, case, "Encore.")
    with pytest.raises(CaseClosed):
        await work.cases.attach(SECOND, case, index)
    with pytest.raises(CaseClosed):
        await work.cases.close(SECOND, case)


async def test_what_was_typed_is_in_the_records_as_commitments_alone(work: Casework) -> None:
    case = await work.case()
    await work.cases.note(FIRST, case, "Mme Durand, 1 85 05 78 006 084 91")
    async with work.pool.connection() as connection:
        rows = await (await connection.execute("select convert_from(body, 'UTF8') from ledger_record")).fetchall()
    written = " ".join(text for (text,) in rows)
    assert "Accès" not in written
    assert "Durand" not in written


@pytest.mark.parametrize(
    ("title", "reason"), [("", REASON), ("\0", REASON), ("x" * 201, REASON), ("Titre", "court"), ("Titre", "x" * 4001)]
)
async def test_a_case_has_a_title_and_a_reason(work: Casework, title: str, reason: str) -> None:
    with pytest.raises(ReviewInvalid):
        await work.cases.open(FIRST, title, reason)
    assert await work.cases.all(FIRST) == []


async def test_a_case_that_is_not_there_is_said_not_to_be(work: Casework) -> None:
    for acting in (work.cases.opened(FIRST, 7), work.cases.close(FIRST, 7), work.cases.note(FIRST, 7, "Note.")):
        with pytest.raises(CaseNotFound):
            await acting
