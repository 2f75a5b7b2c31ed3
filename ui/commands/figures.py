"""`assistant figures` and `assistant gaps`: how much is asked and how it ends, and what people did not get."""

import asyncio
import csv
import datetime as dt
import io
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ui.commands.days import day
from ui.commands.energy_csv import energy_csv
from ui.commands.following import follow
from ui.commands.screen import BarScreen
from ui.commands.usage import AsJson, print_json
from ui.control.client import call
from ui.settings import read_settings

out = Console(highlight=False, soft_wrap=True, markup=False)

NAMES = {
    "questions": "Questions",
    "tasks": "Tâches",
    "people": "Personnes (une fois par mois)",
    "refused": "Refus",
    "doubtful": "Réponses avec une phrase non confirmée",
    "abandoned": "Réponses interrompues",
    "useful": "Pouces levés",
    "useless": "Pouces baissés",
    "energy_kwh": "Énergie (kWh, estimation)",
    "energy_wh_per_answer": "Énergie par réponse (Wh, estimation)",
    "carbon_g": "Émissions (gCO₂e, estimation)",
    "cost_eur": "Coût (€, estimation)",
    "saved_minutes": "Temps gagné déclaré (min)",
}
TIMES = {"waiting_ms": "Attente", "answering_ms": "Réponse"}


class GapScreen(BarScreen):
    """The questions that are read."""

    label = "Regroupement"


def figures(
    since: Annotated[
        dt.date | None, typer.Option("--since", metavar="JOUR", parser=day, help="Le premier jour.")
    ] = None,
    until: Annotated[
        dt.date | None, typer.Option("--until", metavar="JOUR", parser=day, help="Le dernier jour ; aujourd’hui sinon.")
    ] = None,
    collection: Annotated[str, typer.Option(metavar="NOM", help="Seulement cette collection.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Un jour par ligne, en CSV.")] = False,
    energy: Annotated[
        bool, typer.Option("--energy", help="L’énergie et les émissions estimées, un mois par ligne, en CSV.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compter ce qui est demandé, comment cela se termine et ce que cela prend ; 30 jours sans autre indication."""
    asked = {"since": since, "until": until}
    params = {name: value.isoformat() for name, value in asked.items() if value is not None}
    params |= {"collection": collection} if collection else {}
    report = asyncio.run(call(read_settings(), "GET", "/figures", params=params))
    if as_json:
        print_json(report)
    elif energy:
        typer.echo(energy_csv(report), nl=False)
    elif as_csv:
        typer.echo(_csv(report["days"]), nl=False)
    else:
        _print(report)


def gaps(
    find: Annotated[bool, typer.Option("--find", help="Regrouper à nouveau d’abord.")] = False, as_json: AsJson = False
) -> None:
    """Montrer ce que plusieurs personnes ont demandé sans l’obtenir, par leurs mots communs ; qui lit est inscrit."""
    if find:
        known = asyncio.run(follow("/gaps", {}, GapScreen(quiet=as_json)))
    else:
        known = asyncio.run(call(read_settings(), "GET", "/gaps"))
    if as_json:
        print_json(known)
        return
    table = Table("Mots communs", "Questions", "Personnes", "Depuis", "Collections", box=None, header_style="bold")
    for gap in known["gaps"]:
        counts = [str(gap["questions"]), str(gap["people"]), gap["first_day"]]
        table.add_row(", ".join(gap["terms"]), *counts, ", ".join(gap["searched"]))
    if known["gaps"]:
        out.print(table)
    elif known["at"] is None:
        out.print("Le regroupement n’a pas encore été fait : ajoutez --find.")
    else:
        out.print("Aucune question n’a été refusée ou mal notée pour trois personnes au moins.")


def _print(report: dict[str, Any]) -> None:
    now, before = report["now"], report["before"]
    table = Table("Chiffre", f"{now['since']} – {now['until']}", f"{before['since']} – {before['until']}", box=None)
    for name, title in NAMES.items():
        table.add_row(title, _written(now[name]), _written(before[name]))
    for name, title in TIMES.items():
        for share, words in (("half", "médiane"), ("most", "95 % en moins de")):
            seconds = [None if one[name][share] is None else one[name][share] / 1000 for one in (now, before)]
            table.add_row(f"{title}, {words} (s)", *map(_written, seconds))
    out.print(table)


def _written(value: float | None) -> str:
    if value is None:
        return "—"
    return str(value) if isinstance(value, int) else f"{value:.3g}".replace(".", ",")


def _csv(days: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=[*days[0]])
    writer.writeheader()
    writer.writerows(days)
    return text.getvalue()
