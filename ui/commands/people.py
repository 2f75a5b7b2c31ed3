"""`assistant people`: who is in Keycloak, what one person may do and by which rule, their sessions."""

import asyncio
from typing import Annotated, Any, Literal
from urllib.parse import quote

import typer
from rich.console import Console

from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.settings import read_settings

people = Commands(help="Les personnes, telles que Keycloak les connaît.")

out = Console(highlight=False, soft_wrap=True, markup=False)


@people.command("list")
def list_people(
    words: Annotated[str, typer.Argument(metavar="MOTS", help="D’un nom, d’un identifiant ou d’une adresse.")] = "",
    group: Annotated[str, typer.Option(metavar="GROUPE", help="Les membres directs de ce groupe.")] = "",
    role: Annotated[
        Literal["agent", "gestionnaire", "administrateur", "auditeur"] | None,
        typer.Option(help="Celles qui ont elles-mêmes ce rôle."),
    ] = None,
    first: Annotated[int, typer.Option(min=0, help="Combien en passer ; cent sont montrées.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Lister cent personnes."""
    params = {"words": words, "group": group, "first": str(first)} | ({"role": role} if role else {})
    found = asyncio.run(call(read_settings(), "GET", "/people", params=params))
    if as_json:
        print_json({"people": found})
        return
    for one in found:
        out.print(f"{one['username']}  {one['name']}{'' if one['enabled'] else '  (compte fermé)'}")
    if not found:
        out.print("Aucune personne.")


@people.command()
def show(username: Annotated[str, typer.Argument(metavar="NOM")], as_json: AsJson = False) -> None:
    """Montrer une personne : ses rôles, ses groupes, ses collections et la règle qui en décide, ses sessions."""
    seen = asyncio.run(call(read_settings(), "GET", f"/people/{quote(username, safe='')}"))
    if as_json:
        print_json(seen)
        return
    person = seen["person"]
    out.print(f"{person['username']}  {seen['name']}{'' if seen['enabled'] else '  (compte fermé)'}")
    out.print(f"Rôles : {', '.join(person['roles']) or 'aucun'}. Groupes : {', '.join(person['groups']) or 'aucun'}.")
    for one in seen["collections"]:
        out.print(_collection(one))
    for session in seen["sessions"]:
        out.print(f"Session {session['id']}, ouverte le {session['created_at']}")


def _collection(one: dict[str, Any]) -> str:
    may = " et ".join(name for name, allowed in (("lit", one["reads"]), ("tient", one["keeps"])) if allowed)
    return f"{one['collection']} : {may} (par {', '.join(one['rules'])})"
