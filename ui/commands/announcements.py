"""`assistant announcements`: what is said to everybody, at the top of every page."""

import asyncio
import datetime as dt
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.settings import read_settings

announcements = Commands(help="Les annonces à tous, en haut de toutes les pages.")

out = Console(highlight=False, soft_wrap=True, markup=False)

STATES = {"planned": "prévue", "shown": "affichée", "over": "passée", "withdrawn": "retirée"}
KINDS = {"info": "information", "warning": "attention", "alert": "alerte"}


@announcements.command("list")
def list_announcements(as_json: AsJson = False) -> None:
    """Lister les annonces, de la plus récente à la plus ancienne."""
    held = asyncio.run(call(read_settings(), "GET", "/announcements"))
    if as_json:
        print_json({"announcements": held})
        return
    for one in held:
        out.print(_line(one))
    if not held:
        out.print("Aucune annonce.")


@announcements.command()
def publish(
    text: Annotated[str, typer.Argument(metavar="TEXTE", help="Ce que tout le monde doit lire, entre guillemets.")],
    until: Annotated[str, typer.Option(metavar="MOMENT", help="La fin, à Paris : « 26/11/2026 18:00 ».")],
    start: Annotated[
        str, typer.Option("--from", metavar="MOMENT", help="Le début, à Paris ; sans lui, maintenant.")
    ] = "",
    kind: Annotated[Literal["info", "warning", "alert"], typer.Option(help="La sorte.")] = "info",
    as_json: AsJson = False,
) -> None:
    """Publier une annonce, ou la prévoir."""
    body = {"text": text, "kind": kind, "ends_at": _moment(until, "--until")}
    if start:
        body["starts_at"] = _moment(start, "--from")
    published = asyncio.run(call(read_settings(), "POST", "/announcements", body))
    if as_json:
        print_json(published)
    else:
        out.print(_line(published))


@announcements.command()
def withdraw(
    number: Annotated[int, typer.Argument(metavar="NUMÉRO", help="Comme « announcements list » le donne.")],
    as_json: AsJson = False,
) -> None:
    """Retirer une annonce de toutes les pages."""
    withdrawn = asyncio.run(call(read_settings(), "POST", f"/announcements/{number}/withdraw"))
    if as_json:
        print_json(withdrawn)
    else:
        out.print(f"L’annonce {withdrawn['number']} est retirée.")


def _line(one: dict[str, Any]) -> str:
    start, end = (dt.datetime.fromisoformat(one[name]) for name in ("starts_at", "ends_at"))
    said = f"{one['number']}  {STATES[one['state']]}, {KINDS[one['kind']]}, {_when(start)} – {_when(end)}"
    return f"{said} : {one['text']}"


def _when(moment: dt.datetime) -> str:
    from ui.pages import PARIS  # pages take long to import, and most commands do without

    return f"{moment.astimezone(PARIS):%d/%m/%Y %H:%M}"


def _moment(written: str, option: str) -> str:
    from ui.paris import paris_moment

    moment = paris_moment(written)
    if moment is None:
        raise typer.BadParameter(f"« {written} » n’est pas un moment : écrivez « 26/11/2026 18:00 »", param_hint=option)
    return moment.isoformat()
