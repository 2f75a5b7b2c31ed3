"""What is said when the documents do not carry an answer."""

import pytest

from assistant.refusal import refusal
from retrieval.corpus import Passage


@pytest.mark.parametrize(
    ("searched", "named"),
    [
        (["Notes"], "(collection « Notes »)"),
        (["Notes", "Droit"], "(collections « Notes » et « Droit »)"),
        (["A", "B", "C"], "(collections « A », « B » et « C »)"),
        ([f"C{n}" for n in range(1, 31)], "(30 collections, dont « C1 », « C2 » et « C3 »)"),
    ],
)
def test_what_was_searched_is_named_and_many_collections_are_counted(searched: list[str], named: str) -> None:
    assert refusal(searched, []) == f"Les documents consultés {named} ne permettent pas de répondre à cette question."


def test_the_nearest_documents_are_named_once_each(leave: Passage, card: Passage) -> None:
    nearest = "Documents les plus proches : « Congé sans solde » ; « Carte de stationnement »."
    assert refusal(["Aide"], [leave, leave, card]).endswith(nearest)


def test_who_may_read_nothing_is_told_so() -> None:
    assert "Aucune collection" in refusal([], [])
