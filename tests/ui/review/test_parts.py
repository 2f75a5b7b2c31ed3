"""The other parts of the review: who saw a document and who could, usage, proofs."""

import datetime as dt
import re
from uuid import UUID

import httpx
import pytest

from policies import Act
from policies.review.rows import value_of
from tests.ui.review.conftest import CLAIRE, DENIS, JEAN, NAMES, Review
from ui.pages import PARIS
from ui.review.proofs import age

ALERT = """
insert into review_alert (rule, who, day, records, raised_at)
values ('refusals', %s, '2026-03-03'::date + %s, '{}', now()) returning id
"""
BADGE = re.compile(r'fr-badge--new[^>]*>(\d+)<span class="fr-sr-only">([^<]+)')


async def _seen(review: Review, document: str = "note.pdf") -> str:
    collection = str((await review.collection("Notes")).id)
    await review.did(Act.DOCUMENT_OPENED, collection=collection, document=document)
    return collection


async def test_who_saw_a_document_is_told_under_pseudonyms_and_recorded(review: Review) -> None:
    collection = await _seen(review)
    page = await review.send("/document", collection=collection, document="note.pdf")
    assert page.text.count(review.auditing.pseudonyms.of(JEAN.subject)) == 2
    assert "Document ouvert</td><td>1</td>" in page.text
    assert not any(name in page.text for name in NAMES)
    act, details = (await review.acts())[-1]
    told = {"page": "document", "filters": {"collection": collection, "document": "note.pdf"}, "entries": 1}
    assert (act, details) == (Act.REVIEW_OPENED, told)


async def test_who_could_see_it_on_a_day_says_what_the_register_cannot_tell(review: Review) -> None:
    collection, today = await _seen(review), dt.datetime.now(PARIS).date().isoformat()
    page = await review.send("/document", collection=collection, document="note.pdf", day=today)
    assert page.status_code == 200
    assert "Qui pouvait le voir, à la fin du" in page.text
    assert "Seules paraissent les personnes que le registre connaît" in page.text
    assert [details["page"] for act, details in (await review.acts())[-2:]] == ["document", "sight"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choisissez une collection"),
        ({"collection": str(UUID(int=1))}, "Choisissez une collection"),
        ({"collection": str(UUID(int=1)), "document": "x", "day": "hier"}, "n’est pas un jour"),
        ({"collection": str(UUID(int=1)), "document": "x", "day": "2999-01-01"}, "est à venir"),
        ({"collection": "<script>", "document": "x"}, "n’est pas l’identifiant"),
    ],
)
async def test_a_wrong_question_about_a_document_is_told(review: Review, fields: dict[str, str], sentence: str) -> None:
    page = await review.send("/document", **fields)
    assert (page.status_code, sentence in page.text) == (422, True)
    assert "<script>" not in page.text.replace("<script src", "")
    assert await review.acts() == []


async def test_usage_counts_by_day_act_and_collection(review: Review) -> None:
    collection = await _seen(review)
    await review.did(Act.SIGNED_IN)
    page = await review.get("/usage")
    assert "<strong>2</strong> actes du " in page.text
    assert ">Document ouvert</text>" in page.text
    assert ">Notes</text>" in page.text
    assert "<strong>1</strong> acte du " in (await review.get(f"/usage?collection={collection}")).text
    assert (await review.acts())[-1][1]["page"] == "usage"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=2026-02-02&until=2026-02-01", "La période finit avant de commencer"),
        ("since=2020-01-01", "dépasse deux ans"),
        ("since=x", "n’est pas un jour"),
    ],
)
async def test_a_wrong_period_is_told_and_stays_in_the_form(review: Review, query: str, sentence: str) -> None:
    page = await review.get(f"/usage?{query}")
    assert (page.status_code, sentence in page.text) == (422, True)


async def test_a_period_without_an_act_has_charts_that_say_so(review: Review) -> None:
    page = await review.get("/usage?since=2024-01-01&until=2024-01-01")
    assert "<strong>0</strong> acte du " in page.text
    assert "Aucun acte dans cette période" in page.text


async def test_proofs_say_how_far_the_register_is_signed_and_what_was_verified(review: Review) -> None:
    await review.did(Act.SIGNED_IN)
    assert "Aucun point de contrôle n’a encore été signé" in (await review.get("/preuves")).text
    await review.auditing.checkpoints.take()
    await review.did(Act.AUDIT_VERIFIED, holds=True, size=2)
    page = (await review.get("/preuves")).text
    assert "<dd>2</dd>" in page
    assert "Intact</span>" in page
    assert review.auditing.keys.public()[0].vkey.split("+")[0] in page
    assert not any(name in page for name in NAMES)


@pytest.mark.parametrize(
    ("seconds", "said"), [(-1, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (200_000, "2 j")]
)
def test_an_age_is_told_in_one_unit(seconds: int, said: str) -> None:
    assert age(dt.timedelta(seconds=seconds)) == said


async def test_what_waits_for_an_auditor_is_counted_on_every_page(review: Review) -> None:
    await review.did(Act.SIGNED_IN)
    who, reason = review.auditing.pseudonyms.of(JEAN.subject), "Signalement du 3 mars, à vérifier."
    review.reader = DENIS
    case = await review.send("/dossiers", title="Accès inhabituels", reason=reason)
    asked = f"{case.headers['location'].removeprefix('/a/audit')}/demandes"
    await review.send(asked, kind="name", target=who, reason=reason)
    async with review.pool.connection() as connection:
        alerts = [await value_of(connection, ALERT, [who, day]) for day in (1, 2)]
    assert _waiting(await review.get("/usage")) == ["2 nouvelles alertes"]
    review.reader = CLAIRE
    assert _waiting(await review.get("/usage")) == ["1 décision à prendre", "2 nouvelles alertes"]
    await review.send(f"/alertes/{alerts[0]}/etat", state="seen")
    assert _waiting(await review.get("")) == ["1 décision à prendre", "1 nouvelle alerte"]


def _waiting(page: httpx.Response) -> list[str]:
    """The badges of the navigation, as they are read aloud."""
    return [count + words for count, words in BADGE.findall(page.text)]
