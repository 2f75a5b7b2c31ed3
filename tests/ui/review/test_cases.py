"""The pages of cases: forms without scripts, two auditors, nothing shown that was not granted or recorded."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from policies import Principal, Role
from tests.policies.review.casework import CAMILLE, FIRST, PSEUDONYMS, REASON, SECOND, THIRD, WHO
from tests.ui.review.case_pages import Pages, case_pages
from ui.database import Pool

SECRET = "Mme Durand\u200b <b>1 85 05 78 006 084 91</b>"


@pytest.fixture
async def pages(pool: Pool) -> AsyncIterator[Pages]:
    """Texts are read for a reason."""
    async for one in case_pages(pool, approval=False):
        yield one


@pytest.fixture
async def strict(pool: Pool) -> AsyncIterator[Pages]:
    """Texts are read after a second auditor's grant."""
    async for one in case_pages(pool, approval=True):
        yield one


async def _case(pages: Pages) -> str:
    """The address of a case that was opened by its form."""
    answer = await pages.send("/dossiers", title="Accès inhabituels", reason=REASON)
    assert answer.status_code == 200
    return answer.url.path.removeprefix("/audit")


async def _asked(pages: Pages) -> tuple[str, str]:
    """The address of a case, and the number of a request for Camille's name in it."""
    await pages.work.asked(SECRET)
    case = await _case(pages)
    return case, _number("demande", await pages.send(f"{case}/demandes", kind="name", target=WHO, reason=REASON))


def _number(of: str, page: httpx.Response) -> str:
    """That of the newest request or hold on a page."""
    found = re.search(rf'id="{of}-(\d+)"', page.text)
    assert found
    return found[1]


async def test_a_name_is_read_by_a_button_after_a_second_auditor_has_granted_it(pages: Pages) -> None:
    case, request = await _asked(pages)
    own = (await pages.get(case)).text
    assert "faites-en nommer un dans Keycloak" in own
    assert "Accorder la demande" not in own
    pages.reader = SECOND
    assert f"Nom de la personne {WHO}" in (await pages.get("/dossiers")).text
    granted = (await pages.send(f"{case}/decisions", request=request, granted="oui")).text
    assert "ouverte jusqu’au 06/03/2026 10:00:00" in granted
    assert CAMILLE.username not in granted
    for reader in (FIRST, SECOND):
        pages.reader = reader
        read = (await pages.send(f"{case}/demandes/{request}/nom")).text
        assert f"{WHO} est <strong>camille</strong>" in read
        assert CAMILLE.username not in (await pages.get(case)).text
    assert len(await pages.work.acts("review.name_read")) == 2


async def test_whatever_a_browser_sends_nobody_decides_their_own_wish(pages: Pages) -> None:
    case, request = await _asked(pages)
    answer = await pages.send(f"{case}/decisions", request=request, granted="oui")
    assert (answer.status_code, "un second auditeur doit la décider" in answer.text) == (403, True)
    answer = await pages.send(f"{case}/demandes/{request}/nom")
    assert (answer.status_code, CAMILLE.username in answer.text) == (403, False)


async def test_a_third_auditor_is_not_shown_the_name(pages: Pages) -> None:
    case, request = await _asked(pages)
    pages.reader = SECOND
    await pages.send(f"{case}/decisions", request=request, granted="oui")
    pages.reader = THIRD
    assert "Lire le nom" not in (await pages.get(case)).text
    answer = await pages.send(f"{case}/demandes/{request}/nom")
    assert (answer.status_code, CAMILLE.username in answer.text) == (403, False)


async def test_a_text_is_shown_escaped_with_its_verdict_and_its_invisible_characters(pages: Pages) -> None:
    index, case = await pages.work.asked(SECRET), await _case(pages)
    page = (await pages.send(f"{case}/contenu", record=index, reason=REASON)).text
    assert "Mme Durand<mark>U+200B</mark> &lt;b&gt;1 85 05 78 006 084 91&lt;/b&gt;" in page
    assert "Le texte est bien celui qui a été inscrit." in page
    refused = await pages.send(f"{case}/contenu", record=index, reason="pour voir")
    assert (refused.status_code, "Durand" in refused.text) == (422, False)
    assert "pour voir</textarea>" in refused.text  # what was typed is not lost


async def test_a_text_waits_for_a_second_auditor_where_the_ministry_wants_it(strict: Pages) -> None:
    index, case = await strict.work.asked(SECRET), await _case(strict)
    refused = await strict.send(f"{case}/contenu", record=index, reason=REASON)
    assert (refused.status_code, "accord d’un second auditeur" in refused.text) == (403, True)
    asked = await strict.send(f"{case}/demandes", kind="record", target=index, reason=REASON)
    strict.reader = SECOND
    await strict.send(f"{case}/decisions", request=_number("demande", asked), granted="oui")
    strict.reader = FIRST
    assert "Mme Durand" in (await strict.send(f"{case}/contenu", record=index, reason=REASON)).text


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"scope": "person", "target": WHO}, f"La personne {WHO}"),
        ({"scope": "records", "first": "0", "last": "1 200"}, "Les enregistrements n°\u00a00 à 1\u202f200"),
        (
            {"scope": "period", "since": "01/03/2026", "until": "2026-03-31"},
            "La période du 01/03/2026 00:00:00 au 01/04/2026 00:00:00, cette fin exclue",
        ),
    ],
    ids=["person", "records", "period"],
)
async def test_a_hold_is_placed_and_released_by_two(pages: Pages, fields: dict[str, str], shown: str) -> None:
    await pages.work.asked()
    case = await _case(pages)
    placed = await pages.send(f"{case}/gels", reason=REASON, **fields)
    assert shown in placed.text
    assert "En vigueur" in placed.text
    closing = await pages.send(f"{case}/cloture")
    assert (closing.status_code, "a encore un gel" in closing.text) == (409, True)
    asked = await pages.send(f"{case}/levees", hold=_number("gel", placed), reason=REASON)
    pages.reader = SECOND
    released = (await pages.send(f"{case}/decisions", request=_number("demande", asked), granted="oui")).text
    assert f"Levé par {PSEUDONYMS.of(SECOND.subject)} (vous)" in released
    assert "Clos par" in (await pages.send(f"{case}/cloture")).text


async def test_notes_and_records_stand_on_the_page_of_their_case(pages: Pages) -> None:
    index, case = await pages.work.asked(), await _case(pages)
    await pages.send(f"{case}/notes", text="<i>Vu</i> avec la DPO.")
    page = (await pages.send(f"{case}/enregistrements", record=index)).text
    assert "&lt;i&gt;Vu&lt;/i&gt; avec la DPO." in page
    assert f'href="/audit/enregistrements/{index}"' in page
    offered = (await pages.get(f"/dossiers?enregistrement={index}")).text
    assert f'<input type="hidden" name="record" value="{index}">' in offered


@pytest.mark.parametrize(
    ("address", "fields", "status"),
    [
        ("/dossiers", {"title": "", "reason": REASON}, 422),
        ("/dossiers", {"title": "Titre", "reason": "court"}, 422),
        ("/dossiers/x", None, 422),
        ("/dossiers/99", None, 404),
        ("/dossiers/9999999999999999999999", None, 422),
        ("/dossiers?enregistrement=x", None, 422),
        ("/dossiers/99/notes", {"text": "Note."}, 404),
        ("CASE/demandes", {"kind": "passwords", "target": WHO, "reason": REASON}, 422),
        ("CASE/demandes", {"kind": "name", "target": "' or 1=1 --", "reason": REASON}, 422),
        ("CASE/demandes", {"kind": "name", "target": PSEUDONYMS.of("s-nobody"), "reason": REASON}, 404),
        ("CASE/decisions", {"request": "9", "granted": "oui"}, 404),
        ("CASE/decisions", {"request": "<b>", "granted": "oui"}, 422),
        ("CASE/demandes/9/nom", {}, 404),
        ("CASE/contenu", {"record": "99999", "reason": REASON}, 404),
        ("CASE/gels", {"scope": "all", "reason": REASON}, 422),
        ("CASE/gels", {"scope": "period", "since": "31/02/2026", "until": "x", "reason": REASON}, 422),
        ("CASE/gels", {"scope": "records", "first": "9", "last": "2", "reason": REASON}, 422),
        ("CASE/levees", {"hold": "7", "reason": REASON}, 404),
        ("CASE/enregistrements", {"record": "77777"}, 404),
        ("CASE/notes", {"text": "  "}, 422),
    ],
)
async def test_what_does_not_fit_is_said_in_french(
    pages: Pages, address: str, fields: dict[str, str] | None, status: int
) -> None:
    address = address.replace("CASE", await _case(pages))
    answer = await (pages.get(address) if fields is None else pages.send(address, **fields))
    assert answer.status_code == status
    assert re.search(r'role="alert">\s*<h2[^>]*>.*</h2>\s*<p>[^<]*\.</p>', answer.text)
    assert "<b>" not in answer.text


async def test_what_belongs_to_another_case_is_not_there(pages: Pages) -> None:
    (case, request), other = await _asked(pages), await _case(pages)
    pages.reader = SECOND
    for answer in (
        await pages.send(f"{other}/decisions", request=request, granted="oui"),
        await pages.send(f"{other}/retraits", request=request),
        await pages.send(f"{other}/demandes/{request}/nom"),
    ):
        assert answer.status_code == 404
    assert "En attente d’un second auditeur" in (await pages.get(case)).text


@pytest.mark.parametrize("role", [Role.ADMINISTRATEUR, Role.AGENT, Role.GESTIONNAIRE])
async def test_nobody_but_an_auditor_gets_a_page(pages: Pages, role: Role) -> None:
    case, request = await _asked(pages)
    pages.reader = Principal("s-x", "x", frozenset(), frozenset({role}))
    for answer in (
        await pages.get("/dossiers"),
        await pages.get(case),
        await pages.send("/dossiers", title="Titre", reason=REASON),
        await pages.send(f"{case}/decisions", request=request, granted="oui"),
        await pages.send(f"{case}/demandes/{request}/nom"),
        await pages.send(f"{case}/contenu", record=0, reason=REASON),
    ):
        assert (answer.status_code, "Réservé aux auditeurs" in answer.text) == (403, True)
