"""Which rules are in force, told to other processes through PostgreSQL, and which ever were.

Tables in deploy/migrations/0012_rules_in_force.sql and 0031_rules_text.sql. A past decision can be taken again: the
ledger has the fingerprint of the rules of that day, and their text is kept under it.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

from psycopg.types.json import Jsonb

from policies.audit.event import Json
from policies.audit.ledger import Transaction
from policies.cedar import rules_by_name
from policies.errors import RulesInvalid
from policies.source import Source, source_of

PUT: LiteralString = """
insert into rules_in_force (fingerprint) values (%s)
on conflict (one) do update set fingerprint = excluded.fingerprint, since = now()
"""

SELECT: LiteralString = "select fingerprint from rules_in_force"

KEEP: LiteralString = "insert into rules_text (fingerprint, texts) values (%s, %s) on conflict do nothing"

KEPT: LiteralString = "select texts from rules_text where fingerprint = %s"


async def put_in_force(transaction: Transaction, source: Source) -> dict[str, Json]:
    """Say that these rules are, once the transaction commits, and keep them; gives the details of the record."""
    before = await in_force(transaction)
    old = await past_rules(transaction, before) if before else None
    await transaction.execute(KEEP, [source.fingerprint, Jsonb(source.texts)])
    await transaction.execute(PUT, [source.fingerprint])
    return {
        "in_force": source.fingerprint,
        "instead_of": before,
        "changed": before != source.fingerprint,
        "difference": [*_difference(_parts(old) if old else {}, _parts(source))],
    }


async def in_force(transaction: Transaction) -> str:
    """The fingerprint of those that are; empty before anybody has said so."""
    row = await (await transaction.execute(SELECT)).fetchone()
    return "" if row is None else row[0]


async def past_rules(transaction: Transaction, fingerprint: str) -> Source | None:
    """Rules that were in force once; None where nobody kept them. Raises `RulesInvalid` where they were altered."""
    row = await (await transaction.execute(KEPT, [fingerprint])).fetchone()
    if row is None:
        return None
    source = source_of(Path(fingerprint), row[0])
    if source.fingerprint != fingerprint:
        raise RulesInvalid(f"Les règles d’accès gardées sous l’empreinte {fingerprint} ont été modifiées depuis.")
    return source


def _parts(source: Source) -> dict[str, str]:
    """The hash of each rule, by its name, and of each other file."""
    others = {name: text for name, text in source.texts.items() if text is not source.rules}
    return {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in (rules_by_name(source.rules) | others).items()
    }


def _difference(before: dict[str, str], after: dict[str, str]) -> Iterator[Json]:
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was != now:
            change = "added" if was is None else "removed" if now is None else "changed"
            yield {"rule": name, "change": change, "before": was, "after": now}
