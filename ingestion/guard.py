"""What becomes of documents in which the guardrails found something, by their collection's rule.

1. Refused: the document fails, with a reason that names what it is; its text is not kept.
2. Quarantined: nothing of it, older versions included, is in the index; a person decides.
3. What a person let through passes without being asked about again, what a person refused stays refused: for that
   very content. A rule to refuse is stronger than an earlier release.
4. The rest is taken, with what was found beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from psycopg import AsyncConnection

from ingestion.batch import Read, failed
from ingestion.errors import TextRefused
from ingestion.inspection import Inspection
from policies import Response, Responses
from retrieval.index import Index
from retrieval.quarantine import REFUSED
from retrieval.quarantine_table import Choice, Holding, QuarantineTable

NOT_TAKEN = (
    "le document contient {}, ce que la collection n’accepte pas. Versez une version qui n’en contient pas, "
    "ou demandez à son gestionnaire d’en changer la règle."
)
NOT_ATTACHED = (
    "le document contient {}, ce qui ne peut pas être joint à une conversation. Joignez une version qui n’en contient "
    "pas, ou demandez à un gestionnaire de verser ce document dans une collection."
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Documents of one batch by what becomes of them; those refused have their failure."""

    taken: list[Read] = field(default_factory=list)
    held: list[Read] = field(default_factory=list)
    refused: list[Read] = field(default_factory=list)


async def judge(connection: AsyncConnection, table: QuarantineTable, read: Sequence[Read]) -> Judged:
    """What becomes of documents of one collection that were read without a failure."""
    judged = Judged()
    if not read:
        return judged
    collection_id = read[0].waiting.collection_id
    responses = await table.responses(connection, collection_id)
    digests = {one.id: one.inspection.digest for one in read if one.inspection.found}
    decisions = await table.decisions(connection, collection_id, digests)
    for one in read:
        match verdict(responses, one, decisions.get(one.id)):
            case Response.REFUSE:
                judged.refused.append(_refused(one, responses))
            case Response.QUARANTINE:
                judged.held.append(one)
            case _:
                judged.taken.append(_flagged(one, responses))
    return judged


def verdict(responses: Responses, one: Read, decided: Choice | None) -> Response:
    """The rule's response, or what a person decided instead."""
    response = responses.to(tally.concern for tally in one.inspection.found)
    if response is not Response.QUARANTINE or decided is None:
        return response
    return Response.FLAG if decided is Choice.RELEASED else Response.REFUSE


async def keep_aside(
    connection: AsyncConnection, table: QuarantineTable, index: Index, held: Sequence[Read], entered: Sequence[Read]
) -> None:
    """Put those held out of reach; of all that were entered, what waited in an older version waits no more."""
    if not entered:
        return
    collection_id = entered[0].waiting.collection_id
    holdings = [Holding(one.id, one.waiting.version, one.inspection.digest, one.inspection.unseen) for one in held]
    await table.hold(connection, collection_id, [one.id for one in entered], holdings)
    if held:
        for one in held:
            await index.delete(collection_id, one.id)
        await index.settle()  # before the catalogue says so: what a crash leaves is pending, and is done again
        await table.mark(connection, collection_id, {one.id: one.waiting.version for one in held})


def _refused(one: Read, responses: Responses) -> Read:
    """Failed, with a reason that names the concerns and nothing of what was found; without its text and places."""
    found = tuple(replace(tally, places=()) for tally in one.inspection.found)
    named = {tally.concern.in_french: None for tally in found if responses.of(tally.concern) is Response.REFUSE}
    why = NOT_ATTACHED if responses.unattended else NOT_TAKEN
    reason = why.format(" et ".join(named)) if named else REFUSED
    failure = TextRefused(one.waiting.name, reason)
    return replace(failed(one.waiting, failure), inspection=Inspection(found))


def _flagged(one: Read, responses: Responses) -> Read:
    """Without what its collection accepts."""
    noted = tuple(tally for tally in one.inspection.found if responses.of(tally.concern) is not Response.ACCEPT)
    return replace(one, inspection=replace(one.inspection, found=noted))
