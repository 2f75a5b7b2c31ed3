"""A passage is quoted as a letter of the administration quotes it."""

import datetime as dt
from uuid import UUID

import pytest

from assistant.conversation import Source
from retrieval.corpus import DocumentMetadata
from ui.chat.quotation import quoted, reference


def _source(page: int | None = None, *headings: str) -> Source:
    return Source(UUID(int=1), "Droit", "a.pdf", 2, "", headings, page, 0, 9)


REFERENCES = [
    (DocumentMetadata(""), _source(), "a.pdf, version 2"),
    (
        DocumentMetadata("Code de la sécurité sociale", in_force_from=dt.date(2024, 1, 1)),
        _source(4, "Livre Ier", "Article L. 162-5-3"),
        "Code de la sécurité sociale, article L. 162-5-3, 1er janvier 2024, version 2",
    ),
    (
        DocumentMetadata("Circulaire sur les congés", number="DGOS/RH4/2023/12", signed_on=dt.date(2023, 3, 2)),
        _source(7, "Durée"),
        "Circulaire sur les congés, n°\u00a0DGOS/RH4/2023/12, page 7, 2 mars 2023, version 2",
    ),
    (
        DocumentMetadata("Décret n° 2021-12", number="2021-12"),
        _source(None, "Durée"),
        "Décret n° 2021-12, «\u202fDurée\u202f», version 2",
    ),
]


@pytest.mark.parametrize(("metadata", "source", "said"), REFERENCES)
def test_a_reference_says_what_is_known(metadata: DocumentMetadata, source: Source, said: str) -> None:
    assert reference(metadata, source) == said


def test_quotation_marks_within_a_quotation_are_english() -> None:
    assert quoted(" Le «\u202fguichet unique\u202f» répond. ") == "«\u202fLe “guichet unique” répond.\u202f»"
