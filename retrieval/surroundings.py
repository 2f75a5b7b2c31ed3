"""What stands before and after a passage in the same version of its document, read from the catalogue."""

from collections.abc import Sequence
from dataclasses import replace
from typing import LiteralString

from retrieval.corpus import Passage, Surroundings
from retrieval.rows import Connection, all_rows

# A paragraph may be as long as its author liked; more than this is read in the document.
CHARACTERS = 2_000

# Only what is shown leaves the database, whatever the document's length.
AROUND: LiteralString = """
select asked.number,
    substring(v.text from greatest(1, asked.first - %(characters)s + 1) for least(asked.first, %(characters)s))
        as before,
    substring(v.text from asked.last + 1 for %(characters)s) as after
from unnest(
    %(numbers)s::int[], %(collection_ids)s::uuid[], %(documents)s::text[], %(versions)s::int[], %(firsts)s::int[],
    %(lasts)s::int[]
) as asked (number, collection_id, document_id, version, first, last)
join document_version v using (collection_id, document_id, version)
"""


async def surrounded(connection: Connection, passages: Sequence[Passage], paragraphs: int) -> tuple[Passage, ...]:
    """The passages with so many paragraphs, or pieces of them, before and after each.

    They must come from `Search`: whether somebody may read there is not asked again. A version that the catalogue no
    longer has leaves its passage as it is.
    """
    values = {
        "characters": CHARACTERS,
        "numbers": list(range(len(passages))),
        "collection_ids": [passage.collection_id for passage in passages],
        "documents": [passage.document_id for passage in passages],
        "versions": [passage.version for passage in passages],
        "firsts": [passage.chunk.locator.start for passage in passages],
        "lasts": [passage.chunk.locator.end for passage in passages],
    }
    around = {
        row["number"]: Surroundings(_last(row["before"], paragraphs), _first(row["after"], paragraphs))
        for row in await all_rows(connection, AROUND, values)
    }
    return tuple(replace(passage, around=around.get(number)) for number, passage in enumerate(passages))


def _last(text: str, paragraphs: int) -> str:
    """Its last paragraphs; the first of them without the word that the limit may have cut."""
    cut = len(text) == CHARACTERS
    kept = text.rstrip().split("\n")[-paragraphs:]
    whole = "\n".join(kept).strip()
    return f"… {whole.partition(' ')[2]}" if cut and len(whole) >= len(text.strip()) else whole


def _first(text: str, paragraphs: int) -> str:
    """Its first paragraphs; the last of them without the word that the limit may have cut."""
    cut = len(text) == CHARACTERS
    whole = "\n".join(text.lstrip().split("\n")[:paragraphs]).strip()
    return f"{whole.rpartition(' ')[0]} …" if cut and len(whole) >= len(text.strip()) else whole
