"""`assistant attempts`: documents that speak to a model, and were found for questions."""

import asyncio
import shlex
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.screen import count
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.settings import read_settings

attempts = Commands(help="Les documents qui s’adressent au modèle, trouvés pour des questions.")

out = Console(highlight=False, soft_wrap=True, markup=False)


@attempts.command("list")
def list_attempts(
    collection: Annotated[str, typer.Option(metavar="NOM", help="De cette collection seulement.")] = "",
    before: Annotated[
        int | None, typer.Option(metavar="NUMÉRO", help="La suite : ceux d’avant ce numéro du registre.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="Combien en lister.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Lister, les derniers trouvés d’abord, les documents dont des mots donnent des ordres à un modèle.

    Ces mots ont été écartés de chaque réponse. Cette lecture est enregistrée.
    """
    params = {"limit": str(limit)} | ({"collection": collection} if collection else {})
    params |= {"before": str(before)} if before is not None else {}
    found = asyncio.run(call(read_settings(), "GET", "/attempts", params=params))
    if as_json:
        print_json({"attempts": found})
        return
    for one in found:
        _print(one)
    if not found:
        out.print("Aucun document trouvé ne s’adresse au modèle.")
    if len(found) >= limit:
        out.print(f"La suite : assistant attempts list --before {found[-1]['last']}", style="dim")


def removal(collection: str, document: str) -> str:
    """How a document is taken out."""
    return f"Pour le retirer : assistant documents remove {shlex.quote(collection)} {shlex.quote(document)}"


def _print(attempt: dict[str, Any]) -> None:
    out.print(f"{attempt['name']} (version {attempt['version']}, {attempt['collection']})", style="bold")
    chunks = ", ".join(str(chunk + 1) for chunk in attempt["chunks"])
    out.print(
        f"  Trouvé pour {count(attempt['found'], 'question')}, dont {count(attempt['given'], 'posée')} à un modèle ; "
        f"du {attempt['first_at'][:10]} au {attempt['last_at'][:10]} ; morceaux : {chunks}"
    )
    for order in attempt["orders"]:
        out.print(f"  {order['what']} : « {order['words']} »")
    if not attempt["orders"]:
        out.print("  Cette version n’est plus gardée : ses mots ne peuvent pas être montrés.")
    out.print(f"  {removal(attempt['collection'], attempt['document'])}", style="dim")
