"""What guardrails found in a text, as the catalogue keeps it and as the ledger may have it."""

from collections.abc import Iterable
from typing import Any

from policies.audit.event import Json
from policies.guardrails import Concern, Tally


def tallies(kept: Iterable[Any]) -> tuple[Tally, ...]:
    """From the catalogue."""
    return tuple(
        Tally(Concern(one["concern"]), one["what"], one["count"], tuple((start, end) for start, end in one["places"]))
        for one in kept
    )


def tallies_json(found: Iterable[Tally]) -> list[Any]:
    """For the catalogue."""
    return [
        {
            "concern": one.concern.value,
            "what": one.what,
            "count": one.count,
            "places": [list(span) for span in one.places],
        }
        for one in found
    ]


def counts(found: Iterable[Tally]) -> list[Json]:
    """Kinds and counts alone, for the ledger."""
    return [{"concern": one.concern.value, "what": one.what, "count": one.count} for one in found]
