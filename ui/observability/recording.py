"""The ledger, whose records are counted as they are added."""

from collections.abc import Sequence
from typing import Any

from policies import Act, Event, PostgresLedger
from policies.audit.ledger import Transaction
from ui.observability.watching import Watching

# What a record says of refusals that have no record of their own.
SUMMED = "refusals"


class WatchedLedger(PostgresLedger):
    """The ledger; how long an append takes is told, and of which act it is."""

    def __init__(self, watching: Watching) -> None:
        super().__init__()
        self._watching = watching

    async def append_all(self, transaction: Transaction, events: Sequence[Event]) -> list[int]:
        """As `PostgresLedger.append_all`. What is rolled back afterwards is told all the same."""
        if not self._watching.on:
            return await super().append_all(transaction, events)
        with self._watching.within("ledger.append") as span:
            indexes = await super().append_all(transaction, events)
            span.set_attribute("assistant.records", len(events))
            if len(acts := {event.act.value for event in events}) == 1:
                span.set_attribute("assistant.act", *acts)
        if metrics := self._watching.metrics:
            for event in events:
                metrics.records.labels(event.act.value).inc()
                metrics.refused_sign_ins.inc(_refused(event))
        return indexes


def _refused(event: Event) -> int:
    if event.act is Act.REFUSALS_SUMMED:
        told: Any = event.details.get(SUMMED, 0)
        return int(told)
    return int(event.act is Act.SIGN_IN_REFUSED)
