"""Searching for texts rather than an answer, as the command line and the search page do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policies.principal import Principal
from retrieval.facets import FacetCounts, Facets
from retrieval.reasons import Reasons, explained
from retrieval.results import Found
from retrieval.search import Search
from ui.reasons import changed
from ui.wire import TextSearchRequest, facets_json, found_json, reasons_json


@dataclass(frozen=True, slots=True)
class Texts:
    """What was found; the reasons of each passage, and facets, where they were asked for."""

    found: Found
    reasons: Sequence[Reasons]
    facets: Facets | None


@dataclass(frozen=True, slots=True)
class TextSearch:
    """Search with its reasons and its facets."""

    search: Search
    counts: FacetCounts

    async def find(self, person: Principal, asked: TextSearchRequest) -> Texts:
        """Recorded before it is given back. Raises as `Search.search` does, and `PeriodReversed`."""
        filters = asked.filters
        found = await self.search.search(
            person, asked.question, asked.collections, asked.k, asked.on, filters=filters, context=asked.context
        )
        words = " ".join([asked.question, *(change.meant for change in found.changes)])
        reasons = [
            explained(passage, words, "" if found.by_words_alone else found.embedding, self.search.sparse)
            for passage in found.passages
            if asked.explain
        ]
        facets = await self.counts.of(person, found.on, asked.collections, filters) if asked.facets else None
        return Texts(found, reasons, facets)


def texts_json(texts: Texts) -> dict[str, Any]:
    """The same as `search --json` gives it: `why` stands in each passage."""
    shown = found_json(texts.found)
    for passage, reasons in zip(shown["passages"], texts.reasons, strict=False):
        passage["why"] = reasons_json(reasons)
    shown["changed"] = changed(texts.found.changes)
    return shown if texts.facets is None else shown | {"facets": facets_json(texts.facets)}
