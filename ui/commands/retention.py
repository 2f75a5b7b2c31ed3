"""`assistant retention` and `assistant collections retention`: how long things are kept."""

import asyncio
import datetime as dt
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.screen import count
from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.settings import read_settings

retention = Commands(help="Combien de temps le registre, ses textes et les conversations sont gardés.")

out = Console(highlight=False, soft_wrap=True, markup=False)

WHAT = {
    "conversations": "Conversations, après leur dernière question",
    "content": "Textes que le registre garde à part",
    "records": "Enregistrements du registre",
}


@retention.command()
def show(as_json: AsJson = False) -> None:
    """Montrer les durées, ce qui est arrivé à terme et ce qu’un gel retient."""
    shown = asyncio.run(call(read_settings(), "GET", "/retention"))
    if as_json:
        print_json(shown)
        return
    for name, what in WHAT.items():
        due: dict[str, Any] = shown["due"][name]
        out.print(f"{what} : {shown['months'][name]} mois")
        _print_due(due)
    out.print(f"Collections supprimées, dans la corbeille : {shown['days']['collections']} jours")
    _print_due(shown["due"]["collections"])
    if reason := shown["months"]["justification"]:
        out.print(f"Plus de 12 mois, parce que : {reason}")
    out.print("Ce qui est arrivé à terme est effacé chaque nuit, ou tout de suite par « assistant retention apply ».")


@retention.command()
def apply(
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Effacer tout de suite ce qui est arrivé à terme, sauf ce qu’un gel retient ; c’est enregistré."""
    if not (yes or as_json) and sys.stdin.isatty():
        confirm("Effacer ce qui est arrivé à terme ? [o/N]", "Rien n’a été effacé.")
    gone = asyncio.run(call(read_settings(), "POST", "/retention"))
    if as_json:
        print_json(gone)
        return
    out.print(
        f"Effacés : {count(gone['conversations'], 'conversation')}, {count(gone['texts'], 'texte')} du registre, "
        f"{count(gone['records'], 'enregistrement')}, dont l’empreinte reste, et "
        f"{count(gone['collections'], 'collection')} de la corbeille."
    )


def _print_due(due: dict[str, Any]) -> None:
    if due["count"]:
        oldest = f"{dt.datetime.fromisoformat(due['oldest']).astimezone():%d/%m/%Y}"
        out.print(f"  Arrivés à terme : {due['count']} (depuis le {oldest}), dont retenus par un gel : {due['held']}")


def collection_retention(
    collection: Annotated[str, typer.Argument(metavar="COLLECTION")],
    months: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=120, help="Pas plus de N mois après la dernière question.")
    ] = None,
    default: Annotated[bool, typer.Option("--default", help="Aussi longtemps que les autres conversations.")] = False,
    as_json: AsJson = False,
) -> None:
    """Montrer ou changer combien de temps sont gardées les conversations qui s’appuient sur la collection."""
    if months is not None and default:
        raise typer.BadParameter("--months et --default ne vont pas ensemble")
    if months is None and not default:
        request = call(read_settings(), "GET", "/collections/retention", params={"collection": collection})
    else:
        request = call(read_settings(), "PATCH", "/collections/retention", {"collection": collection, "months": months})
    kept = asyncio.run(request)
    if as_json:
        print_json(kept)
    elif kept["months"] is None:
        out.print("Conversations qui s’appuient sur cette collection : gardées comme les autres.")
    else:
        out.print(f"Conversations qui s’appuient sur cette collection : {kept['months']} mois au plus.")
