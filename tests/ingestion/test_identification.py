"""What is guessed from the head of an administrative text, and what is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.document import Block, ParsedDocument
from ingestion.identification import identify
from retrieval.corpus import DocumentMetadata, TextKind
from tests.ingestion.heads import HEADS, NOTHING, day


def document(text: str, **stated: Any) -> ParsedDocument:
    """A document of which each line is a paragraph."""
    metadata = DocumentMetadata(**{"title": "document-42"} | stated)
    return ParsedDocument(metadata, tuple(Block(line) for line in text.split("\n") if line))


def guessed(text: str, **stated: Any) -> dict[str, Any]:
    """All that is guessed."""
    metadata = identify(document(text, **stated))
    return {name: getattr(metadata, name) for name in metadata.guessed}


@pytest.mark.parametrize(("text", "expected"), HEADS.values(), ids=HEADS)
def test_what_a_head_says_is_guessed(text: str, expected: dict[str, Any]) -> None:
    assert guessed(text) == expected


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_no_guess_is_made_from(text: str) -> None:
    assert guessed(text) == {}


ORDER = "Arrêté du 12 mars 2024 fixant la liste des actes\nNOR : SSAS2407654A\nVu le code ;\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "Les dispositions de l’article 3 du présent arrêté entrent en vigueur le 1er avril 2024.",
        "Le décret n° 2024-12 du 3 mars 2024 entre en vigueur le 1er avril 2024.",
        "L’article 4 de l’arrêté n° 2010-12 est abrogé.",
        "Une instruction sera abrogée le 1er avril 2024, si besoin.",
        "Le présent arrêté entre en vigueur le lendemain de sa publication.",
        "L’arrêté du 3 mai 2010 est abrogé.",  # it has no number
        "Le présent arrêté modifie l’arrêté n° 2010-12.",
    ],
)
def test_what_is_said_of_something_else_is_not_taken_for_the_text_itself(sentence: str) -> None:
    assert guessed(ORDER + sentence).keys() == {"kind", "number", "signed_on"}


def test_two_days_of_entry_into_force_are_none() -> None:
    twice = ORDER + "Le présent arrêté entre en vigueur le 1er avril 2024.\nDate d’application : 1er mai 2024"
    assert "in_force_from" not in guessed(twice)


def test_a_nor_that_contradicts_the_heading_leaves_the_kind_open() -> None:
    assert guessed("Décret n° 2023-42 du 1er février 2023 relatif aux congés\nNOR : SSAH2301234A") == {
        "number": "SSAH2301234A"
    }


def test_what_the_file_states_is_not_guessed() -> None:
    stated: dict[str, Any] = {"kind": TextKind.NOTE, "signed_on": day("2024-03-13"), "url": "https://exemple.test/1"}
    metadata = identify(document(ORDER, **stated))
    assert metadata == DocumentMetadata(
        title="document-42", **stated, number="SSAS2407654A", guessed=frozenset({"number"})
    )


def test_a_title_says_what_the_text_is() -> None:
    assert guessed("Article 1er", title="Décret n°2023-42 du 1er février 2023 portant création") == {
        "kind": TextKind.DECRET,
        "number": "2023-42",
        "signed_on": day("2023-02-01"),
    }


def test_only_the_first_page_is_the_head() -> None:
    cover = Block("Recueil de textes", page=1), Block("Arrêté du 12 mars 2024 fixant", page=2), Block("Vu", page=2)
    assert identify(ParsedDocument(DocumentMetadata("Recueil"), cover)).guessed == frozenset()


words = st.sampled_from(
    ["Circulaire ", "n° A/1 ", "du ", "1er mars 2023", "\n", "Vu ", "NOR : SSAH2301234D", "Le présent ", "abrogé le "]
)


@given(st.lists(words | st.text(max_size=5)).map("".join))
def test_any_text_is_read_without_an_error(text: str) -> None:
    before = document(text)
    after = identify(before)
    assert isinstance(after.guessed, frozenset)
    assert after.title == before.metadata.title
    assert all(getattr(after, name) for name in after.guessed)
