"""`assistant tasks`: which tasks there are, and what their templates say."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.errors import TemplateUnreadable
from ui.french import system_reason
from ui.settings import read_settings

tasks = Commands(help="Les tâches proposées : les lister, lire leurs modèles, les changer.")

out = Console(highlight=False, soft_wrap=True, markup=False)

Name = Annotated[str, typer.Argument(metavar="NOM")]
Number = Annotated[int | None, typer.Option("--version", metavar="N", min=1, help="Cette version-là.")]


@tasks.command("list")
def list_tasks(as_json: AsJson = False) -> None:
    """Lister les tâches, avec la version en vigueur de chacune."""
    listed = asyncio.run(call(read_settings(), "GET", "/tasks"))
    if as_json:
        print_json({"tasks": listed})
        return
    for one in listed:
        state = ", n’est plus proposée" if one["disabled"] else ""
        out.print(f"{one['name']} : {one['title']} (version {one['version']}{state})", style="bold")
        out.print(f"  {one['description']}")


@tasks.command()
def show(name: Name, version: Number = None, as_json: AsJson = False) -> None:
    """Afficher le modèle d’une tâche, tel qu’un fichier de « tasks put » le contient."""
    params = {"version": str(version)} if version else {}
    shown = asyncio.run(call(read_settings(), "GET", f"/tasks/{name}", params=params))
    if as_json:
        print_json(shown)
    else:
        out.print(shown["source"].rstrip())


@tasks.command()
def put(
    path: Annotated[Path, typer.Argument(metavar="FICHIER", readable=False, help="Le modèle (TOML).")],
    as_json: AsJson = False,
) -> None:
    """Mettre en vigueur une nouvelle version d’une tâche, ou une nouvelle tâche."""
    try:
        source = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TemplateUnreadable(f"{path} ne peut pas être lu : {system_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise TemplateUnreadable(f"{path} n’est pas un texte en UTF-8. Enregistrez-le en UTF-8.") from error
    changed = asyncio.run(call(read_settings(), "PUT", "/tasks", {"source": source}))
    _tell(changed, "est en vigueur", as_json=as_json)


@tasks.command()
def restore(
    name: Name,
    version: Annotated[int, typer.Option("--version", metavar="N", min=1, help="La version à remettre en vigueur.")],
    as_json: AsJson = False,
) -> None:
    """Remettre en vigueur une version antérieure, comme nouvelle version."""
    changed = asyncio.run(call(read_settings(), "POST", f"/tasks/{name}/restore", {"version": version}))
    _tell(changed, "est en vigueur", as_json=as_json)


@tasks.command()
def disable(name: Name, as_json: AsJson = False) -> None:
    """Ne plus proposer une tâche ; « tasks restore » la remet."""
    changed = asyncio.run(call(read_settings(), "POST", f"/tasks/{name}/disable"))
    _tell(changed, "n’est plus proposée", as_json=as_json)


def _tell(changed: dict[str, object], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(changed)
    else:
        out.print(f"La tâche « {changed['name']} » {what} (version {changed['version']}).")
