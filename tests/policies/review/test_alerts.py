"""Alerts: raised once per rule, person and day, with a record; changed by auditors alone, with one too."""

import datetime as dt
import json
from typing import Any

import pytest

from policies import Act, Event, PostgresLedger, Principal, Refused
from policies.review.alert_rules import AlertRules, Rule
from policies.review.alerting import Alerting
from policies.review.alerts import Alerts, AlertState
from policies.review.auditors import Auditors
from policies.review.errors import AlertNotFound, ReviewInvalid
from policies.review.projection import Projection
from tests.policies.review.casework import CAMILLE, FIRST, PSEUDONYMS, WHO
from ui.database import Pool
from ui.identity import service_principal

RULES = AlertRules.model_validate({"refusals": {"at_least": 3, "minutes": 60}, "new_place": {"known_days": 90}})


def alerting(pool: Pool, rules: AlertRules = RULES, trouble: str = "") -> Alerting:
    async def told() -> str:
        return trouble

    projection = Projection(pool, PSEUDONYMS)
    return Alerting(pool, PostgresLedger(), projection, rules, service_principal(), told)


@pytest.fixture
def alerts(pool: Pool, policy: Any) -> Alerts:
    return Alerts(Auditors(pool, policy, PostgresLedger(), PSEUDONYMS))


async def append(pool: Pool, act: Act, times: int = 1, who: Principal = CAMILLE) -> None:
    async with pool.connection() as connection:
        for _ in range(times):
            await PostgresLedger().append(connection, Event(act, who))


async def recorded(pool: Pool, act: Act) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    return [body["details"] for body in bodies if body["act"] == act]


async def test_an_alert_is_raised_once_a_day_and_grows(pool: Pool, alerts: Alerts) -> None:
    await append(pool, Act.REFUSED, 2)
    await alerting(pool).look()
    assert await alerts.page(FIRST) == []
    await append(pool, Act.REFUSED, 1)
    await alerting(pool).look()
    await append(pool, Act.REFUSED, 2)
    await alerting(pool).look()
    (alert,) = await alerts.page(FIRST)
    assert (alert.rule, alert.who, alert.state) == (Rule.REFUSALS, WHO, AlertState.NEW)
    assert len(alert.records) == 5
    (raised,) = await recorded(pool, Act.ALERT_RAISED)
    assert raised == {"alert": alert.id, "rule": "refusals", "who": WHO, "count": 3, "records": [0, 1, 3]}


async def test_looking_twice_changes_nothing(pool: Pool, alerts: Alerts) -> None:
    await append(pool, Act.REFUSED, 3)
    await alerting(pool).look()
    before = await alerts.page(FIRST)
    async with pool.connection() as connection:  # as if the process had been killed before it noted how far it was
        await connection.execute("delete from review_alert_head")
    await alerting(pool).look()
    assert await alerts.page(FIRST) == before
    assert len(await recorded(pool, Act.ALERT_RAISED)) == 1


async def test_a_sign_in_from_another_address_is_an_alert(pool: Pool, alerts: Alerts) -> None:
    def at(address: str) -> Principal:
        return Principal(CAMILLE.subject, CAMILLE.username, CAMILLE.groups, CAMILLE.roles, address)

    await append(pool, Act.SIGNED_IN, who=at("192.0.2.1"))
    await alerting(pool).look()
    assert await alerts.page(FIRST) == []
    await append(pool, Act.SIGNED_IN, who=at("198.51.100.9"))
    await alerting(pool).look()
    (alert,) = await alerts.page(FIRST)
    assert (alert.rule, len(alert.records)) == (Rule.NEW_PLACE, 1)


async def test_trouble_with_checkpoints_is_one_alert_a_day(pool: Pool, alerts: Alerts) -> None:
    rules = AlertRules.model_validate({"checkpoints": {"late_minutes": 15}})
    await alerting(pool, rules, "Rien n’est signé depuis une heure.").look()
    await alerting(pool, rules, "Rien n’est signé depuis deux heures.").look()
    await alerting(pool, rules, "").look()
    await alerting(pool, AlertRules(), "Cela n’est pas demandé.").look()
    (alert,) = await alerts.page(FIRST)
    assert (alert.rule, alert.who) == (Rule.CHECKPOINTS, "")
    assert alert.reason == "Rien n’est signé depuis une heure.\nRien n’est signé depuis deux heures."


async def test_another_reason_opens_an_alert_anew_and_the_same_one_does_not(pool: Pool, alerts: Alerts) -> None:
    rules = AlertRules.model_validate({"checkpoints": {"late_minutes": 15}})
    await alerting(pool, rules, "Un retard.").look()
    (late,) = await alerts.page(FIRST)
    await alerts.change(FIRST, late.id, AlertState.CLOSED)
    await alerting(pool, rules, "Un retard.").look()
    assert [one.state for one in await alerts.page(FIRST)] == [AlertState.CLOSED]
    await alerting(pool, rules, "Un retard. L’enregistrement 4 manque.").look()
    await alerting(pool, rules, "Un retard.").look()
    (found,) = await alerts.page(FIRST)
    assert (found.state, "L’enregistrement 4 manque." in found.reason) == (AlertState.NEW, True)


async def test_records_of_long_ago_raise_nothing_at_the_first_look(pool: Pool, alerts: Alerts) -> None:
    await append(pool, Act.REFUSED, 3)
    late = alerting(pool)
    in_a_week = dt.datetime.now(dt.UTC) + dt.timedelta(days=7)
    await Alerting(
        late.pool, late.ledger, late.projection, late.rules, late.principal, late.trouble, lambda: in_a_week
    ).look()
    assert await alerts.page(FIRST) == []


@pytest.fixture
async def raised(pool: Pool, alerts: Alerts) -> int:
    await append(pool, Act.REFUSED, 3)
    await alerting(pool).look()
    (alert,) = await alerts.page(FIRST)
    return alert.id


async def test_each_change_is_recorded(pool: Pool, alerts: Alerts, raised: int) -> None:
    await alerts.change(FIRST, raised, AlertState.SEEN)
    await alerts.change(FIRST, raised, AlertState.SEEN)
    await alerts.note(FIRST, raised, "  Une formation, rien de grave.  ")
    await alerts.change(FIRST, raised, AlertState.CLOSED)
    alert, notes = await alerts.opened(FIRST, raised)
    assert alert.state == AlertState.CLOSED
    assert [(note.written_by, note.text) for note in notes] == [
        (PSEUDONYMS.of(FIRST.subject), "Une formation, rien de grave.")
    ]
    named = {"alert": raised, "rule": "refusals", "who": WHO}
    assert await recorded(pool, Act.ALERT_CHANGED) == [
        named | {"state": "seen", "before": "new"},
        named | {"noted": True},
        named | {"state": "closed", "before": "seen"},
    ]


async def test_what_is_closed_stays_closed_and_still_counts(pool: Pool, alerts: Alerts, raised: int) -> None:
    await alerts.change(FIRST, raised, AlertState.CLOSED)
    await append(pool, Act.REFUSED)
    await alerting(pool).look()
    alert, _ = await alerts.opened(FIRST, raised)
    assert (alert.state, len(alert.records)) == (AlertState.CLOSED, 4)
    assert [one.id for one in await alerts.page(FIRST, AlertState.CLOSED)] == [raised]
    assert await alerts.page(FIRST, AlertState.NEW) == []


async def test_every_look_is_recorded(pool: Pool, alerts: Alerts, raised: int) -> None:
    await alerts.opened(FIRST, raised)
    assert await recorded(pool, Act.REVIEW_OPENED) == [
        {"page": "alerts", "entries": 1},
        {"page": "alert", "alert": raised},
    ]


async def test_nobody_but_an_auditor_sees_or_changes_alerts(
    pool: Pool, alerts: Alerts, raised: int, administrateur: Principal
) -> None:
    for person in (CAMILLE, administrateur):
        with pytest.raises(Refused):
            await alerts.page(person)
        with pytest.raises(Refused):
            await alerts.opened(person, raised)
        with pytest.raises(Refused):
            await alerts.change(person, raised, AlertState.CLOSED)
        with pytest.raises(Refused):
            await alerts.note(person, raised, "Rien.")


async def test_what_cannot_be_done_is_told(alerts: Alerts, raised: int) -> None:
    with pytest.raises(AlertNotFound, match="numéro 999"):
        await alerts.change(FIRST, 999, AlertState.SEEN)
    with pytest.raises(AlertNotFound):
        await alerts.note(FIRST, 999, "Rien.")
    with pytest.raises(ReviewInvalid, match="vide"):
        await alerts.note(FIRST, raised, "  ")
