"""`assistant jobs`: how far received documents are, stopping a job, having one tried again."""

import asyncio
import datetime as dt
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Column, Table

from ui.commands.screen import count
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call, open_client
from ui.settings import read_settings

jobs = Commands(help="Le traitement des documents reçus : où ils en sont, annuler, réessayer.")

out = Console(highlight=False, soft_wrap=True, markup=False)

STATES = {
    "waiting": "en attente",
    "running": "en cours",
    "indexed": "trouvable",
    "failed": "en échec",
    "quarantined": "mis de côté",
}
PAGE = 1000

Collection = Annotated[str, typer.Option(metavar="NOM", help="Seulement cette collection.")]
Job = Annotated[int, typer.Argument(metavar="TÂCHE", help="La tâche, comme « jobs list » la numérote.")]


@jobs.command("list")
def list_jobs(
    collection: Collection = "",
    state: Annotated[
        Literal["waiting", "running", "indexed", "failed", "quarantined"] | None,
        typer.Option(help="Seulement les documents dans cet état."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lister les documents reçus, leur état, les essais et le prochain."""
    found = asyncio.run(_all({"collection": collection} | ({"state": state} if state else {})))
    if as_json:
        print_json({"documents": found})
        return
    document = Column("Document", overflow="fold")
    table = Table("Tâche", "Collection", document, "État", "Essais", "Prochain essai", box=None, header_style="bold")
    for one in found:
        next_try = "" if one["next_try"] is None else _when(one["next_try"])
        shown = [one["collection"], one["name"], _state(one), str(one["attempts"] or ""), next_try]
        table.add_row(str(one["job"]), *shown)
    out.print(table)
    for one in found:
        if reason := one["reason"]:
            told = reason if reason.startswith(one["name"]) else f"{one['name']} : {reason}"
            out.print(told, style="red" if one["state"] == "failed" else "dim")


@jobs.command()
def cancel(job: Job, as_json: AsJson = False) -> None:
    """Annuler une tâche : ses documents qui attendent encore sont en échec jusqu’à un nouvel essai."""
    _act(f"/jobs/{job}/cancel", "annulé", as_json)


@jobs.command()
def retry(job: Job, as_json: AsJson = False) -> None:
    """Réessayer maintenant ce qui est en échec ou en attente dans une tâche."""
    _act(f"/jobs/{job}/retry", "à nouveau en attente", as_json)


@jobs.command("retry-failed")
def retry_failed(collection: Collection = "", as_json: AsJson = False) -> None:
    """Réessayer tout ce qui est en échec."""
    _act("/jobs/retry-failed", "à nouveau en attente", as_json, {"collection": collection})


def _act(path: str, done: str, as_json: bool, params: dict[str, str] | None = None) -> None:
    outcome = asyncio.run(call(read_settings(), "POST", path, params=params))
    if as_json:
        print_json(outcome)
    else:
        out.print(f"{count(outcome['documents'], 'document')} : {done}.")


async def _all(params: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async with open_client(read_settings()) as client:
        while True:
            last = found[-1] if found else {"collection": "", "document_id": ""}
            after = {"after_collection": last["collection"], "after": last["document_id"], "limit": str(PAGE)}
            page = await client.call("GET", "/jobs", params=params | after)
            found += page
            if len(page) < PAGE:
                return found


def _state(one: dict[str, Any]) -> str:
    state = STATES[one["state"]]
    if one["progress"]:
        state += f" ({one['progress']['done']} sur {one['progress']['total']} de la tâche)"
    return state


def _when(moment: str) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone():le %d/%m/%Y à %H:%M:%S}"
