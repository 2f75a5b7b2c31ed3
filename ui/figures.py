"""What figures come to in kilowatt-hours, grams and euros, and how they are told outside of pages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assistant.figure_sums import FigureReport, Measured, Sums
from ui.settings import Settings


@dataclass(frozen=True, slots=True)
class Estimates:
    """By what the settings declare; what they do not declare is not known (None)."""

    power_watts: float | None
    carbon_g_per_kwh: float
    cost_per_kwh: float | None
    cost_per_million_tokens: float | None
    pue: float = 1.0

    @classmethod
    def of(cls, settings: Settings) -> "Estimates":
        """Those of the settings."""
        return cls(
            settings.power_watts,
            settings.carbon_g_per_kwh,
            settings.cost_per_kwh,
            settings.cost_per_million_tokens,
            settings.pue,
        )

    def energy_kwh(self, sums: Sums) -> float | None:
        """Of the answers of which the energy is known; None where it is of none, though there were answers."""
        return None if self.power_watts is None and not sums.metered else sums.energy_wh / 1000

    def energy_wh_per_answer(self, sums: Sums) -> float | None:
        """The mean of the answers of which it is known."""
        return sums.energy_wh / sums.metered if sums.metered else None

    def carbon_g(self, sums: Sums) -> float | None:
        """Grams of CO2 equivalent."""
        energy = self.energy_kwh(sums)
        return None if energy is None else energy * self.carbon_g_per_kwh

    def cost(self, sums: Sums) -> float | None:
        """Euros."""
        costs = []
        energy = self.energy_kwh(sums)
        if self.cost_per_kwh is not None and energy is not None:
            costs.append(energy * self.cost_per_kwh)
        if self.cost_per_million_tokens is not None:
            costs.append((sums.tokens_in + sums.tokens_out) / 1_000_000 * self.cost_per_million_tokens)
        return sum(costs) if costs else None

    def told(self, sums: Sums) -> Mapping[str, float | None]:
        """All of it, for programs."""
        return {
            "energy_kwh": self.energy_kwh(sums),
            "energy_wh_per_answer": self.energy_wh_per_answer(sums),
            "carbon_g": self.carbon_g(sums),
            "cost_eur": self.cost(sums),
        }


def report_json(report: FigureReport, estimates: Estimates) -> dict[str, Any]:
    """The report, for the data folder's socket and for programs."""
    return {
        "collection_id": None if report.collection_id is None else str(report.collection_id),
        "now": _measured(report.now, estimates),
        "before": _measured(report.before, estimates),
        "estimates": asdict(estimates),
        "days": [{"day": one.day.isoformat(), **asdict(one.sums), **estimates.told(one.sums)} for one in report.days],
        "collections": [
            {"collection_id": str(one.collection.id), "name": one.collection.name, **_counted(one.sums)}
            for one in report.collections
        ],
    }


def _measured(measured: Measured, estimates: Estimates) -> dict[str, Any]:
    return {
        "since": measured.period.since.isoformat(),
        "until": measured.period.until.isoformat(),
        "people": measured.people,
        **asdict(measured.sums),
        **estimates.told(measured.sums),
        "waiting_ms": asdict(measured.waiting),
        "answering_ms": asdict(measured.answering),
    }


def _counted(sums: Sums) -> dict[str, int]:
    """What is known of a collection among others."""
    names = ("questions", "tasks", "answered", "refused", "doubtful", "cited", "useful", "useless")
    return {name: getattr(sums, name) for name in names}
