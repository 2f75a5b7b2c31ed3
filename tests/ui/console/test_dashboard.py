"""The dashboard: figures of what a person may see, charts with their tables, and how the product is."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

from assistant.engines.effort import Effort
from assistant.figures import AnswerFigures, Figure, Outcome
from policies import Act, Principal
from retrieval import Collection
from tests.ui.console.conftest import Console
from tests.ui.two_people import ADELE, BOB, GINA


async def counted(console: Console, searched: list[Collection], person: Principal = BOB, **others: Any) -> Figure:
    """One more answer over these collections, today."""
    ids = [one.id for one in searched]
    told: dict[str, Any] = {"outcome": Outcome.ANSWERED, "cited": ids, "supported": 2, "unsupported": 0} | others
    effort = Effort(waited_ms=1200.0, generating_ms=9000.0, shared_ms=4500.0, tokens_in=300, tokens_out=50)
    figure = Figure(
        answer_id=uuid4(),
        kind="question",
        searched=ids,
        first_token_ms=2000.0,
        total_ms=4000.0,
        model="essai",
        effort=effort,
        **told,
    )
    async with console.pool.connection() as connection:
        await AnswerFigures(b"tests", 400.0).keep(connection, person, figure)
    return figure


def told(page: str) -> dict[str, str]:
    """The figures of the page, by their names."""
    rows = re.findall(r'<th scope="row">([^<]+?)\s*(?:<span[^>]*>[^<]*</span>)?</th>\s*<td[^>]*>([^<]*)</td>', page)
    return {unescape(name).strip(): unescape(value).strip() for name, value in rows}


async def test_an_empty_product_has_a_dashboard_for_both_roles(console: Console) -> None:
    for who in ("adele", "gustave"):
        page = await console.get(who, "")
        assert page.status_code == 200
        assert (told(page.text)["Questions"], told(page.text)["Énergie"]) == ("0", "—")
        assert "Aucune collection n’a été cherchée" in page.text
    assert "Vous ne tenez aucune collection" in page.text


async def test_figures_are_those_of_the_collections_that_a_person_keeps(console: Console) -> None:
    law, health = await console.collection("Droit"), await console.collection("Santé", "/DGS")
    await counted(console, [law])
    await counted(console, [health], ADELE, outcome=Outcome.REFUSED, cited=[])
    await counted(console, [law, health], unsupported=1)

    for days in ("7", "30", "90", "365"):
        page = told((await console.get("adele", f"?periode={days}")).text)
        assert [page[name] for name in ("Questions", "Personnes")] == ["3", "2"]
    assert page["Refus"] == "1 (33,3\u202f%)"
    assert page["Énergie"] == "1,5\u202fWh"
    assert page["Attente médiane"] == "1,2\u202fs"

    keeper = (await console.get("gustave", "")).text
    assert [told(keeper)[name] for name in ("Questions", "Personnes")] == ["2", "1"]
    assert "Santé" not in keeper
    assert "État du produit" not in keeper
    assert (await console.get("gustave", f"?collection={health.id}")).status_code == 404
    assert (await console.get("gustave", "?collection=rien")).status_code == 404
    assert told((await console.get("adele", f"?collection={health.id}")).text)["Questions"] == "2"


async def test_each_chart_stands_beside_a_table_of_its_figures(console: Console) -> None:
    figure = await counted(console, [await console.collection("Droit")])
    async with console.pool.connection() as connection:
        await AnswerFigures(b"tests").rate(connection, figure.answer_id, True, 15)
    page = (await console.get("adele", "")).text
    drawn = re.findall(r'<div class="chart chart-days">.*?</div>\s*<details.*?</details>', page, re.S)
    assert len(drawn) == page.count("<svg") == 5
    for chart in drawn:
        assert "<desc" in chart
        assert "<caption>" in chart or "Rien dans cette période" in chart
    assert '<td class="console-number">15\u202fmin</td>' in page


async def test_administrators_are_told_what_is_wrong_and_what_to_do_others_whom_to_tell(console: Console) -> None:
    page = (await console.get("adele", "")).text
    assert "Aucun processus ne traite les documents" in page  # no worker is at work in this test
    assert "Libre sur le disque" in page
    keeper = (await console.get("gustave", "")).text
    assert "prévenez votre administrateur" in keeper
    assert "Aucun processus" not in keeper


async def test_who_looks_at_unanswered_questions_is_recorded_and_looking_anew_shows_how_far_it_is(
    console: Console,
) -> None:
    page = await console.get("gina", "/manques")
    assert (page.status_code, "pas encore été fait" in page.text) == (200, True)
    assert (Act.GAPS_LISTED, {"groups": 0}) in await console.acts()
    begun = await console.post("gina", "/manques")
    assert begun.status_code == 200
    await console.services.long_work.ended(GINA, "gaps")
    assert "parmi 0 question" in (await console.get("gina", "/manques")).text
    assert (Act.GAPS_FOUND, {"questions": 0, "groups": 0}) in await console.acts()
    assert (await console.get("gina", "/manques/suite")).headers["HX-Refresh"] == "true"
