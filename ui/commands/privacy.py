"""`assistant privacy`: a copy of one person's data, and its erasure."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.errors import OutputUnusable
from ui.french import system_reason
from ui.settings import read_settings

privacy = Commands(help="Les données d’une personne : en donner une copie, les effacer.")

out = Console(highlight=False, soft_wrap=True, markup=False)

Person = Annotated[str, typer.Argument(metavar="PERSONNE", help="Son nom de connexion, ou son identifiant.")]


@privacy.command()
def export(
    person: Person,
    path: Annotated[Path, typer.Option("--out", metavar="FICHIER.zip", help="Le fichier à écrire.")],
    as_json: AsJson = False,
) -> None:
    """Écrire une copie de tout ce que l’assistant garde d’une personne ; c’est enregistré."""
    body = {"person": person, "path": str(path.absolute())}
    copied = asyncio.run(call(read_settings(), "POST", "/privacy/export", body))
    if as_json:
        print_json(copied)
        return
    out.print(f"Copie des données de « {copied['name']} » : {copied['path']}")
    for name, number in copied["counts"].items():
        out.print(f"  {name.replace('_', ' ')} : {number}")
    out.print(f"  SHA-256 : {copied['sha256']}")


@privacy.command()
def erase(
    person: Person,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FICHIER.json", help="Où garder le rapport et sa preuve.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Effacer ce que l’assistant garde d’une personne, sauf ce qu’un gel ou la loi retient ; c’est enregistré."""
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("un effacement ne se défait pas : ajoutez --yes")
        confirm(f"Effacer pour toujours les conversations, fichiers et textes de « {person} » ? [o/N]")
    erased = asyncio.run(call(read_settings(), "POST", "/privacy/erase", {"person": person}))
    if as_json:
        print_json(erased)
    else:
        out.print(erased["text"])
    if report is not None:
        _keep(report, erased)


def _keep(path: Path, report: Any) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(report, file, ensure_ascii=False, indent=2)
    except OSError as error:
        raise OutputUnusable(
            f"C’est effacé, mais le rapport {path} ne peut pas être écrit : {system_reason(error)}."
        ) from error
