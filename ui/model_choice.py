"""Which model administrators chose to answer, in versions (table in deploy/migrations/0039_models_and_guidance.sql).

Each function runs in the transaction of the connection it is given.
"""

import datetime as dt
from dataclasses import dataclass
from typing import LiteralString

from assistant import Format
from policies import Principal
from retrieval.rows import Connection, all_rows, one_row

# One change after the other, for versions count without a gap.
LOCK: LiteralString = "select pg_advisory_xact_lock(hashtextextended('model_choice', 0))"

LAST_TWO: LiteralString = """
select version, file, sha256, format, context, by, at from model_choice order by version desc limit 2
"""

ADD: LiteralString = """
insert into model_choice (version, file, sha256, format, context, by)
values (%(version)s, %(file)s, %(sha256)s, %(format)s, %(context)s, %(by)s)
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """A model by its file in the folder of models, and how it is used; version 0 is before the first choice."""

    version: int
    file: str
    sha256: str
    format: Format
    context: int
    by: str = ""
    at: dt.datetime | None = None


async def last_choices(connection: Connection) -> list[Choice]:
    """The last choice and the one before it, as far as there are any."""
    rows = await all_rows(connection, LAST_TWO)
    return [Choice(**row | {"format": Format(row["format"])}) for row in rows]


async def last_version(connection: Connection) -> int:
    """The number of the last choice, which is the last until this transaction ends; 0 for none."""
    await connection.execute(LOCK)
    row = await one_row(connection, "select coalesce(max(version), 0) as last from model_choice")
    return int(row["last"]) if row else 0


async def add_choice(connection: Connection, principal: Principal, choice: Choice) -> None:
    """Make it the last one."""
    values = {name: getattr(choice, name) for name in ("version", "file", "sha256", "context")}
    await connection.execute(ADD, values | {"format": choice.format.value, "by": principal.subject})
