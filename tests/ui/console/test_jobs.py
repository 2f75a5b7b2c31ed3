"""«Travaux»: what is shown to whom, what narrows it, trying again and stopping, and a table that goes on by itself."""

import pytest

from policies import Act
from tests.ingestion.job_rows import job
from tests.ui.console.conftest import Console
from tests.ui.elements import Elements

REASON = "Fichier protégé par un <b>mot de passe</b>. Ôtez-le."


async def _two_jobs(console: Console) -> None:
    notes = await console.collection("Notes", "/DAJ", ["/DAJ"])
    other = await console.collection("Autre", "/DGS", ["/DGS"])
    await job(console.pool, notes.id, 1001, "failed", "indexed", reason=REASON)
    await job(console.pool, notes.id, 1002, "pending", status="todo")
    await job(console.pool, other.id, 1003, "failed", reason="Vide.")


async def test_a_keeper_sees_the_jobs_of_their_collections_with_reasons_as_text(console: Console) -> None:
    await _two_jobs(console)
    page = await console.get("gustave", "/travaux")
    assert page.status_code == 200
    shown = {name: f"Travail n° {name}" in page.text for name in ("1001", "1002", "1003")}
    assert shown == {"1001": True, "1002": True, "1003": False}
    assert "un &lt;b&gt;mot de passe&lt;/b&gt;" in page.text
    assert "Autre" not in page.text
    assert (await console.get("gustave", "/travaux/1003")).status_code == 404
    assert (await console.acts())[0][0] == Act.JOBS_LISTED


async def test_filters_and_the_order_stand_in_the_address_and_in_the_form(console: Console) -> None:
    await _two_jobs(console)
    page = await console.get("adele", "/travaux?etat=failed&motif=mot+de+passe&tri=-recent")
    assert "Travail n° 1001" in page.text
    assert "Travail n° 1003" not in page.text
    elements = Elements(page.text)
    assert next(one["value"] for one in elements.of("input") if one.get("id") == "motif") == "mot de passe"
    assert any("selected" in one and one["value"] == "failed" for one in elements.of("option"))
    assert "etat=failed" in next(str(one["hx-get"]) for one in elements.of("div") if one.get("id") == "jobs")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("etat=nimporte&tri=x&page=abc&inconnu=1", 200),
        ("page=99999", 200),
        ("motif=%27%3B+drop+table+received%3B--", 200),
        ("motif=%3Cscript%3E", 200),
        ("collection=nimporte", 404),
        ("collection=00000000-0000-0000-0000-000000000000", 404),
        ("motif=" + "x" * 501, 422),
        ("motif=%00", 422),
    ],
)
async def test_whatever_stands_in_an_address_is_answered(console: Console, query: str, status: int) -> None:
    await _two_jobs(console)
    page = await console.get("gustave", f"/travaux?{query}")
    assert page.status_code == status
    assert "<script>" not in page.text


async def test_what_failed_is_tried_again_and_what_waits_is_stopped(console: Console) -> None:
    await _two_jobs(console)
    done = await console.post("gustave", "/travaux/reprise", {"motif": "mot de passe"})
    assert "C’est relancé" in done.text
    assert "Il n’y avait rien à relancer" in (await console.post("gustave", "/travaux/reprise", {})).text
    page = await console.get("adele", "/travaux?etat=failed")
    assert "Travail n° 1003" in page.text
    assert (await console.post("gustave", "/travaux/1003/reprise")).status_code == 404
    assert (await console.post("gustave", "/travaux/1003/annulation")).status_code == 404
    acts = [act for act, _ in await console.acts()]
    assert acts.count(Act.JOB_RETRIED) == 1
    assert (await console.post("gina", "/travaux/1003/reprise")).status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "abc", "9" * 19, "9" * 400, "1e3", "%00", "١"])
async def test_a_job_that_there_is_not_is_not_there_whatever_it_is_called(console: Console, number: str) -> None:
    opened = await console.get("adele", f"/travaux/{number}")
    retried = await console.post("adele", f"/travaux/{number}/reprise")
    assert (opened.status_code, retried.status_code) == (404, 404)


async def test_a_jobs_page_has_its_documents_with_what_to_do(console: Console) -> None:
    await _two_jobs(console)
    page = await console.get("gustave", "/travaux/1001")
    assert "2 sur 2" in page.text
    assert page.text.index("1001-0.pdf") < page.text.index("1001-1.pdf")
    assert "Ôtez-le" in page.text
    assert "hx-get" not in page.text  # it is done: there is nothing to wait for
    assert "hx-get" in (await console.get("gustave", "/travaux/1002")).text


async def test_a_table_that_goes_on_leaves_no_further_record_and_can_be_stopped(console: Console) -> None:
    await _two_jobs(console)
    await console.get("gustave", "/travaux")
    before = len(await console.acts())
    part = await console.get("gustave", "/travaux/tableau?etat=failed")
    assert part.text.lstrip().startswith('<div id="jobs" data-live')
    assert "<html" not in part.text
    assert "aria-live" not in part.text
    assert len(await console.acts()) == before
    assert "hx-get" not in (await console.get("gustave", "/travaux?direct=non")).text
    assert (await console.get("bob", "/travaux/tableau")).status_code == 403
