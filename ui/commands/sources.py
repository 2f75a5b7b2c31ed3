"""`assistant sources`: having a collection follow a folder, a bucket, a share or a file of JSON lines."""

import asyncio
import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from ui.commands.following import follow
from ui.commands.screen import SyncScreen, count
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call, open_client
from ui.settings import read_settings

sources = Commands(help="Les sources que suivent les collections : dossiers, S3, WebDAV, lignes JSON.")

out = Console(highlight=False, soft_wrap=True, markup=False)

CHANGES = {
    "added": "Ajoutés",
    "changed": "modifiés",
    "renamed": "renommés",
    "removed": "retirés",
    "unchanged": "inchangés",
    "skipped": "ignorés",
}

UNDER_WAY = {"running": "synchronisation en cours", "asked": "synchronisation demandée"}
PAGE = 1000

Name = Annotated[str, typer.Argument(metavar="SOURCE", help="La source, comme « sources list » la nomme.")]


@sources.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NOM", help="Le nom à donner à la source.")],
    place: Annotated[
        str, typer.Argument(metavar="LIEU", help="Un dossier, un fichier .jsonl ou une adresse https://.")
    ],
    collection: Annotated[str, typer.Option(metavar="NOM", help="La collection qui la suit.")],
    kind: Annotated[
        Literal["folder", "s3", "webdav", "jsonl"] | None,
        typer.Option(help="De quoi il s’agit ; à dire pour une adresse."),
    ] = None,
    credentials: Annotated[
        str, typer.Option(metavar="NOM", help="La section [sources.NOM] des réglages, pour une adresse.")
    ] = "",
    every: Annotated[
        int | None, typer.Option(metavar="MINUTES", min=1, help="Synchroniser toutes les tant de minutes.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Faire suivre une source."""
    remote = "://" in place
    if remote and kind not in ("s3", "webdav"):
        raise typer.BadParameter("pour une adresse, précisez s3 ou webdav", param_hint="--kind")
    guessed = "jsonl" if place.lower().endswith((".jsonl", ".jsonl.gz", ".ndjson")) else "folder"
    body = {
        "name": name,
        "collection": collection,
        "kind": kind or guessed,
        "location": place if remote else str(Path(place).expanduser().absolute()),
        "credentials": credentials,
        "every_minutes": every,
    }
    added = asyncio.run(call(read_settings(), "POST", "/sources", body))
    if as_json:
        print_json(added)
    else:
        out.print(f"La collection « {added['collection']} » suit la source « {added['name']} ».")
        if every is None:
            out.print(f'Pour en prendre les documents : assistant sources sync "{added["name"]}"')


@sources.command("list")
def list_sources(
    collection: Annotated[str, typer.Option(metavar="NOM", help="Seulement cette collection.")] = "",
    state: Annotated[
        Literal["running", "asked", "failed", "never", "done"] | None,
        typer.Option(help="Seulement celles dont la dernière synchronisation est dans cet état."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lister les sources de toutes les collections, et où en est leur dernière synchronisation."""
    held = asyncio.run(_all({"collection": collection} | ({"state": state} if state else {})))
    if as_json:
        print_json({"sources": held})
        return
    for one in held:
        often = f"toutes les {count(one['every_minutes'], 'minute')}" if one["every_minutes"] else "à la demande"
        out.print(f"{one['name']} → {one['collection']} : {one['location']} ({one['kind']}, {often})", style="bold")
        if one["state"] in UNDER_WAY:
            out.print(f"  {UNDER_WAY[one['state']]}")
        if one["synced_at"] is None:
            out.print("  jamais synchronisée")
        elif one["failure"]:
            out.print(f"  en échec {_when(one['synced_at'])} : {one['failure']}", style="red")
        else:
            out.print(f"  synchronisée {_when(one['synced_at'])} ; {_said(one['counts'])}")
    if not held:
        out.print("Aucune source.")


@sources.command()
def sync(
    name: Name,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Retirer tous ses documents si elle ne contient plus rien.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Mettre une collection à l’état de sa source."""
    changes = asyncio.run(
        follow("/sources/sync", {"name": name, "allow_empty": allow_empty}, SyncScreen(quiet=as_json))
    )
    if as_json:
        print_json(changes)
    else:
        out.print(f"{_said(changes)}.")
        for _, reason in changes["failed"]:
            out.print(f"  Échec : {reason}", style="red")
    if changes["failed"]:
        raise typer.Exit(1)


@sources.command()
def schedule(
    name: Name,
    every: Annotated[
        int | None, typer.Option(metavar="MINUTES", min=1, help="Synchroniser toutes les tant de minutes.")
    ] = None,
    on_demand: Annotated[bool, typer.Option("--on-demand", help="Ne synchroniser que sur demande.")] = False,
    edition: Annotated[
        str | None,
        typer.Option(metavar="E", help="Ne rien changer si son rythme n’est plus celui que montre « list --json »."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Changer le rythme d’une source."""
    if (every is None) is not on_demand:
        raise typer.BadParameter("donnez --every ou --on-demand")
    body = {"name": name, "every_minutes": every, "edition": edition}
    changed = asyncio.run(call(read_settings(), "PATCH", "/sources", body))
    if as_json:
        print_json(changed)
    else:
        often = f"toutes les {count(every, 'minute')}" if every else "à la demande"
        out.print(f"La source « {name} » est synchronisée {often}.")


@sources.command()
def remove(
    name: Name,
    keep_documents: Annotated[
        bool, typer.Option("--keep-documents", help="Laisser dans la collection les documents qui en viennent.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Retirer aussi les documents sans le demander.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ne plus suivre une source."""
    if not (keep_documents or yes or as_json) and sys.stdin.isatty():  # a script has no one to ask
        keep_documents = not _is_yes(f"Retirer aussi de la collection les documents venus de « {name} » ? [o/N]")
    params = {"name": name, "keep_documents": str(keep_documents).lower()}
    removed = asyncio.run(call(read_settings(), "DELETE", "/sources", params=params))
    if as_json:
        print_json(removed)
    elif keep_documents:
        out.print(f"La source « {name} » n’est plus suivie ; ses documents restent.")
    else:
        out.print(f"La source « {name} » n’est plus suivie ; {count(removed['documents'], 'document')} en moins.")


async def _all(params: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async with open_client(read_settings()) as client:
        while True:
            page = await client.call("GET", "/sources", params=params | {"limit": str(PAGE), "offset": str(len(found))})
            found += page
            if len(page) < PAGE:
                return found


def _is_yes(question: str) -> bool:
    answer: str = typer.prompt(question, default="n", show_default=False, prompt_suffix=" ", err=True)
    return answer.strip().lower() in {"o", "oui"}


def _said(changes: dict[str, Any]) -> str:
    failed = changes.get("failed", 0)
    number = len(failed) if isinstance(failed, list) else failed
    parts = [f"{label} : {changes.get(name, 0)}" for name, label in CHANGES.items()]
    return f"{', '.join(parts)}, en échec : {number}"


def _when(moment: str) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone():le %d/%m/%Y à %H:%M}"
