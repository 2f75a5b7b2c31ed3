"""The energy of answers by month, as CSV for a ministry's reporting (loi AGEC, RGESN). All of it is an estimate."""

import csv
import io
from collections import defaultdict
from typing import Any

METHOD = (
    "Estimation : temps de rédaction, partagé entre les réponses rédigées en même temps, × puissance déclarée "
    "(ASSISTANT_POWER_WATTS), ou à défaut mesurée par les processeurs (RAPL), × PUE. "
    "Ni la recherche, ni la veille, ni la fabrication n’y sont."
).replace(" :", "\u202f:")

COLUMNS = (
    "mois",
    "réponses",
    "réponses dont l’énergie est connue",
    "énergie (kWh)",
    "énergie par réponse (Wh)",
    "émissions (gCO₂e)",
    "émissions par réponse (gCO₂e)",
    "jetons lus",
    "jetons écrits",
    "rédaction (h)",
    "puissance déclarée (W)",
    "PUE",
    "gCO₂e par kWh",
    "méthode",
)

_SUMMED = ("questions", "tasks", "metered", "tokens_in", "tokens_out", "generating_ms", "energy_wh")


def energy_csv(report: dict[str, Any]) -> str:
    """A line a month, of a report's days; what is not known is left empty."""
    months: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(_SUMMED, 0))
    for day in report["days"]:
        for name in _SUMMED:
            months[day["day"][:7]][name] += day[name]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for month, sums in sorted(months.items()):
        writer.writerow([month, *_line(sums, report["estimates"]), METHOD])
    return text.getvalue()


def _line(sums: dict[str, float], estimates: dict[str, float | None]) -> list[Any]:
    carbon, known, energy = estimates["carbon_g_per_kwh"], round(sums["metered"]), sums["energy_wh"]
    grams = energy / 1000 * (carbon or 0)
    measured: list[Any] = [""] * 4
    if known:
        measured = [round(energy / 1000, 6), round(energy / known, 4), round(grams, 3), round(grams / known, 5)]
    return [
        round(sums["questions"] + sums["tasks"]),
        known,
        *measured,
        round(sums["tokens_in"]),
        round(sums["tokens_out"]),
        round(sums["generating_ms"] / 3_600_000, 4),
        "" if estimates["power_watts"] is None else estimates["power_watts"],
        estimates["pue"],
        carbon,
    ]
