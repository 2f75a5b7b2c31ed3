"""The pages of alerts: a list, a state, notes; for auditors alone, and nothing typed comes back as HTML."""

from collections.abc import AsyncIterator, Callable, Coroutine

import httpx
import pytest
from fastapi import FastAPI

from policies import LivePolicy, PostgresLedger, Principal
from policies.review.alert_rules import Rule
from policies.review.alerts import PAGE, Alerts
from policies.review.auditors import Auditors
from tests.policies.review.casework import CAMILLE, FIRST, PSEUDONYMS, WHO
from tests.ui.review.case_pages import NOTICE
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.review.alerts import RULES, STATES, alert_router
from ui.review.shell import Shell

INSERT = """
insert into review_alert (rule, who, day, records, reason, raised_at)
values (%s, %s, '2026-03-03'::date + %s, %s, %s, now()) returning id
"""

Raise = Callable[..., Coroutine[None, None, int]]


@pytest.fixture
def caller() -> Caller:
    return Caller(LocalIdentity(FIRST))


@pytest.fixture
async def http(pool: Pool, caller: Caller) -> AsyncIterator[httpx.AsyncClient]:
    application = FastAPI(openapi_url=None)
    shell = Shell(caller, pool, LivePolicy(), PostgresLedger(), NOTICE)
    alerts = Alerts(Auditors(pool, LivePolicy(), PostgresLedger(), PSEUDONYMS))
    application.include_router(alert_router(shell, alerts))
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://essai/audit", follow_redirects=True) as http:
        yield http


@pytest.fixture
def raised(pool: Pool) -> Raise:
    """Puts an alert into the table."""

    async def put(rule: Rule = Rule.REFUSALS, who: str = WHO, days: int = 0, records: int = 3, reason: str = "") -> int:
        async with pool.connection() as connection:
            row = await connection.execute(INSERT, [rule.value, who, days, list(range(records)), reason])
            return int((await row.fetchone() or [0])[0])

    return put


async def test_a_list_leads_to_an_alert_its_person_and_its_records(http: httpx.AsyncClient, raised: Raise) -> None:
    number = await raised()
    listed = (await http.get("/alertes")).text
    assert f'href="/audit/alertes/{number}"' in listed
    assert "3 mars 2026" in listed
    page = (await http.get(f"/alertes/{number}")).text
    assert "Beaucoup de refus" in page
    assert f'href="/audit?who={WHO}"' in page
    assert 'href="/audit/enregistrements/2"' in page


@pytest.mark.parametrize("rule", Rule)
async def test_every_rule_has_its_page(http: httpx.AsyncClient, raised: Raise, rule: Rule) -> None:
    number = await raised(rule, who="" if rule is Rule.CHECKPOINTS else WHO, reason="Rien n’est signé.")
    assert RULES[rule][0] in (await http.get("/alertes")).text
    page = await http.get(f"/alertes/{number}")
    assert (page.status_code, "Rien n’est signé." in page.text) == (200, True)
    assert ("?origin=" in page.text) == (rule is Rule.REFUSED_SIGN_INS)


async def test_an_alert_is_put_into_a_state_and_found_by_it(http: httpx.AsyncClient, raised: Raise) -> None:
    number = await raised()
    page = await http.post(f"/alertes/{number}/etat", data={"state": "seen"})
    assert page.url.path == f"/audit/alertes/{number}"
    assert "Marquer «\u202fclose\u202f»" in page.text.replace("&#8239;", "\u202f")
    assert "Marquer «\u202fvue\u202f»" not in page.text.replace("&#8239;", "\u202f")
    for state in STATES:
        assert (f"/alertes/{number}" in (await http.get("/alertes", params={"etat": state})).text) == (state == "seen")


async def test_a_note_is_kept_under_a_pseudonym_and_as_text(http: httpx.AsyncClient, raised: Raise) -> None:
    number = await raised()
    page = (await http.post(f"/alertes/{number}/notes", data={"text": "<b>Formation</b>\nrien de grave"})).text
    assert "&lt;b&gt;Formation&lt;/b&gt;" in page
    assert PSEUDONYMS.of(FIRST.subject) in page
    assert FIRST.username not in page


async def test_older_alerts_are_a_page_further(http: httpx.AsyncClient, raised: Raise) -> None:
    numbers = [await raised(days=day) for day in range(PAGE + 1)]
    first = (await http.get("/alertes")).text
    assert f'/alertes/{numbers[0]}"' not in first
    assert f"avant={numbers[1]}" in first
    assert f'/alertes/{numbers[0]}"' in (await http.get("/alertes", params={"avant": str(numbers[1])})).text


@pytest.mark.parametrize(
    ("address", "data", "status"),
    [
        ("/alertes?etat=perdue", None, 422),
        ("/alertes?avant=x", None, 422),
        ("/alertes/999", None, 404),
        ("/alertes/x", None, 422),
        ("/alertes/999/etat", {"state": "seen"}, 404),
        ("/alertes/1/etat", {"state": "<b>"}, 422),
        ("/alertes/1/notes", {"text": " "}, 422),
    ],
)
async def test_what_does_not_fit_is_told(
    http: httpx.AsyncClient, raised: Raise, address: str, data: dict[str, str] | None, status: int
) -> None:
    number = await raised()
    address = address.replace("/1/", f"/{number}/")
    answer = await (http.get(address) if data is None else http.post(address, data=data))
    assert answer.status_code == status
    assert "<b>" not in answer.text


async def test_a_note_that_does_not_fit_comes_back_in_its_form(http: httpx.AsyncClient, raised: Raise) -> None:
    number = await raised()
    answer = await http.post(f"/alertes/{number}/notes", data={"text": "x" * 4001})
    assert (answer.status_code, "x" * 4001 in answer.text) == (422, True)


async def test_nobody_else_gets_in(http: httpx.AsyncClient, caller: Caller, raised: Raise) -> None:
    number = await raised()
    person: Principal
    for person in (CAMILLE, Principal("s-x", "x", frozenset(), frozenset())):
        caller.enter("", "", person)
        for address in ("/alertes", f"/alertes/{number}"):
            assert (await http.get(address)).status_code == 403
        assert (await http.post(f"/alertes/{number}/etat", data={"state": "closed"})).status_code == 403
