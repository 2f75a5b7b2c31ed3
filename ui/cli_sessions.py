"""`assistant sessions`: who is signed in, and signing somebody out."""

import asyncio
import datetime as dt
import json
from typing import Annotated, Any
from uuid import UUID

import typer

from ui.client import open_client
from ui.settings import read_settings
from ui.usage import Commands

sessions = Commands(help="Les sessions des personnes connectées.")

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


@sessions.command("list")
def list_sessions(as_json: AsJson = False) -> None:
    """Lister les personnes connectées."""
    held = asyncio.run(_call("GET"))
    if as_json:
        _print_json({"sessions": held})
        return
    for session in held:
        person = session["person"]
        typer.echo(
            f"{session['id']}  {person['username']}  {', '.join(person['roles'])}  "
            f"ouverte {_when(session['created_at'])}, utilisée {_when(session['used_at'])}"
        )
    if not held:
        typer.echo("Personne n’est connecté.")


@sessions.command()
def end(
    session: Annotated[UUID, typer.Argument(metavar="SESSION", help="La session, comme « sessions list » la nomme.")],
    as_json: AsJson = False,
) -> None:
    """Terminer une session, ici et à Keycloak."""
    ended = asyncio.run(_call("DELETE", {"session": str(session)}))
    if as_json:
        _print_json(ended)
    else:
        typer.echo(f"La session de {ended['person']['username']} est terminée.")


async def _call(method: str, params: dict[str, str] | None = None) -> Any:
    async with open_client(read_settings()) as client:
        return await client.call(method, "/sessions", params=params)


def _when(moment: str) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone():le %d/%m/%Y à %H:%M}"


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
