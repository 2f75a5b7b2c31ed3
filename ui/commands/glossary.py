"""`assistant glossary`: what the ministry's acronyms stand for."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ui.commands.screen import count
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.glossary_file import read_glossary
from ui.settings import read_settings

glossary = Commands(help="Les sigles du ministère, et ce qu’ils veulent dire.")

out = Console(highlight=False, soft_wrap=True, markup=False)


@glossary.command("list")
def list_entries(as_json: AsJson = False) -> None:
    """Lister les sigles donnés par le ministère ; ceux que les documents expliquent n’y sont pas."""
    entries = asyncio.run(call(read_settings(), "GET", "/glossary"))
    if as_json:
        print_json({"entries": entries})
        return
    for one in entries:
        out.print(f"{one['short']} : {one['long']}")
    if not entries:
        out.print("Aucun sigle : donnez-en par « assistant glossary import FICHIER.csv ».")


@glossary.command("import")
def import_entries(
    path: Annotated[
        Path,
        typer.Argument(metavar="FICHIER", readable=False, help="Un tableau CSV de deux colonnes : sigle;développé."),
    ],
    as_json: AsJson = False,
) -> None:
    """Ajouter les sigles d’un fichier, ou changer ce qu’ils veulent dire ; les autres restent."""
    entries = [(one.short, one.long) for one in read_glossary(path)]
    change = asyncio.run(call(read_settings(), "PUT", "/glossary", {"entries": entries}))
    if as_json:
        print_json(change)
        return
    out.print(f"Ajoutés : {change['added']}, modifiés : {change['changed']}, inchangés : {change['unchanged']}.")


@glossary.command()
def remove(acronyms: Annotated[list[str], typer.Argument(metavar="SIGLE…")], as_json: AsJson = False) -> None:
    """Retirer des sigles ; ce que les documents en disent vaut alors de nouveau."""
    removed = asyncio.run(call(read_settings(), "DELETE", "/glossary", {"acronyms": acronyms}))
    if as_json:
        print_json(removed)
    else:
        out.print(f"Retirés : {count(removed['removed'], 'sigle')}.")
