"""In which texts a search looks: what the policy permits, what applies on a day, and what a person asks for."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from retrieval.corpus import TextKind
from retrieval.errors import PeriodReversed


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person narrows a search to; an empty field narrows nothing.

    A text is found whose kind is one of `kinds`, whose author is one of `authors` (case, accents and blanks make
    no difference, see `retrieval.names.folded`) and which was signed on a day from `signed_from` to `signed_until`,
    both included; a text of which that is not known is left out where it is asked for. Raises `PeriodReversed`.
    """

    kinds: frozenset[TextKind] = frozenset()
    authors: frozenset[str] = frozenset()
    signed_from: dt.date | None = None
    signed_until: dt.date | None = None

    def __post_init__(self) -> None:
        if self.signed_from and self.signed_until and self.signed_from > self.signed_until:
            raise PeriodReversed(self.signed_from, self.signed_until)


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Within:
    """The chunks of these collections, and no others: none where there is no collection.

    With `on`, only those of texts that are in force on that day (`DocumentMetadata.in_force`). `without`: but for these
    documents of that collection.
    """

    collections: frozenset[UUID]
    on: dt.date | None = None
    filters: Filters = EVERYTHING
    without: tuple[UUID, frozenset[str]] | None = None
