"""Figures of answers, which are metrics too; and the energy of those for which no power is declared."""

from assistant.engines.effort import Effort
from assistant.figures import MS_AN_HOUR, AnswerFigures, Figure
from policies import Principal
from retrieval.rows import Connection
from ui.observability.answers import counted
from ui.observability.rapl import Rapl
from ui.observability.watching import Watching

JOULES_A_WH = 3_600


class WatchedFigures(AnswerFigures):
    """Keeps figures, which are counted for metrics too.

    Where no power is declared, that which the processors measure of themselves counts, and the machine room's share.
    """

    def __init__(self, key: bytes, power_watts: float | None, watching: Watching, pue: float, carbon: float) -> None:
        super().__init__(key, None if power_watts is None else power_watts * pue)
        self._watching = watching
        self._pue = pue
        self._carbon = carbon
        self.rapl: Rapl | None = None

    def energy_wh(self, effort: Effort) -> float | None:
        """By the power that is declared, or else that which was measured while the answer was written."""
        declared = super().energy_wh(effort)
        if declared is not None or self.rapl is None:
            return declared
        watts = self.rapl.watts(effort.generating_ms / 1000)
        return None if watts is None else effort.shared_ms / MS_AN_HOUR * watts * self._pue

    async def keep(self, connection: Connection, person: Principal, figure: Figure) -> None:
        """As `AnswerFigures.keep`. What is rolled back afterwards is counted all the same."""
        await super().keep(connection, person, figure)
        if self._watching.on:
            energy = self.energy_wh(figure.effort)
            joules = None if energy is None else energy * JOULES_A_WH
            counted(figure, joules)
            self._count(figure, joules, None if energy is None else energy / 1000 * self._carbon)

    def _count(self, figure: Figure, joules: float | None, grams: float | None) -> None:
        metrics, effort = self._watching.metrics, figure.effort
        if metrics is None:
            return
        if figure.first_token_ms is not None:
            metrics.first_token.labels(figure.kind).observe(figure.first_token_ms / 1000)
        if effort.waited_ms is not None:
            metrics.engine_wait.observe(effort.waited_ms / 1000)
        metrics.tokens.labels("read").inc(effort.tokens_in)
        metrics.tokens.labels("written").inc(effort.tokens_out)
        metrics.sentences.labels("supported").inc(figure.supported)
        metrics.sentences.labels("unsupported").inc(figure.unsupported)
        if joules is not None and grams is not None:
            metrics.energy.inc(joules)
            metrics.carbon.inc(grams)
            metrics.answer_energy.observe(joules)
