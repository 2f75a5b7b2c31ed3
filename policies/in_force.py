"""Which rules are in force, told to other processes through PostgreSQL (deploy/migrations/0012_rules_in_force.sql)."""

from policies.audit.ledger import Transaction

PUT = """
insert into rules_in_force (fingerprint) values (%s)
on conflict (one) do update set fingerprint = excluded.fingerprint, since = now()
"""

SELECT = "select fingerprint from rules_in_force"


async def put_in_force(transaction: Transaction, fingerprint: str) -> None:
    """Say that the rules of that fingerprint are, once the transaction commits."""
    await transaction.execute(PUT, [fingerprint])


async def in_force(transaction: Transaction) -> str:
    """The fingerprint of those that are; empty before anybody has said so."""
    row = await (await transaction.execute(SELECT)).fetchone()
    return "" if row is None else row[0]
