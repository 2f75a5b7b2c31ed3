"""How often answers stood on a document: counts by day, and nothing of who asked, nor of what."""

import datetime as dt
from dataclasses import dataclass
from typing import LiteralString

from policies.audit.event import Act
from policies.audit.ledger import Transaction
from policies.review.filters import Filters
from policies.review.rows import rows_of
from policies.review.walk import BLOCKS, walk

# A passage that spoke to the model is named in a record too, and need not have been cited: then the record is read.
CITED: LiteralString = """
not 'flag:suspicious' = any(keys) or exists (
    select from ledger_record record,
        json_array_elements(convert_from(record.body, 'UTF8')::json -> 'details' -> 'cited') as one
    where record.index = shown.index
        and one ->> 'collection_id' = %(collection)s and one ->> 'document_id' = %(document)s
)
"""


@dataclass(frozen=True, slots=True)
class CitingDay:
    """How many answers cited it on a day, in Paris, and how many of these had sentences that no passage bears out."""

    day: dt.date
    answers: int
    unsupported: int


def by_day(found: LiteralString, exact: LiteralString) -> LiteralString:
    return f"""
select (at at time zone 'Europe/Paris')::date as day, count(*) as answers,
    count(*) filter (where 'flag:unsupported' = any(keys)) as unsupported
from {BLOCKS} cross join lateral (select index, at, keys {found} and {exact}) as shown
where {CITED}
group by 1 order by 1 desc
"""  # noqa: S608 - literals alone


async def citing_days(
    connection: Transaction, collection: str, document: str, since: dt.date | None = None
) -> list[CitingDay]:
    """The days on which answers cited that document, the latest first; as far as the review has read the ledger."""
    acts = (Act.ANSWER_GIVEN.value,)
    walked = await walk(connection, Filters(collection=collection, document=document, acts=acts, since=since))
    if walked is None:
        return []
    values = walked.values | {"collection": collection, "document": document}
    return await rows_of(connection, CitingDay, by_day(walked.found, walked.exact), values)
