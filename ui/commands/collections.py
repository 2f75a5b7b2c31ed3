"""`assistant collections`: making collections, saying what they are and who reads them, and ending them."""

import asyncio
import datetime as dt
import sys
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from ui.commands import screen
from ui.commands.quarantine import guardrails
from ui.commands.retention import collection_retention
from ui.commands.unsupported import unsupported
from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.settings import read_settings

collections = Commands(help="Les collections de documents.")

out = Console(highlight=False, soft_wrap=True, markup=False)  # names and texts of others may hold brackets

Name = Annotated[str, typer.Argument(metavar="NOM")]
Edition = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=0, help="Ne rien changer si la collection n’est plus celle que montre « list --json »."
    ),
]
Reader = Annotated[
    list[str] | None, typer.Option(metavar="GROUPE", help="Groupe qui peut la lire (répétable) ; sans lui, tous.")
]

STAGES = {"draft": "brouillon", "checking": "en contrôle"}
DONE = {
    "pause": "est en pause : elle ne prend plus de nouveau document.",
    "resume": "prend à nouveau des documents.",
    "archive": "est archivée : seuls ceux qui la tiennent la trouvent encore, en la nommant.",
    "restore": "est à nouveau trouvée par ses lecteurs.",
}

collections.command("guardrails")(guardrails)
collections.command("unsupported")(unsupported)
collections.command("retention")(collection_retention)


@collections.command("list")
def list_collections(as_json: AsJson = False) -> None:
    """Lister les collections que vous pouvez lire."""
    held = asyncio.run(call(read_settings(), "GET", "/collections"))
    if as_json:
        print_json({"collections": held})
        return
    table = Table("Collection", "Documents", "Lecteurs", "État", "Description", box=None, header_style="bold")
    for one in held:
        table.add_row(one["name"], str(one["documents"]), _readers(one), _state(one), one["description"])
    out.print(table)


@collections.command()
def create(
    name: Name,
    description: Annotated[str, typer.Option(help="À quoi sert la collection.")] = "",
    owner: Annotated[str, typer.Option(metavar="GROUPE", help="Le groupe qui la gère.")] = "",
    reader: Reader = None,
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="Commencer par un brouillon ; les changements attendent un contrôle.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Créer une collection."""
    body = {"name": name, "description": description, "owner": owner, "readers": reader or [], "reviewed": reviewed}
    created = asyncio.run(call(read_settings(), "POST", "/collections", body))
    if as_json:
        print_json(created)
    else:
        out.print(f"Collection « {created['name']} » créée. Lecteurs : {_readers(created)}.")


@collections.command()
def describe(
    name: Name,
    rename: Annotated[str | None, typer.Option(metavar="NOM", help="Son nouveau nom.")] = None,
    description: Annotated[str | None, typer.Option(help="À quoi elle sert.")] = None,
    edition: Edition = None,
    as_json: AsJson = False,
) -> None:
    """Changer le nom ou la description d’une collection."""
    if rename is None and description is None:
        raise typer.BadParameter("donnez --rename ou --description")
    body = {"collection": name, "name": rename, "description": description, "edition": edition}
    changed = asyncio.run(call(read_settings(), "PATCH", "/collections/description", body))
    if as_json:
        print_json(changed)
    else:
        out.print(f"Collection « {changed['name']} » : {changed['description'] or 'sans description'}")


@collections.command()
def access(
    name: Name,
    owner: Annotated[str | None, typer.Option(metavar="GROUPE", help="Le groupe qui la tient désormais.")] = None,
    reader: Annotated[
        list[str] | None, typer.Option(metavar="GROUPE", help="Groupe qui la lit désormais (répétable).")
    ] = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="Tous les agents la lisent désormais.")] = False,
    edition: Edition = None,
    as_json: AsJson = False,
) -> None:
    """Changer qui tient une collection et qui la lit. Pour l’essayer d’abord : assistant policy check."""
    if reader and everybody:
        raise typer.BadParameter("--reader et --everybody ne vont pas ensemble")
    if owner is None and not reader and not everybody:
        raise typer.BadParameter("donnez --owner, --reader ou --everybody")
    body = {"collection": name, "owner": owner, "readers": [] if everybody else reader, "edition": edition}
    changed = asyncio.run(call(read_settings(), "PATCH", "/collections/access", body))
    if as_json:
        print_json(changed)
    else:
        kept = changed["owner"] or "les administrateurs seuls"
        out.print(f"Collection « {changed['name']} ». Tenue par : {kept}. Lecteurs : {_readers(changed)}.")


@collections.command()
def pause(name: Name, edition: Edition = None, as_json: AsJson = False) -> None:
    """Ne plus prendre de nouveau document, par aucun chemin ; les sources attendent."""
    _change(name, "pause", edition, as_json=as_json)


@collections.command()
def resume(name: Name, edition: Edition = None, as_json: AsJson = False) -> None:
    """Prendre à nouveau des documents."""
    _change(name, "resume", edition, as_json=as_json)


@collections.command()
def archive(name: Name, edition: Edition = None, as_json: AsJson = False) -> None:
    """Retirer une collection à ses lecteurs, sans rien en supprimer."""
    _change(name, "archive", edition, as_json=as_json)


@collections.command()
def restore(name: Name, edition: Edition = None, as_json: AsJson = False) -> None:
    """Sortir une collection des archives."""
    _change(name, "restore", edition, as_json=as_json)


@collections.command()
def delete(
    name: Name,
    now: Annotated[bool, typer.Option("--now", help="Pour de bon, sans corbeille ; même si elle y est déjà.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
    edition: Edition = None,
    as_json: AsJson = False,
) -> None:
    """Supprimer une collection et tous ses documents ; elle peut être rétablie pendant 30 jours."""
    if not (yes or as_json) and sys.stdin.isatty():  # a script has no one to ask
        for_good = ", pour de bon" if now else ""
        confirm(f"Supprimer la collection « {name} » et tous ses documents{for_good} ? [o/N]")
    params = {"name": name, "now": str(now).lower()} | ({} if edition is None else {"edition": str(edition)})
    deleted = asyncio.run(call(read_settings(), "DELETE", "/collections", params=params))
    if as_json:
        print_json(deleted)
        return
    out.print(f"Collection « {name} » supprimée, avec {screen.count(deleted['documents'], 'document')}.")
    if not now:
        out.print(f'Pour la rétablir, pendant 30 jours : assistant collections recover "{name}"')


@collections.command()
def deleted(as_json: AsJson = False) -> None:
    """Lister les collections supprimées qui peuvent encore être rétablies."""
    held = asyncio.run(call(read_settings(), "GET", "/collections/deleted"))
    if as_json:
        print_json({"collections": held})
        return
    for one in held:
        at = dt.datetime.fromisoformat(one["deleted_at"]).astimezone()
        out.print(f"{one['name']}  supprimée le {at:%d/%m/%Y à %H:%M}  ({one['id']})")
    if not held:
        out.print("La corbeille est vide.")


@collections.command()
def recover(
    name: Name,
    identifier: Annotated[
        UUID | None, typer.Option("--id", metavar="ID", help="Laquelle, si plusieurs de ce nom sont supprimées.")
    ] = None,
    rename: Annotated[str, typer.Option(metavar="NOM", help="Le nom à lui donner, si l’ancien est pris.")] = "",
    as_json: AsJson = False,
) -> None:
    """Rétablir une collection supprimée, telle qu’elle était : rien n’est à importer de nouveau."""
    body = {"collection": name, "id": str(identifier) if identifier else None, "name": rename}
    recovered = asyncio.run(call(read_settings(), "POST", "/collections/recovered", body))
    if as_json:
        print_json(recovered)
    else:
        out.print(f"Collection « {recovered['name']} » rétablie. Lecteurs : {_readers(recovered)}.")


def _change(name: str, change: str, edition: int | None, *, as_json: bool) -> None:
    body = {"collection": name, "change": change, "edition": edition}
    changed = asyncio.run(call(read_settings(), "PATCH", "/collections/state", body))
    if as_json:
        print_json(changed)
    else:
        out.print(f"La collection « {changed['name']} » {DONE[change]}")


def _readers(one: dict[str, Any]) -> str:
    return ", ".join(one["readers"]) or "tous les agents"


def _state(one: dict[str, Any]) -> str:
    signs = (STAGES.get(one["stage"], ""), "en pause" * one["paused"], "archivée" * one["archived"])
    return ", ".join(filter(None, signs))
