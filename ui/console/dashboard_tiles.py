"""The figures of a period in words, each beside that of the period before."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.figure_sums import FigureReport, Measured, Sums
from ui.figures import Estimates
from ui.pages import number

UNKNOWN = "—"


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure, what it was before, and by how much it changed; both empty where that cannot be said."""

    name: str
    value: str
    before: str
    change: str
    hint: str = ""


def tiles(report: FigureReport, estimates: Estimates) -> list[Tile]:
    """All of them, in their order."""
    now, before = report.now, report.before

    def counted(name: str, of: Callable[[Sums], int], hint: str = "") -> Tile:
        return _tile(name, of(now.sums), of(before.sums), lambda value: number(round(value)), hint)

    def shared(name: str, of: Callable[[Sums], int], whole: Callable[[Sums], int], hint: str = "") -> Tile:
        tile = counted(name, of, hint)
        return Tile(tile.name, f"{tile.value} {_share(of(now.sums), whole(now.sums))}".strip(), *_rest(tile))

    def measured(name: str, of: Callable[[Measured], float | None], written: Callable[[float], str]) -> Tile:
        return _tile(name, of(now), of(before), written)

    def estimated(name: str, of: Callable[[Sums], float | None], written: Callable[[float], str], hint: str) -> Tile:
        return _tile(name, of(now.sums), of(before.sums), written, hint)

    return [
        counted("Questions", lambda sums: sums.questions),
        counted("Tâches", lambda sums: sums.tasks),
        measured("Personnes", lambda one: one.people, lambda value: number(round(value))),
        shared("Refus", lambda sums: sums.refused, lambda sums: sums.asked),
        shared("Réponses avec une phrase non confirmée", lambda sums: sums.doubtful, lambda sums: sums.asked),
        counted("Réponses interrompues", lambda sums: sums.abandoned),
        counted("Pouces levés", lambda sums: sums.useful),
        counted("Pouces baissés", lambda sums: sums.useless),
        measured("Attente médiane", lambda one: one.waiting.half, seconds),
        measured("Attente, 95\u202f% en moins de", lambda one: one.waiting.most, seconds),
        measured("Réponse médiane", lambda one: one.answering.half, seconds),
        measured("Réponse, 95\u202f% en moins de", lambda one: one.answering.most, seconds),
        estimated("Énergie", estimates.energy_kwh, energy, "estimation"),
        estimated("Énergie par réponse", estimates.energy_wh_per_answer, watt_hours, "estimation"),
        estimated("Émissions", estimates.carbon_g, grams, "estimation"),
        estimated("Coût", estimates.cost, euros, "estimation"),
        counted_minutes(now.sums, before.sums),
    ]


def counted_minutes(now: Sums, before: Sums) -> Tile:
    """The time that people say they saved."""
    said = f"{number(now.told)} avis le disent" if now.told > 1 else f"{now.told} avis le dit"
    return _tile("Temps gagné déclaré", now.saved_minutes, before.saved_minutes, minutes, said)


def seconds(milliseconds: float) -> str:
    """« 350 ms », « 4,2 s », « 3 min »."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f}\u202fms"
    if milliseconds < 120_000:
        return f"{decimal(milliseconds / 1000, 1)}\u202fs"
    return f"{milliseconds / 60_000:.0f}\u202fmin"


def minutes(value: float) -> str:
    """« 45 min », « 12 h 05 »."""
    hours, rest = divmod(round(value), 60)
    return f"{number(hours)}\u202fh\u202f{rest:02d}" if hours else f"{rest}\u202fmin"


def energy(kwh: float) -> str:
    """« 3,4 kWh », « 12 Wh »."""
    return f"{decimal(kwh, 2)}\u202fkWh" if kwh >= 1 else f"{decimal(kwh * 1000, 1)}\u202fWh"


def watt_hours(value: float) -> str:
    """« 0,25 Wh »."""
    return f"{decimal(value, 2)}\u202fWh"


def grams(value: float) -> str:
    """« 230 gCO₂e », « 1,2 kgCO₂e »."""
    return f"{decimal(value / 1000, 2)}\u202fkgCO₂e" if value >= 1000 else f"{decimal(value, 1)}\u202fgCO₂e"


def euros(value: float) -> str:
    """« 12,30 € »."""
    return f"{decimal(value, 2)}\u202f€"


def decimal(value: float, places: int) -> str:
    """As French writes it."""
    return f"{value:,.{places}f}".replace(",", "\u202f").replace(".", ",")


def size(count: int) -> str:
    """« 12,3 Gio », « 640 Mio », of bytes."""
    return f"{decimal(count / 2**30, 1)}\u202fGio" if count >= 2**30 else f"{decimal(count / 2**20, 1)}\u202fMio"


def _tile(name: str, now: float | None, before: float | None, written: Callable[[float], str], hint: str = "") -> Tile:
    if now is None:
        return Tile(name, UNKNOWN, "" if before is None else written(before), "", hint)
    if before is None:
        return Tile(name, written(now), "", "", hint)
    return Tile(name, written(now), written(before), _change(now, before), hint)


def _change(now: float, before: float) -> str:
    """« +12 % »; nothing where there was nothing to compare with."""
    if not before:
        return ""
    percent = round((now - before) / before * 100)
    sign = "+" if percent > 0 else "−" if percent < 0 else "±"
    return f"{sign}{number(abs(percent))}\u202f%"


def _share(part: int, whole: int) -> str:
    return f"({decimal(part / whole * 100, 1)}\u202f%)" if whole else ""


def _rest(tile: Tile) -> tuple[str, str, str]:
    return tile.before, tile.change, tile.hint
