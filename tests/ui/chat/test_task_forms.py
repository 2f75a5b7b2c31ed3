"""The forms of tasks, as the page gets and sends them."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import httpx

from tests.ui.elements import Elements
from tests.ui.two_people import Web

PASTED = {"pasted.textes": "Le congé dure <seize> semaines."}


class Form:
    """A browser with the form of a page of Alice's."""

    def __init__(self, web: Web, http: httpx.AsyncClient, page: str) -> None:
        self.web, self.http, self.page = web, http, page

    async def send(self, name: str = "resume", **given: Any) -> httpx.Response:
        data = {"page": self.page, "version": "1"} | given
        return await self.http.post(f"/taches/{name}", data=data, headers=self.web.headers("alice"))

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers=self.web.headers("alice"))


async def test_tasks_are_listed_with_what_they_do(web: Web, http: httpx.AsyncClient) -> None:
    listed = await http.get("/taches", headers=web.headers("alice"))
    assert listed.status_code == 200
    assert listed.headers["Cache-Control"] == "no-store"
    assert listed.text.count("data-task=") == 7
    assert "Comparaison de deux versions" in listed.text


async def test_every_field_has_a_label_and_says_what_is_needed(web: Web, http: httpx.AsyncClient) -> None:
    for name in web.tasks.templates:
        _check_labels(await http.get(f"/taches/{name}?page=x", headers=web.headers("alice")))


def _check_labels(shown: httpx.Response) -> None:
    elements = Elements(shown.text)
    fields = [one for one in elements.of("input", "select", "textarea") if one.get("type") != "hidden"]
    assert {one["id"] for one in fields} == {label["for"] for label in elements.of("label")}
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    described = " ".join(str(one["aria-describedby"]) for _, one in elements.found if "aria-describedby" in one)
    assert set(described.split()) <= set(ids)
    assert "(obligatoire)" in shown.text
    assert all("style" not in attributes for _, attributes in elements.found)


async def test_a_task_that_is_filled_in_is_done_in_the_conversation(web: Web, http: httpx.AsyncClient) -> None:
    async with web.page("alice") as page:
        await page.begin()
        heard = len(page.heard)
        started = await Form(web, http, page.name).send(**PASTED)
        assert (started.status_code, started.text) == (200, "")
        await page.until("task_end", heard)
    said = str(page.heard[heard:])
    for part in ("first_interaction", "Résumé — Texte collé", "Partie 1 sur 3", "regenerate", "Le congé dure"):
        assert part in said
    kept = await http.get(
        "/project/thread/" + re.findall(r"'thread_id': '([0-9a-f-]+)'", said)[0], headers=web.headers("alice")
    )
    assert kept.json()["name"] == "Résumé — Texte collé"
    assert "seize semaines" in kept.text


async def test_what_does_not_fit_is_said_under_its_field_and_nothing_is_lost(web: Web, http: httpx.AsyncClient) -> None:
    async with web.page("alice") as page:
        await page.begin()
        given = {
            "value.objet": "",
            "value.elements": "a" * 2001 + "</textarea><b>",
            "value.destinataire": "M. <Durand>",
        }
        wrong = await Form(web, http, page.name).send("reponse-courrier", **given)
    assert wrong.status_code == 422
    elements = Elements(wrong.text)
    invalid = {one.get("id") for _, one in elements.found if one.get("aria-invalid")}
    assert {"field-objet", "field-elements", "pasted-courrier-0"} <= invalid
    assert "remplissez ce champ" in wrong.text
    assert "M. &lt;Durand&gt;" in wrong.text
    assert "&lt;/textarea&gt;&lt;b&gt;" in wrong.text
    assert web.tasks.asked == []


async def test_a_template_that_was_changed_meanwhile_is_shown_anew_with_what_was_typed(
    web: Web, http: httpx.AsyncClient
) -> None:
    tasks = web.tasks
    tasks.templates["resume"] = replace(tasks.templates["resume"], version=2)
    async with web.page("alice") as page:
        await page.begin()
        form = Form(web, http, page.name)
        changed = await form.send(**PASTED, **{"value.attention": "les durées"})
        assert changed.status_code == 422
        assert "a été modifiée depuis" in changed.text
        assert 'name="version" value="2"' in changed.text
        assert "Le congé dure &lt;seize&gt; semaines." in changed.text
        assert 'value="les durées"' in changed.text
        assert tasks.asked == []


async def test_personal_data_is_pointed_out_and_sent_only_after_a_yes(web: Web, http: httpx.AsyncClient) -> None:
    letter = {"pasted.textes": "Madame, mon téléphone est le 06 12 34 56 78."}
    async with web.page("alice") as page:
        await page.begin()
        form, heard = Form(web, http, page.name), len(page.heard)
        doubted = await form.send(**letter)
        assert doubted.status_code == 422
        assert "un numéro de téléphone" in doubted.text
        assert web.tasks.asked == []
        assert (await form.send(**letter, sure="1")).status_code == 200
        await page.until("task_end", heard)
    assert len(web.tasks.asked) == 1


async def test_a_page_at_work_takes_no_other_task_and_a_stopped_one_says_so(web: Web, http: httpx.AsyncClient) -> None:
    tasks = web.tasks
    tasks.hold = asyncio.Event()
    async with web.page("alice") as page:
        await page.begin()
        form, heard = Form(web, http, page.name), len(page.heard)
        assert (await form.send(**PASTED)).status_code == 200
        busy = await form.send(**PASTED)
        assert (busy.status_code, "Une réponse est en cours" in busy.text) == (409, True)
        assert "Le congé dure &lt;seize&gt; semaines." in busy.text
        await page.socket.emit("stop")
        await page.until("task_end", heard)
    assert "Réponse interrompue" in str(page.heard[heard:])


async def test_bad_requests_are_refused_in_french(web: Web, http: httpx.AsyncClient) -> None:
    headers = web.headers("alice")
    form = Form(web, http, "nulle-part")
    closed, unknown = await form.send(**PASTED), await form.send("inconnue", **PASTED)
    long = await http.post("/taches/resume", content=b"pasted.textes=" + b"a" * 2**22, headers=headers)
    bytes_ = await http.post("/taches/resume", content=b"pasted.textes=\xff", headers=headers)
    assert (closed.status_code, unknown.status_code, long.status_code, bytes_.status_code) == (404, 404, 422, 422)
    assert "rechargez-la" in closed.text
    assert "Le congé dure &lt;seize&gt; semaines." in closed.text
    assert "n’existe pas, ou n’est plus proposée" in unknown.text
    assert "Joignez le texte" in long.text
    foreign = {**headers, "Origin": "https://ailleurs.invalid"}
    assert (await http.post("/taches/resume", data=PASTED, headers=foreign)).status_code == 403
