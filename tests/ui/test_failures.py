"""The table of errors: each has a row, and none tells more than it should."""

from collections.abc import Iterator

import psycopg
import pytest

from assistant.errors import AssistantError
from ingestion.errors import IngestionError
from policies.errors import LedgerUnavailable, PolicyError
from retrieval.errors import CollectionNotFound, RetrievalError
from ui.errors import UiError
from ui.failures import EXPECTED, TABLE, failure_of


def _family(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)


ALL = [
    kind
    for root in (AssistantError, IngestionError, PolicyError, RetrievalError, UiError, psycopg.Error)
    for kind in _family(root)
]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_has_a_row(kind: type[Exception]) -> None:
    assert issubclass(kind, EXPECTED)


def test_no_row_hides_a_later_one() -> None:
    kinds = [kind for kind, _, _ in TABLE]
    assert not [(one, later) for n, one in enumerate(kinds) for later in kinds[n + 1 :] if issubclass(later, one)]


def test_people_read_the_words_of_an_error_that_is_for_them() -> None:
    failure = failure_of(CollectionNotFound("Paie"))
    assert failure.status == 404
    assert "Paie" in failure.message


@pytest.mark.parametrize(
    ("kind", "status"), [(psycopg.OperationalError, 503), (LedgerUnavailable, 503), (ValueError, 500)]
)
def test_words_that_are_not_for_people_stay_inside(kind: type[Exception], status: int) -> None:
    failure = failure_of(kind("host=db password=secret"))
    assert failure.status == status
    assert "secret" not in failure.message
