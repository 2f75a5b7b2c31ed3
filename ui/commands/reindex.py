"""`assistant reindex`: what another version of the assistant, or another embedding model, has to do anew."""

import asyncio
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.screen import count
from ui.commands.usage import AsJson, print_json
from ui.control.client import call
from ui.settings import read_settings

out = Console(highlight=False, soft_wrap=True, markup=False)


def reindex(
    collection: Annotated[
        str,
        typer.Option(metavar="NOM", help="Relire ce qu’une version antérieure a lu dans cette collection."),
    ] = "",
    abandon: Annotated[bool, typer.Option("--abandon", help="Renoncer au prochain modèle de vecteurs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Voir où en est le passage à un autre modèle de vecteurs, ou relire une collection sans interruption."""
    if collection and abandon:
        raise typer.BadParameter("--abandon ne va pas avec --collection")
    if collection:
        _renew(collection, as_json)
    elif abandon:
        _abandon(as_json)
    else:
        _progress(as_json)


def _renew(collection: str, as_json: bool) -> None:
    renewed = asyncio.run(call(read_settings(), "POST", "/jobs/renew", params={"collection": collection}))
    if as_json:
        print_json(renewed)
    elif renewed["documents"]:
        documents = count(renewed["documents"], "document")
        out.print(f"{documents} à relire : « assistant jobs list » montre où ils en sont.")
    else:
        out.print("Rien à relire : tous les documents sont à jour.")


def _abandon(as_json: bool) -> None:
    abandoned = asyncio.run(call(read_settings(), "POST", "/embedding/abandon"))
    if as_json:
        print_json(abandoned)
    elif abandoned["embedding"]:
        out.print(f"Le modèle « {abandoned['embedding']} » est abandonné : retirez aussi ASSISTANT_EMBEDDING_NEXT.")
    else:
        out.print("Aucun autre modèle de vecteurs n’était prévu.")


def _progress(as_json: bool) -> None:
    progress = asyncio.run(call(read_settings(), "GET", "/embedding"))
    if as_json:
        print_json(progress)
        return
    out.print(f"Modèle de vecteurs en service : {progress['in_use']}")
    if progress["advice"]:
        out.print(progress["advice"], style="yellow")
    if progress["next"]:
        _print_next(progress)
    elif not progress["advice"]:
        out.print("Pour en changer, nommez le nouveau par ASSISTANT_EMBEDDING_NEXT, puis redémarrez.", style="dim")


def _print_next(progress: dict[str, Any]) -> None:
    copied, documents = progress["copied"], progress["documents"]
    share = 100 * copied // documents if documents else 100
    what = f"Prochain : {progress['next']}"
    if progress["next"] == progress["in_use"]:
        what = "Index d’une version antérieure, en cours de réfection (jusque-là, la recherche ne répond pas)"
    out.print(f"{what}, prêt pour {copied} sur {count(documents, 'document')} ({share} %)")
    if not progress["named"]:
        out.print(
            "Les réglages de l’assistant en marche ne le nomment pas : nommez-le par ASSISTANT_EMBEDDING_NEXT et "
            "redémarrez, ou renoncez-y par « assistant reindex --abandon ».",
            style="red",
        )
    elif progress["problem"]:
        out.print(progress["problem"], style="red")
    else:
        out.print("L’assistant passera à lui de lui-même, quand tout sera prêt.", style="dim")
