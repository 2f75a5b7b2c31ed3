"""`assistant tasks`: which tasks there are, and what their templates say."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.following import follow
from ui.commands.task import TaskScreen, value
from ui.commands.text_file import read_text
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.line_difference import difference
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
    shown = _shown(name, version)
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
    changed = asyncio.run(call(read_settings(), "PUT", "/tasks", {"source": read_text(path)}))
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


@tasks.command()
def enable(name: Name, as_json: AsJson = False) -> None:
    """Proposer de nouveau une tâche que « tasks disable » a retirée."""
    changed = asyncio.run(call(read_settings(), "POST", f"/tasks/{name}/enable"))
    _tell(changed, "est de nouveau proposée", as_json=as_json)


@tasks.command()
def diff(
    name: Name,
    before: Annotated[int | None, typer.Option("--from", metavar="N", min=1, help="D’une version…")] = None,
    after: Annotated[int | None, typer.Option("--to", metavar="N", min=1, help="… à une autre.")] = None,
    as_json: AsJson = False,
) -> None:
    """Comparer deux versions d’une tâche, ligne par ligne ; sans options, les deux dernières."""
    new = _shown(name, after)
    old = _shown(name, before or max([one for one in new["versions"] if one < new["version"]] or [new["version"]]))
    lines = difference(old["source"], new["source"])
    if as_json:
        print_json({"from": old["version"], "to": new["version"], "lines": [[line.sign, line.text] for line in lines]})
        return
    for line in lines:
        out.print(f"{line.sign} {line.text}", style={"-": "red", "+": "green"}.get(line.sign, ""))


@tasks.command("try")
def try_out(
    path: Annotated[Path, typer.Argument(metavar="MODÈLE", readable=False, help="Le modèle à essayer (TOML).")],
    files: Annotated[list[Path], typer.Argument(metavar="FICHIER", readable=False, help="Les textes.")],
    values: Annotated[
        list[str] | None,
        typer.Option("--champ", metavar="NOM=VALEUR", help="Ce qui va dans un champ (répétable)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Essayer un modèle de tâche sur des textes, sans l’enregistrer."""
    body = {
        "task": "",
        "source": read_text(path),
        "values": dict(map(value, values or [])),
        "paths": [str(file.absolute()) for file in files],
    }
    result = asyncio.run(follow("/task/try", body, TaskScreen(out, quiet=as_json)))
    if as_json:
        print_json(result)


def _shown(name: str, version: int | None) -> dict[str, Any]:
    params = {"version": str(version)} if version else {}
    shown: dict[str, Any] = asyncio.run(call(read_settings(), "GET", f"/tasks/{name}", params=params))
    return shown


def _tell(changed: dict[str, object], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(changed)
    else:
        out.print(f"La tâche « {changed['name']} » {what} (version {changed['version']}).")
