"""Where one search looks, and what may help it to understand the question."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.corpus import Collection
from retrieval.within import EVERYTHING, Filters, Within


@dataclass(frozen=True, slots=True)
class Scope:
    """`within` is what the person has chosen, `readable` all that they may read, on the same day."""

    within: Within
    readable: Within

    @classmethod
    def of(
        cls,
        collections: Sequence[Collection],
        readable: Sequence[Collection],
        on: dt.date,
        filters: Filters = EVERYTHING,
    ) -> "Scope":
        """Of collections that the policy permits."""
        ids = frozenset(collection.id for collection in collections)
        return cls(Within(ids, on, filters), Within(frozenset(collection.id for collection in readable), on))
