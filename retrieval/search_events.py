"""What the ledger keeps of a search: what was looked in and given; the words are texts, kept apart and erasable."""

from collections.abc import Iterable, Sequence

from policies.access import Action
from policies.audit.event import Act, Event, Json
from policies.principal import Principal
from retrieval.corpus import Collection, Passage
from retrieval.question import validate_question
from retrieval.within import Filters


def searched(
    principal: Principal,
    question: str,
    passages: tuple[Passage, ...],
    details: dict[str, Json],
    filters: Filters,
) -> Event:
    """That these passages were given; `details` says how they were found."""
    words = {"question": validate_question(question)}
    if filters.authors:
        words["authors"] = "\n".join(sorted(filters.authors))
    return Event(Act.SEARCHED, principal, details | {"passages": identified(passages)} | _narrowed(filters), words)


def identified(passages: Iterable[Passage]) -> list[Json]:
    """Which passages were given, as records say them."""
    return [
        {
            "collection_id": str(passage.collection_id),
            "document_id": passage.document_id,
            "version": passage.version,
            "chunk": passage.chunk.ordinal,
            "score": passage.score,
        }
        for passage in passages
    ]


def refusal(principal: Principal, collection: Collection, rules: Sequence[str]) -> Event:
    """That somebody named a collection that they may not read, and the rules that decided so."""
    details: dict[str, Json] = {
        "action": Action.READ.value,
        "collection_id": str(collection.id),
        "rules": [*rules],
    }
    return Event(Act.REFUSED, principal, details)


def _narrowed(filters: Filters) -> dict[str, Json]:
    """The filters that narrow something."""
    narrowed: dict[str, Json] = {}
    if filters.kinds:
        narrowed["kinds"] = [*sorted(filters.kinds)]
    if filters.signed_from:
        narrowed["signed_from"] = filters.signed_from.isoformat()
    if filters.signed_until:
        narrowed["signed_until"] = filters.signed_until.isoformat()
    return narrowed
