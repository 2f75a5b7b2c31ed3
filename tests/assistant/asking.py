"""Questions to a scripted model over real stores, and what then stands in the ledger."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from assistant import Answer, Answered, Ask, AskEvent
from policies import PostgresLedger
from retrieval import Search
from tests.assistant.scripted import Scripted, engines
from ui.database import Pool

LEAVE = {
    "Congé de maternité": "Le congé de maternité dure seize semaines.\nIl commence six semaines avant la date prévue.",
    "Retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
}
QUESTION = "Combien de semaines dure le congé de maternité ?"
TRUE = "Le congé de maternité dure seize semaines"
FALSE = "Le congé de maternité dure vingt semaines"


def asking(search: Search, model: Scripted, pool: Pool, ledger: PostgresLedger | None = None) -> Ask:
    return Ask(search, engines(model), ledger or PostgresLedger(), pool)


async def records(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


async def acts(pool: Pool) -> list[str]:
    return [record["act"] for record in await records(pool)]


async def answer(events: AsyncGenerator[AskEvent, None]) -> Answer:
    told = [event async for event in events]
    assert isinstance(told[-1], Answered)
    return told[-1].answer
