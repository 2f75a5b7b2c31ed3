"""The texts of a record are read for a reason, in a case, checked, and never unrecorded."""

import pytest

from policies import Act
from policies.review.contents import State, Text
from policies.review.errors import CaseClosed, CaseNotFound, NotGranted, OwnAffair, RecordNotFound, ReviewInvalid
from policies.review.wishes import Kind, Wish
from tests.policies.review.casework import CAMILLE, FIRST, REASON, SECOND, THIRD, WHO, Casework
from ui.database import Pool
from ui.database_roles import as_owner

CONVERSATION = "8c0c7a35-5f4f-4f5c-9b53-6d6f4a1b2c3d"


@pytest.fixture
def work(pool: Pool) -> Casework:
    return Casework(pool)


@pytest.fixture
def strict(pool: Pool) -> Casework:
    """Where a second auditor has to agree."""
    return Casework(pool, approval=True)


async def test_a_text_is_given_with_the_word_that_it_is_the_recorded_one(work: Casework) -> None:
    index, case = await work.asked("Combien\u200b ?"), await work.case()
    assert await work.contents.read(FIRST, case, index, REASON) == [Text("question", State.RECORDED, "Combien\u200b ?")]
    assert await work.acts("review.content") == [
        (
            "ada",
            "review.content_read",
            {"case": case, "record": index, "who": WHO, "second": False, "texts": {"question": "recorded"}},
        )
    ]


@pytest.mark.parametrize(
    ("meddling", "expected"),
    [
        ("update ledger_content set text = 'Autre'", Text("question", State.ALTERED, "Autre")),
        ("update ledger_content set text = '\\xff'", Text("question", State.ALTERED, "\\xff")),
        ("update ledger_content set salt = sha256('x')", Text("question", State.ALTERED, "Combien de jours ?")),
        ("delete from ledger_content where name = 'question'", Text("question", State.ERASED, "")),
    ],
)
async def test_what_was_altered_or_erased_is_told(work: Casework, meddling: str, expected: Text) -> None:
    index, case = await work.asked(), await work.case()
    async with as_owner(work.pool) as connection:
        await connection.execute(meddling)
    assert await work.contents.read(FIRST, case, index, REASON) == [expected]


async def test_a_text_of_which_nothing_was_recorded_is_told_as_altered(work: Casework) -> None:
    index, case = await work.act(Act.SEARCHED, CAMILLE), await work.case()
    async with as_owner(work.pool) as connection:
        await connection.execute("insert into ledger_content values (%s, 'planted', sha256('x'), 'Planté')", [index])
    assert await work.contents.read(FIRST, case, index, REASON) == [Text("planted", State.ALTERED, "Planté")]


async def test_a_reading_needs_a_reason_a_case_and_a_record(work: Casework) -> None:
    index, case = await work.asked(), await work.case()
    with pytest.raises(ReviewInvalid):
        await work.contents.read(FIRST, case, index, "pour voir")
    with pytest.raises(CaseNotFound):
        await work.contents.read(FIRST, case + 1, index, REASON)
    with pytest.raises(RecordNotFound):
        await work.contents.read(FIRST, case, 99, REASON)
    await work.cases.close(FIRST, case)
    with pytest.raises(CaseClosed):
        await work.contents.read(FIRST, case, index, REASON)
    assert await work.acts("review.content") == []


async def test_nobody_reads_their_own_affair(work: Casework) -> None:
    index, case = await work.asked(who=FIRST), await work.case()
    with pytest.raises(OwnAffair):
        await work.contents.read(FIRST, case, index, REASON)
    assert await work.contents.read(SECOND, case, index, REASON)


async def test_where_a_second_auditor_must_agree_nothing_is_read_before(strict: Casework) -> None:
    index, case = await strict.asked(), await strict.case()
    with pytest.raises(NotGranted):
        await strict.contents.read(FIRST, case, index, REASON)
    request = await strict.requests.ask(FIRST, case, Wish(Kind.RECORD, str(index)), REASON)
    with pytest.raises(NotGranted):
        await strict.contents.read(FIRST, case, index, REASON)
    await strict.requests.decide(SECOND, case, request, granted=True)
    assert await strict.contents.read(FIRST, case, index, REASON)
    with pytest.raises(NotGranted):
        await strict.contents.read(THIRD, case, index, REASON)
    with pytest.raises(NotGranted):
        await strict.contents.read(FIRST, await strict.case(), index, REASON)
    with pytest.raises(NotGranted):
        await strict.contents.read(FIRST, case, await strict.asked(), REASON)
    strict.clock.pass_by(hours=72)
    with pytest.raises(NotGranted):
        await strict.contents.read(FIRST, case, index, REASON)


async def test_a_grant_for_a_conversation_opens_its_records(strict: Casework) -> None:
    named = {"conversation": CONVERSATION, "exchange": CONVERSATION}
    index = await strict.act(Act.FEEDBACK_GIVEN, CAMILLE, named, {"reason": "Faux."})
    case = await strict.case()
    request = await strict.requests.ask(FIRST, case, Wish(Kind.CONVERSATION, CONVERSATION.upper()), REASON)
    await strict.requests.decide(SECOND, case, request, granted=True)
    assert await strict.contents.read(FIRST, case, index, REASON) == [Text("reason", State.RECORDED, "Faux.")]
    with pytest.raises(ReviewInvalid):
        await strict.requests.ask(FIRST, case, Wish(Kind.CONVERSATION, CONVERSATION.replace("8", "9")), REASON)
