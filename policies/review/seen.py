"""Who was given a document: its passages for a question or a search, in an answer, or the document itself."""

import datetime as dt
from dataclasses import dataclass
from typing import LiteralString

from policies.audit.event import Act
from policies.audit.ledger import Transaction
from policies.review.filters import Filters
from policies.review.rows import rows_of
from policies.review.walk import BLOCKS, walk

# The acts by which something of a document comes before a person's eyes.
SHOWING = (
    Act.QUESTION_ASKED,
    Act.TASK_ASKED,
    Act.ANSWER_GIVEN,
    Act.SEARCHED,
    Act.QUESTION_TRIED,
    Act.DOCUMENT_OPENED,
    Act.DOCUMENT_DOWNLOADED,
    Act.QUARANTINE_OPENED,
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """How often a person was given a document by one act, from when to when; the records of the first and the last."""

    who: str
    act: str
    times: int
    first: int
    last: int
    since: dt.datetime
    until: dt.datetime


def by_person(found: LiteralString, exact: LiteralString) -> LiteralString:
    return f"""
select who, act, count(*) as times, min(index) as first, max(index) as last, min(at) as since, max(at) as until
from {BLOCKS} cross join lateral (select who, act, index, at {found} and {exact}) as shown
group by who, act order by times desc, who, act
"""  # noqa: S608 - literals alone


async def who_saw(
    connection: Transaction,
    collection: str,
    document: str,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> list[Sighting]:
    """Each person, under a pseudonym, who was given something of that document in these days; the most often first."""
    acts = tuple(act.value for act in SHOWING)
    walked = await walk(
        connection, Filters(collection=collection, document=document, acts=acts, since=since, until=until)
    )
    return await rows_of(connection, Sighting, by_person(walked.found, walked.exact), walked.values) if walked else []
