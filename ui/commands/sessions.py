"""`assistant sessions`: who is signed in, and signing somebody out."""

import asyncio
import datetime as dt
from typing import Annotated
from uuid import UUID

import typer

from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.settings import read_settings

sessions = Commands(help="Les sessions des personnes connectées.")


@sessions.command("list")
def list_sessions(as_json: AsJson = False) -> None:
    """Lister les personnes connectées."""
    held = asyncio.run(call(read_settings(), "GET", "/sessions"))
    if as_json:
        print_json({"sessions": held})
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
    ended = asyncio.run(call(read_settings(), "DELETE", "/sessions", params={"session": str(session)}))
    if as_json:
        print_json(ended)
    else:
        typer.echo(f"La session de {ended['person']['username']} est terminée.")


def _when(moment: str) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone():le %d/%m/%Y à %H:%M}"
