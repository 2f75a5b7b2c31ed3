"""The golden questions measure refusals too, as far as the search decides them before a model is asked."""

from dataclasses import replace

import pytest

from ingestion.publication.errors import FiguresFell
from ingestion.publication.gate import Refusing
from retrieval.results import Found
from tests.ingestion.publication.conftest import EVERYBODY, Question, Shelf, asking

# One that documents answer, and one that nothing does.
ANSWERED = Question("a", "Après quoi ?", frozenset({"changed"}))
UNANSWERED = Question("u", "Que dit le document secret ?", frozenset())


def where_said(text: str, decision: bool | None, otherwise: bool | None) -> Refusing:
    """Decides so where a passage has the text, and otherwise where none has."""

    def decides(found: Found) -> bool | None:
        return decision if any(text in one.chunk.text for one in found.passages) else otherwise

    return Refusing(decides, 8)


async def test_a_question_to_refuse_that_would_no_longer_be_refused_blocks(shelf: Shelf) -> None:
    shelf = asking(shelf, ANSWERED, UNANSWERED, refusing=where_said("secret", False, True))
    await shelf.receive(new="Un document secret.", changed="Après.")
    change = await shelf.submit()
    figures = await shelf.measure()
    assert (figures.questions, figures.unanswerable, figures.undecided) == (1, 1, 0)
    assert (figures.before["refused"], figures.after["refused"]) == (1.0, 0.0)
    assert (figures.before["wrongly_refused"], figures.after["wrongly_refused"]) == (1.0, 0.0)
    assert figures.fallen == ("refused",)
    with pytest.raises(FiguresFell, match="refused"):
        await shelf.publication.publish(shelf.keeper, shelf.collection.id, EVERYBODY, change)


async def test_a_question_that_would_be_refused_wrongly_blocks(shelf: Shelf) -> None:
    shelf = asking(shelf, ANSWERED, refusing=where_said("Piège", True, False))
    await shelf.receive(changed="Piège.")
    await shelf.submit()
    assert "wrongly_refused" in (await shelf.measure()).fallen


async def test_what_the_search_leaves_to_the_model_is_counted_and_blocks_nothing(shelf: Shelf) -> None:
    shelf = asking(shelf, replace(ANSWERED, question="Avant quoi ?"), UNANSWERED, refusing=where_said("x", None, None))
    await shelf.receive(new="Un document secret.")
    await shelf.submit()
    figures = await shelf.measure()
    assert (figures.undecided, "refused" in figures.after, figures.fallen) == (2, False, ())
    shown = await shelf.publication.overview(shelf.keeper, shelf.collection.id)
    assert shown.figures == figures
