"""«Annonces»: announced from Paris to everybody, previewed, changed by one at a time, withdrawn; it is text alone."""

import datetime as dt
import re

import pytest

from policies import Act
from tests.ui.console.conftest import Console
from ui.pages import PARIS
from ui.paris import field_value, paris_moment

NOW = dt.datetime.now(PARIS)
FORM = {
    "text": "Coupure <b>ce soir</b> & demain.",
    "kind": "warning",
    "from": field_value(NOW - dt.timedelta(hours=1)),
    "until": field_value(NOW + dt.timedelta(hours=1)),
}


async def test_one_is_published_changed_and_withdrawn(console: Console) -> None:
    done = await console.post("adele", "/annonces", FORM)
    assert "C’est publié" in done.text
    assert "Coupure &lt;b&gt;ce soir&lt;/b&gt; &amp; demain." in done.text
    shown = console.services.announcements.current()
    assert (shown.text, shown.published_by) == (FORM["text"], "adele")
    changed = await console.post("adele", "/annonces/1", FORM | {"text": "Coupure finie.", "edition": "1"})
    assert "C’est modifié" in changed.text
    assert console.services.announcements.current().text == "Coupure finie."
    assert "est retirée" in (await console.post("adele", "/annonces/1/retrait")).text
    assert console.services.announcements.current() is None
    assert (await console.post("adele", "/annonces/1/retrait")).status_code == 409
    assert [act for act, _ in await console.acts()] == [
        Act.ANNOUNCEMENT_PUBLISHED,
        Act.ANNOUNCEMENT_CHANGED,
        Act.ANNOUNCEMENT_WITHDRAWN,
    ]


async def test_a_preview_publishes_nothing_and_keeps_what_was_typed(console: Console) -> None:
    page = await console.post("adele", "/annonces", FORM | {"faire": "apercu"})
    assert page.status_code == 200
    assert "Rien n’est encore enregistré" in page.text
    assert page.text.count("Coupure &lt;b&gt;ce soir") == 2  # in the preview and in the form
    assert await console.acts() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": ""}, "Écrivez ce que tout le monde doit lire"),
        ({"text": "x" * 301}, "301 caractères"),
        ({"text": "a\u202eb"}, "caractères invisibles"),
        ({"kind": "panique"}, "Choisissez l’une des trois sortes"),
        ({"kind": ""}, "Choisissez l’une des trois sortes"),
        ({"from": "hier"}, "Donnez le jour et l’heure"),
        ({"until": ""}, "Donnez le jour et l’heure"),
        ({"until": "9999-12-31T23:59"}, "un an au plus"),
        ({"until": FORM["from"]}, "La fin doit venir après le début"),
        ({"from": "2020-01-01T00:00", "until": "2020-01-02T00:00"}, "déjà passée"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(
    console: Console, wrong: dict[str, str], sentence: str
) -> None:
    page = await console.post("adele", "/annonces", FORM | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    field = next(iter(wrong)) if sentence.startswith("Donnez") else ""
    assert f'id="{field}-error"' in page.text if field else 'class="fr-error-text"' in page.text
    assert console.services.announcements.current() is None


async def test_of_two_who_change_one_the_second_sees_both(console: Console) -> None:
    await console.post("adele", "/annonces", FORM)
    await console.post("adele", "/annonces/1", FORM | {"text": "La première.", "edition": "1"})
    late = await console.post("adele", "/annonces/1", FORM | {"text": "La seconde.", "edition": "1"})
    assert late.status_code == 409
    assert "entre-temps" in late.text
    assert "La première." in late.text
    assert "La seconde." in late.text
    assert 'name="edition" value="2"' in late.text
    assert (await console.post("adele", "/annonces/1", FORM)).status_code == 422  # forged, without an edition


@pytest.mark.parametrize("number", ["0", "7", "x", "9" * 18, "9" * 300])
async def test_one_that_there_is_not_is_not_there(console: Console, number: str) -> None:
    assert (await console.get("adele", f"/annonces/{number}")).status_code == 404
    assert (await console.post("adele", f"/annonces/{number}/retrait")).status_code == 404
    assert (await console.post("adele", f"/annonces/{number}", FORM | {"edition": "1"})).status_code == 404


async def test_who_keeps_collections_alone_announces_nothing_and_that_is_recorded(console: Console) -> None:
    await console.post("adele", "/annonces", FORM)
    for answer in (
        await console.get("gustave", "/annonces"),
        await console.get("gustave", "/annonces/1"),
        await console.post("gustave", "/annonces", FORM),
        await console.post("gustave", "/annonces/1", FORM | {"edition": "1"}),
        await console.post("gustave", "/annonces/1/retrait"),
    ):
        assert answer.status_code == 403
        assert "Coupure" not in re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.DOTALL)
    refused = [details["action"] for act, details in await console.acts() if act == Act.REFUSED]
    assert refused == ["announce"] * 5
    assert console.services.announcements.current() is not None


def test_an_hour_is_one_of_paris_and_one_that_is_skipped_is_none() -> None:
    winter, summer = paris_moment("2026-11-26T18:00"), paris_moment("26/07/2026 18:00")
    assert winter is not None
    assert summer is not None
    assert (winter.utcoffset(), summer.utcoffset()) == (dt.timedelta(hours=1), dt.timedelta(hours=2))
    assert paris_moment("2026-03-29T02:30") is None
    assert field_value(winter) == "2026-11-26T18:00"
    assert [paris_moment(one) for one in ("", "x", "2026-02-30T10:00", "0001-01-01T00:00")] == [None] * 4
