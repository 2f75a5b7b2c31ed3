"""Versions of templates in PostgreSQL (table in deploy/migrations/0019_tasks.sql), before them those of the product.

As in the catalogue, each function runs in the transaction of the connection it is given.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, LiteralString

from assistant.errors import TaskNotFound, TemplateChanged
from assistant.tasks.template import Template
from assistant.tasks.template_file import read_template, shipped
from policies.principal import Principal
from retrieval.rows import Connection, all_rows, one_row

# One change of a template after the other, for versions count without a gap.
LOCK: LiteralString = "select pg_advisory_xact_lock(hashtextextended('task_template', 0))"

LAST: LiteralString = """
select distinct on (name) name, version, source, disabled, by, at from task_template order by name, version desc
"""

VERSIONS: LiteralString = """
select name, version, source, disabled, by, at from task_template where name = %s order by version
"""

ADD: LiteralString = """
insert into task_template (name, version, source, disabled, by)
values (%(name)s, %(version)s, %(source)s, %(disabled)s, %(by)s)
returning at
"""


@dataclass(frozen=True, slots=True)
class Version:
    """A template as it was put in place; `at` and `by` are None and empty for that of the product."""

    template: Template
    disabled: bool = False
    by: str = ""
    at: dt.datetime | None = None


async def last_versions(connection: Connection) -> dict[str, Version]:
    """The last version of each template, those taken out of use too, by name."""
    kept = {row["name"]: _version(row) for row in await all_rows(connection, LAST)}
    return {name: Version(template) for name, template in _shipped().items()} | kept


async def versions(connection: Connection, name: str) -> list[Version]:
    """All of one template, the first one first. Raises `TaskNotFound`."""
    kept = [_version(row) for row in await all_rows(connection, VERSIONS, [name])]
    if name in _shipped() and not any(one.template.version == 1 for one in kept):
        kept.insert(0, Version(_shipped()[name]))
    if not kept:
        raise TaskNotFound(name, sorted(await last_versions(connection)))
    return kept


async def add(
    connection: Connection, principal: Principal, source: str, edition: int | None = None, *, disabled: bool = False
) -> Version:
    """A new last version of the template in that text; `edition` must be the last one until now, where it is given.

    Raises `TemplateInvalid`, `TaskChanged`.
    """
    name = read_template(source).name
    await connection.execute(LOCK)
    held = (await last_versions(connection)).get(name)
    last = held.template.version if held else 0
    if edition not in (None, last):
        raise TemplateChanged(name, last)
    version = last + 1
    values = {"name": name, "version": version, "source": source, "disabled": disabled, "by": principal.subject}
    row = await one_row(connection, ADD, values)
    return Version(read_template(source, version), disabled, principal.subject, row["at"] if row else None)


def _version(row: Mapping[str, Any]) -> Version:
    return Version(_read(row["source"], row["version"]), row["disabled"], row["by"], row["at"])


@lru_cache(maxsize=256)
def _read(source: str, version: int) -> Template:
    return read_template(source, version)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Template]:
    return shipped()
