"""The register's page: what it shows, what it is narrowed to, and that each look is recorded before it."""

from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import Act
from tests.ui.elements import Elements
from tests.ui.review.conftest import DENIS, JEAN, NAMES, Review
from ui.errors import RequestMalformed
from ui.review.filter_form import FilterForm
from ui.review.words import ACTS

EXCHANGE = str(UUID(int=7))


async def _answered(review: Review, document: str = "note.pdf") -> str:
    """A question with its answer about that document; gives its collection."""
    collection = await review.collection("Notes <b>")
    passage = {"collection_id": str(collection.id), "document_id": document, "version": 1}
    await review.did(Act.QUESTION_ASKED, content="Combien ?", answer_id=EXCHANGE, passages=[passage], decision="answer")
    await review.did(Act.ANSWER_GIVEN, answer_id=EXCHANGE, cited=[passage], refused=False, unsupported=1)
    return str(collection.id)


def test_every_act_has_a_french_name() -> None:
    assert {act.value for act in Act} == ACTS.keys()


async def test_acts_are_shown_from_the_newest_on_under_pseudonyms(review: Review) -> None:
    await _answered(review)
    page = await review.get("")
    who = review.auditing.pseudonyms.of(JEAN.subject)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.text.index("Réponse donnée</td>") < page.text.index("Question posée</td>")
    assert page.text.count(f'href="/a/audit?who={who}"') == 2
    assert "Phrases non confirmées</span>" in page.text
    assert not any(name in page.text for name in NAMES)


async def test_a_look_is_recorded_with_its_filters_before_the_page_and_its_words_as_a_hash(review: Review) -> None:
    collection = await _answered(review)
    await review.send("", collection=collection, words="Congé secret", since="2026-01-02")
    act, details = (await review.acts())[-1]
    told = {"collection": collection, "since": "2026-01-02", "words": 2}
    assert (act, details) == (Act.REVIEW_OPENED, {"page": "register", "filters": told, "entries": 0})
    assert "secret" not in str(await review.acts())


async def test_without_a_ledger_nothing_is_shown(review: Review) -> None:
    await _answered(review)
    await review.did(Act.SIGNED_IN)
    review.ledger.broken = True
    for page in (await review.get(""), await review.get("/enregistrements/0"), await review.get("/usage")):
        assert page.status_code == 503
        assert "sans lui, rien n’est fait" in page.text
        assert "Question posée" not in page.text


@pytest.mark.parametrize(
    "words",
    [
        "'; drop table review_record; --",
        "' or 1=1 --",
        "<script>alert(1)</script>",
        "%zz_\\",
        "\x00\x07été",
        "{{70*70}}",
    ],
)
async def test_filters_with_sql_and_html_are_words_like_others(review: Review, words: str) -> None:
    await _answered(review)
    for fields in ({"words": words}, {"document": words}):
        page = await review.send("", **fields)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "4900" not in page.text
        assert "Réponse donnée</td>" not in page.text
    assert "Réponse donnée</td>" in (await review.get("")).text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"since": "2026-03-02", "until": "2026-03-01"}, "La période finit avant de commencer"),
        ({"since": "31/02/2026"}, "n’est pas un jour"),
        ({"who": "Jean Dupont"}, "Les noms ne se cherchent pas ici"),
        ({"act": "tout"}, "n’est pas un acte"),
        ({"collection": "' or 1=1"}, "n’est pas l’identifiant d’une collection"),
        ({"flag": "x"}, "Choisissez dans la liste"),
        ({"words": "a" * 201}, "dépasse 200 caractères"),
        ({"words": "%_ é"}, "n’a pas de mot"),
        ({"before": "1e9"}, "n’est pas le numéro"),
        ({"before": "9" * 400}, "n’est pas le numéro"),
    ],
)
async def test_what_cannot_be_looked_for_is_told_and_stays_in_the_form(
    review: Review, fields: dict[str, str], sentence: str
) -> None:
    await _answered(review)
    page = await review.send("", **fields)
    assert page.status_code == 422
    assert sentence in page.text
    assert 'role="alert"' in page.text
    assert "Réponse donnée</td>" not in page.text
    if "who" in fields:
        assert next(one["value"] for one in Elements(page.text).of("input") if one.get("id") == "who") == "Jean Dupont"


async def test_an_address_holds_no_words_and_no_document(review: Review) -> None:
    collection = await _answered(review, document="dossier-martin.pdf")
    for query in ("?words=martin", "?document=dossier-martin.pdf"):
        page = await review.get(query)
        assert page.status_code == 422
        assert "remplissez le formulaire" in page.text
    page = await review.send("", document="dossier-martin.pdf", collection=collection, words="")
    assert page.text.count("dossier-martin.pdf") >= 2
    addresses = [each.get(name) or "" for _, each in Elements(page.text).found for name in ("href", "action")]
    assert not any("martin" in address for address in addresses)


async def test_older_acts_come_page_by_page(review: Review) -> None:
    for _ in range(52):
        await review.did(Act.SIGNED_IN)
    first = await review.send("", act=Act.SIGNED_IN)
    [before] = [one["value"] for one in Elements(first.text).of("input") if one.get("name") == "before"]
    assert before == "2"
    second = await review.send("", act=Act.SIGNED_IN, before=before)
    assert second.text.count("Connexion</td>") == 2
    assert "Plus anciens" not in second.text
    third = await review.send("", act=Act.SIGNED_IN, before="0")
    assert "Aucun acte plus ancien" in third.text


async def test_a_family_of_acts_is_a_filter(review: Review) -> None:
    await _answered(review)
    await review.did(Act.SIGNED_IN)
    page = await review.send("", act="Questions et réponses")
    assert ("Question posée</td>" in page.text, "Connexion</td>" in page.text) == (True, False)


async def test_a_search_is_kept_opened_again_and_forgotten_and_is_nobody_elses(review: Review) -> None:
    collection = await _answered(review)
    kept = await review.send("/recherches", name="Nos  <notes>", collection=collection, words="note")
    assert "« Nos &lt;notes&gt; » est gardée" in kept.text.replace("\u202f", " ")
    [address] = [one["action"] for one in Elements(kept.text).of("form") if str(one["action"]).endswith("suppression")]
    one = str(address).removeprefix("/a/audit").removesuffix("/suppression")
    opened = await review.send(one)
    assert opened.status_code == 200
    assert 'value="note"' in opened.text
    review.reader = DENIS
    assert "Nos &lt;notes&gt;" not in (await review.get("")).text
    assert (await review.send(one)).status_code == (await review.send(f"{one}/suppression")).status_code == 404
    review.reader = review.reader.__class__("s-claire", "claire", frozenset(), DENIS.roles)
    assert "est supprimée" in (await review.send(f"{one}/suppression")).text
    acts = [act for act, _ in await review.acts()]
    assert acts.count(Act.SEARCH_SAVED) == acts.count(Act.SEARCH_FORGOTTEN) == 1
    assert "notes>" not in str(await review.acts())


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "x" * 81}, {"name": "Notes", "since": "hier"}])
async def test_a_search_without_a_name_or_with_wrong_filters_is_not_kept(
    review: Review, fields: dict[str, str]
) -> None:
    page = await review.send("/recherches", **fields)
    assert page.status_code == 422
    assert "Recherches gardées (0)" in page.text


async def test_every_field_has_a_label_and_no_page_has_inline_code(review: Review) -> None:
    await _answered(review)
    for page in (await review.get(""), await review.get("/usage"), await review.get("/document")):
        elements = Elements(page.text)
        labels = {label["for"] for label in elements.of("label")}
        fields = [*elements.of("input"), *elements.of("select")]
        assert {field["id"] for field in fields if field.get("type") != "hidden"} == labels
        assert all("style" not in attributes for _, attributes in elements.found)
        assert all("src" in script for script in elements.of("script"))
        assert not any(name.startswith("on") for _, each in elements.found for name in each)


@given(st.lists(st.tuples(st.sampled_from(sorted(FilterForm.__dataclass_fields__)), st.text(max_size=30)), max_size=9))
def test_whatever_is_typed_gives_filters_or_a_sentence(pairs: list[tuple[str, str]]) -> None:
    form = FilterForm.of_pairs(pairs)
    with suppress(RequestMalformed):
        form.filters()
        form.before_index()
        assert FilterForm.of_pairs(form.filled.items()) == form.turned(None)
