"""Figures of answers, which are metrics too; and the power by which their energy is estimated."""

from dataclasses import dataclass
from typing import Self

from assistant.engines.effort import Effort
from assistant.figures import MS_AN_HOUR, AnswerFigures, Figure
from policies import Principal
from retrieval.rows import Connection
from ui.observability.answers import counted
from ui.observability.rapl import Rapl
from ui.observability.watching import Watching
from ui.settings import Settings

JOULES_A_WH = 3_600


@dataclass(frozen=True, slots=True)
class Power:
    """What the machine that answers draws: as it is declared, or else as its processors measure it themselves.

    `pue` is what the machine room draws for each watt of it; `carbon` the grams of CO2 equivalent of a kilowatt-hour.
    """

    declared: float | None
    rapl: Rapl | None
    pue: float
    carbon: float

    @classmethod
    def of(cls, settings: Settings, rapl: Rapl | None) -> Self:
        """By the settings. What this machine's processors measure says nothing of an engine that is elsewhere."""
        elsewhere = bool(settings.llm) or any(one.kind == "server" for one in settings.engines.values())
        return cls(settings.power_watts, None if elsewhere else rapl, settings.pue, settings.carbon_g_per_kwh)

    def watts(self, seconds: float) -> float | None:
        """The mean over that time until now; None where nobody knows."""
        watts = self.declared
        if watts is None and self.rapl is not None:
            watts = self.rapl.watts(seconds)
        return None if watts is None else watts * self.pue


class WatchedFigures(AnswerFigures):
    """Keeps figures, which are counted for metrics too."""

    def __init__(self, key: bytes, power: Power, watching: Watching) -> None:
        super().__init__(key)
        self._of = power
        self._watching = watching

    def energy_wh(self, effort: Effort) -> float | None:
        """By the power while the answer was written."""
        watts = self._of.watts(effort.generating_ms / 1000)
        return None if watts is None else effort.shared_ms / MS_AN_HOUR * watts

    async def keep(self, connection: Connection, person: Principal, figure: Figure) -> None:
        """As `AnswerFigures.keep`. What is rolled back afterwards is counted all the same."""
        await super().keep(connection, person, figure)
        if self._watching.on:
            energy = self.energy_wh(figure.effort)
            counted(figure, None if energy is None else energy * JOULES_A_WH)
            self._count(figure, energy)

    def _count(self, figure: Figure, energy_wh: float | None) -> None:
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
        if energy_wh is not None:
            metrics.energy.inc(energy_wh * JOULES_A_WH)
            metrics.carbon.inc(energy_wh / 1000 * self._of.carbon)
            metrics.answer_energy.observe(energy_wh * JOULES_A_WH)
