"""`assistant prompts`: what a ministry tells the model besides the product's own instructions."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.text_file import read_text
from ui.commands.trying import Asked, File, In, questions, trial
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.errors import RequestFailed
from ui.line_difference import difference
from ui.settings import read_settings

prompts = Commands(help="Les consignes du ministère au modèle, ajoutées à celles du produit : versions, essai.")

out = Console(highlight=False, soft_wrap=True, markup=False)

Number = Annotated[int | None, typer.Option("--version", metavar="N", min=1, help="Cette version-là.")]
Text = Annotated[
    Path, typer.Argument(metavar="FICHIER", readable=False, help="Le texte des consignes, 2 000 caractères au plus.")
]


@prompts.command()
def show(version: Number = None, as_json: AsJson = False) -> None:
    """Afficher les consignes en vigueur, ou une version."""
    held = _versions()
    shown = _version(held, version) if version or held else None
    if as_json:
        print_json({"versions": held, "shown": shown})
    elif shown is None or not shown["text"]:
        out.print("Le ministère n’ajoute aucune consigne à celles du produit.")
    else:
        out.print(shown["text"])


@prompts.command()
def put(
    path: Annotated[
        Path | None, typer.Argument(metavar="FICHIER", readable=False, help="Le texte, 2 000 caractères au plus.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Ne plus rien ajouter aux consignes du produit.")] = False,
    as_json: AsJson = False,
) -> None:
    """Mettre en vigueur de nouvelles consignes, ou aucune."""
    if (path is None) == (not none):
        raise typer.BadParameter("donnez un fichier, ou --none")
    changed = asyncio.run(call(read_settings(), "PUT", "/prompts", {"text": read_text(path) if path else ""}))
    _tell(changed, as_json=as_json)


@prompts.command()
def diff(
    before: Annotated[int | None, typer.Option("--from", metavar="N", min=1, help="D’une version…")] = None,
    after: Annotated[int | None, typer.Option("--to", metavar="N", min=1, help="… à une autre.")] = None,
    as_json: AsJson = False,
) -> None:
    """Comparer deux versions, ligne par ligne ; sans options, les deux dernières."""
    held = _versions()
    new = _version(held, after)
    old = _version(held, before) if before else _before(held, new)
    lines = difference(old["text"], new["text"])
    if as_json:
        print_json({"from": old["version"], "to": new["version"], "lines": [[line.sign, line.text] for line in lines]})
        return
    for line in lines:
        out.print(f"{line.sign} {line.text}", style={"-": "red", "+": "green"}.get(line.sign, ""))


@prompts.command()
def restore(
    version: Annotated[int, typer.Option("--version", metavar="N", min=1, help="La version à remettre en vigueur.")],
    as_json: AsJson = False,
) -> None:
    """Remettre en vigueur une version antérieure, comme nouvelle version."""
    _tell(asyncio.run(call(read_settings(), "POST", "/prompts/restore", {"version": version})), as_json=as_json)


@prompts.command("try")
def try_out(path: Text, asked: Asked = None, file: File = None, collection: In = None, as_json: AsJson = False) -> None:
    """Essayer des consignes sur des questions, à côté de celles en vigueur ; rien n’est changé."""
    body = {"text": read_text(path), "questions": questions(asked, file), "collections": collection or []}
    trial("/prompts/try", body, as_json=as_json)


def _versions() -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = asyncio.run(call(read_settings(), "GET", "/prompts"))
    return held


def _version(held: list[dict[str, Any]], version: int | None) -> dict[str, Any]:
    """That version, or the last. Raises `RequestFailed`."""
    found = [one for one in held if version in (None, one["version"])]
    if not found:
        raise RequestFailed(
            f"Les consignes n’ont pas de version {version}." if version else "Il n’y a encore aucune consigne."
        )
    return found[-1]


def _before(held: list[dict[str, Any]], version: dict[str, Any]) -> dict[str, Any]:
    """The version before that one; before the first there was nothing."""
    return next((one for one in reversed(held) if one["version"] < version["version"]), {"version": 0, "text": ""})


def _tell(changed: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(changed)
    elif changed["text"]:
        out.print(f"Ces consignes sont en vigueur (version {changed['version']}).")
    else:
        out.print(f"Le ministère n’ajoute plus de consigne (version {changed['version']}).")
