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
    details = details | {"passages": identified(passages)} | narrowed(filters)
    return Event(Act.SEARCHED, principal, details, words(question, filters))


def words(question: str, filters: Filters) -> dict[str, str]:
    """What was typed: texts, kept apart."""
    typed = {"question": validate_question(question)}
    return typed | ({"authors": "\n".join(sorted(filters.authors))} if filters.authors else {})


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


def narrowed(filters: Filters) -> dict[str, Json]:
    """The filters that narrow something, as records say them; authors are words."""
    said: dict[str, Json] = {}
    if filters.kinds:
        said["kinds"] = [*sorted(filters.kinds)]
    if filters.signed_from:
        said["signed_from"] = filters.signed_from.isoformat()
    if filters.signed_until:
        said["signed_until"] = filters.signed_until.isoformat()
    return said
