"""The search page: what it shows, what it refuses, and that a search is recorded without its words."""

import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from inline_snapshot import snapshot

from policies import PostgresLedger, Principal
from retrieval import Collection, FacetCounts, Search, TextKind
from retrieval.search import today
from tests.retrieval.small_corpus import Corpus
from tests.ui.elements import Elements
from ui.chat.passage_links import PassageLinks
from ui.identity import Caller, LocalIdentity
from ui.pages import Notice
from ui.search_form import PAGE, PAGES
from ui.search_page import PATH, SearchServices, search_router
from ui.text_search import TextSearch

LEAVE = {
    "maternité": "Avant.\nLe congé de <maternité> dure seize semaines.\nAprès.",
    "paternité": "Le congé de paternité et d'accueil de l'enfant dure vingt-cinq jours.",
}
CIRCULAR: dict[str, Any] = {"kind": TextKind.CIRCULAIRE, "author": "Bureau <b>", "signed_on": dt.date(2023, 3, 1)}
QUESTION = "Combien dure le congé de maternité ?"


@pytest.fixture
async def page(corpus: Corpus, search: Search, agent: Principal) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the page, which a proxy shows below a path."""
    texts = TextSearch(search, FacetCounts(corpus.pool, search))
    notice = Notice("essai", demonstration=False, local=False, root="/assistant")
    app = FastAPI()
    services = SearchServices(Caller(LocalIdentity(agent)), texts, PassageLinks(b"tests", "/assistant"), notice)
    app.include_router(search_router(services))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://essai") as client:
        yield client


@pytest.fixture
async def leave(corpus: Corpus) -> Collection:
    """A collection of two texts, one of which is a circular."""
    collection = await corpus.collection("Santé", LEAVE)
    async with corpus.pool.connection() as connection:
        document = await corpus.catalog.correct(connection, collection.id, "paternité", CIRCULAR)
    await corpus.index.describe(collection.id, "paternité", document.metadata)
    return collection


async def records(corpus: Corpus) -> list[dict[str, Any]]:
    async with corpus.pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


@pytest.mark.usefixtures("leave")
async def test_texts_are_shown_with_their_words_marked_and_their_reasons(page: httpx.AsyncClient) -> None:
    answer = await page.post(PATH, data={"question": QUESTION})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for part in (
        "Le <mark>congé</mark> de &lt;<mark>maternité</mark>&gt; <mark>dure</mark> seize semaines.",
        "mots de la question\u202f: congé, maternité, dure",
        "sens ",
        '<p class="text">Avant.</p>',
        '<p class="text">Après.</p>',
        "Signé le <time",
        "Bureau &lt;b&gt;",
        "2 textes",
        "en vigueur le",
    ):
        assert part in answer.text, part
    links = [str(link["href"]) for link in Elements(answer.text).of("a") if "/passage?" in str(link["href"])]
    assert len(links) == 2


@pytest.mark.usefixtures("leave")
async def test_a_search_is_recorded_before_it_is_shown_and_without_its_words(
    page: httpx.AsyncClient, corpus: Corpus
) -> None:
    await page.get(PATH)
    assert await records(corpus) == []
    await page.post(PATH, data={"question": QUESTION, "kind": "circulaire", "author": "bureau <B>"})
    (record,) = await records(corpus)
    assert (record["act"], record["details"]["kinds"], record["details"]["context"]) == (
        "search.done",
        ["circulaire"],
        3,
    )
    assert "maternité ?" not in json.dumps(record, ensure_ascii=False)
    assert "ureau" not in json.dumps(record)


@pytest.mark.usefixtures("leave")
async def test_filters_show_their_counts_and_stay_chosen(page: httpx.AsyncClient) -> None:
    empty = await page.get(PATH)
    assert "2 documents à consulter" in empty.text
    narrowed = await page.post(PATH, data={"question": "congé", "kind": "circulaire", "collection": "Santé"})
    boxes = {str(box["value"]): "checked" in box for box in Elements(narrowed.text).of("input") if "value" in box}
    assert (boxes["circulaire"], boxes["Santé"], boxes["Bureau <b>"]) == (True, True, False)
    assert "1 document sous ces filtres" in narrowed.text
    assert "<title>1 texte " in narrowed.text
    nothing = await page.post(PATH, data={"question": "congé", "kind": "loi"})
    assert "Aucun texte trouvé" in nothing.text
    assert "checked" in {
        name for box in Elements(nothing.text).of("input") if box.get("value") == "loi" for name in box
    }
    cleared = await page.post(PATH, data={"question": "congé", "kind": "loi", "clear": "1"})
    assert "2 textes" in cleared.text


@pytest.mark.usefixtures("leave")
async def test_a_year_stands_for_the_period_of_its_days(page: httpx.AsyncClient) -> None:
    year = await page.post(PATH, data={"question": "congé", "year": "2023"})
    days = {str(field["id"]): field["value"] for field in Elements(year.text).of("input") if field["type"] == "date"}
    assert days == {"signed_from": "2023-01-01", "signed_until": "2023-12-31", "on": ""}
    assert "<title>1 texte " in year.text


async def test_pages_are_turned_and_each_text_stands_once(page: httpx.AsyncClient, corpus: Corpus) -> None:
    await corpus.collection("Santé", {f"t{n}": f"Le congé numéro {n}." for n in range(PAGE + 3)})
    first = await page.post(PATH, data={"question": "congé"})
    second = await page.post(PATH, data={"question": "congé", "page": "2"})
    shown = [
        {str(link["href"]) for link in Elements(answer.text).of("a") if "/passage?" in str(link["href"])}
        for answer in (first, second)
    ]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (PAGE, 3, set())
    assert 'start="11"' in second.text
    assert "Page suivante" in first.text
    assert "Page suivante" not in second.text


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({}, "La question est vide"),
        ({"question": " .*$ "}, "La question est vide"),
        ({"question": "é" * 50_000}, "50000"),
        ({"question": "congé", "kind": "roman"}, "« roman » n’est pas une nature de texte. Au choix : loi"),
        ({"question": "congé", "on": "2023-02-30"}, "« 2023-02-30 » n’est pas un jour"),
        ({"question": "congé", "year": "20x3"}, "« 20x3 » n’est pas une année"),
        ({"question": "congé", "page": str(PAGES + 1)}, "Cette page n’existe pas"),
        ({"question": "congé", "page": "-1"}, "Cette page n’existe pas"),
        ({"question": "congé", "signed_from": "2024-01-02", "signed_until": "2024-01-01"}, "finit avant"),
        ({"question": "congé", "kind": ["loi"] * 600}, "Rechargez-la"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_bad_input_is_told_on_the_page_which_keeps_what_was_typed(
    page: httpx.AsyncClient, form: dict[str, Any], problem: str
) -> None:
    answer = await page.post(PATH, data=form)
    assert answer.status_code == 422
    assert problem in answer.text
    assert 'role="alert"' in answer.text
    if "Rechargez" not in problem and "question" in form and "année" not in problem and "page" not in problem:
        fields = Elements(answer.text).of("input")
        assert next(field["value"] for field in fields if field["id"] == "question") == form["question"].strip()


async def test_a_collection_that_is_shut_and_a_body_without_end_are_refused(
    page: httpx.AsyncClient, corpus: Corpus
) -> None:
    await corpus.collection("Réservée", {"x": "congé"}, readers=frozenset({"/Cabinet"}))
    shut = await page.post(PATH, data={"question": "congé", "collection": "Réservée"})
    unknown = await page.post(PATH, data={"question": "congé", "collection": "Inconnue"})
    assert (shut.status_code, unknown.status_code) == (404, 404)
    assert shut.text.replace("Réservée", "Inconnue") == unknown.text
    assert "Réservée" not in (await page.get(PATH)).text
    assert (await page.post(PATH, content=b"question=" + b"a" * 2**21)).status_code == 413
    assert (await page.post(PATH, content=b"question=\xff")).status_code == 422


@pytest.mark.usefixtures("leave")
@pytest.mark.parametrize("question", ["est-ce que de la", "congé\x00\x07 <script>", "(maternité|congé).*+?[a-z]{3}"])
async def test_odd_questions_are_answered_and_shown_as_they_were_typed(page: httpx.AsyncClient, question: str) -> None:
    answer = await page.post(PATH, data={"question": question})
    assert answer.status_code == 200
    assert "2 textes" in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")


@pytest.mark.usefixtures("leave")
async def test_every_field_has_a_label_and_nothing_is_written_into_the_address(page: httpx.AsyncClient) -> None:
    answer = await page.post(PATH, data={"question": QUESTION})
    elements = Elements(answer.text)
    labels = {label["for"] for label in elements.of("label")}
    assert {field["id"] for field in elements.of("input")} == labels
    assert [form["method"] for form in elements.of("form")] == ["post"]
    assert all("style" not in attributes for _, attributes in elements.found)
    assert all("src" in script for script in elements.of("script"))
    assert "maternit" not in "".join(
        str(link["href"]) for link in elements.of("a") if "/passage?" not in str(link["href"])
    )
    assert elements.of("html") == [{"lang": "fr"}]
    addresses = [each.get("href") or each.get("src") or each.get("action") for _, each in elements.found]
    assert all(str(one).startswith(("/assistant/", "#")) for one in addresses if one)


async def test_what_is_in_force_depends_on_the_day(page: httpx.AsyncClient, corpus: Corpus, leave: Collection) -> None:
    yesterday = today() - dt.timedelta(1)
    async with corpus.pool.connection() as connection:
        known = await corpus.catalog.correct(connection, leave.id, "maternité", {"repealed_on": today()})
    await corpus.index.describe(leave.id, "maternité", known.metadata)
    assert replace(known.metadata, repealed_on=None).in_force(today())
    now = await page.post(PATH, data={"question": QUESTION})
    before = await page.post(PATH, data={"question": QUESTION, "on": yesterday.isoformat()})
    assert ("<title>1 texte " in now.text, "2 textes" in before.text) == (True, True)


async def test_a_text_that_is_named_by_its_number_says_so(
    page: httpx.AsyncClient, corpus: Corpus, leave: Collection
) -> None:
    async with corpus.pool.connection() as connection:
        known = await corpus.catalog.correct(connection, leave.id, "paternité", {"number": "SSAH2012345A"})
    await corpus.index.describe(leave.id, "paternité", known.metadata)
    answer = await page.post(PATH, data={"question": "NOR SSAH2012345A"})
    assert answer.text.count("texte demandé par sa référence") == 1


async def test_a_text_reads_from_its_title_to_its_reasons(page: httpx.AsyncClient, corpus: Corpus) -> None:
    await corpus.collection("Santé", {"maternité": LEAVE["maternité"]})
    answer = await page.post(PATH, data={"question": "congé de maternité"})
    article = answer.text[answer.text.index("<article") : answer.text.index("</article>")]
    shown = [line.strip() for line in re.sub(r"<[^>]+>", "", article).split("\n") if line.strip()]
    assert shown == snapshot(
        [
            "maternité (nouvel onglet)",
            "Santé",
            "En vigueur (dates d’effet non précisées)",
            "Le congé de &lt;maternité&gt; dure seize semaines.",
            "Pourquoi ce texte mots de la question\u202f: congé, maternité\u202f; sens très proche",
            "Lire ce qui précède et ce qui suit",
            "Avant.",
            "Le congé de &lt;maternité&gt; dure seize semaines.",
            "Après.",
        ]
    )
