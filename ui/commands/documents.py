"""`assistant documents`: what is known of the documents of a collection, and saying what holds instead."""

import asyncio
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ui.commands.attempts import removal
from ui.commands.days import day_or_none
from ui.commands.quarantine import found
from ui.commands.screen import count
from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.document_words import FIELDS, STATES
from ui.settings import read_settings

documents = Commands(help="Les documents d’une collection : nature, numéro, dates d’effet.")

out = Console(highlight=False, soft_wrap=True, markup=False)

Collection = Annotated[str, typer.Argument(metavar="COLLECTION")]
Identifier = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="Son identifiant, comme « documents list » le donne.")
]
Value = Annotated[str | None, typer.Option(metavar="TEXTE", help="« » pour effacer.")]
Day = Annotated[str | None, typer.Option(metavar="JOUR", parser=day_or_none, help="« » pour effacer.")]


@documents.command()
def show(collection: Collection, document: Identifier, as_json: AsJson = False) -> None:
    """Montrer ce que l’assistant sait d’un document."""
    params = {"collection": collection, "document": document}
    _show(collection, asyncio.run(call(read_settings(), "GET", "/document", params=params)), as_json)


@documents.command()
def correct(
    collection: Collection,
    document: Identifier,
    title: Annotated[str | None, typer.Option(metavar="TEXTE")] = None,
    kind: Annotated[str | None, typer.Option(metavar="NATURE", help="loi, décret, arrêté, circulaire, note…")] = None,
    number: Value = None,
    author: Value = None,
    signed_on: Day = None,
    in_force_from: Day = None,
    repealed_on: Day = None,
    replaces: Annotated[
        list[str] | None, typer.Option(metavar="NUMÉRO", help="Texte qu’il remplace (répétable), « » pour effacer.")
    ] = None,
    replaced_by: Value = None,
    as_json: AsJson = False,
) -> None:
    """Corriger ce que l’assistant sait d’un document ; le reste ne change pas."""
    texts = {"title": title, "number": number, "replaced_by": replaced_by, "author": author}
    others = {"kind": kind, "signed_on": signed_on, "in_force_from": in_force_from, "repealed_on": repealed_on}
    correction: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    correction |= {name: value or None for name, value in others.items() if value is not None}
    if replaces is not None:
        correction["replaces"] = [one for one in replaces if one]
    if not correction:
        raise typer.BadParameter("rien à corriger, donnez au moins une option")
    body = {"collection": collection, "document": document, "correction": correction}
    _show(collection, asyncio.run(call(read_settings(), "PATCH", "/document", body)), as_json)


@documents.command()
def remove(
    collection: Collection,
    document: Annotated[list[str], typer.Argument(metavar="DOCUMENT…")],
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Retirer des documents d’une collection, avec toutes leurs versions."""
    if not (yes or as_json) and sys.stdin.isatty():  # a script has no one to ask
        confirm(f"Retirer {count(len(document), 'document')} de « {collection} » ? [o/N]")
    body = {"collection": collection, "documents": document}
    removed = asyncio.run(call(read_settings(), "DELETE", "/documents", body))
    if as_json:
        print_json(removed)
    else:
        out.print(f"Retirés : {count(removed['removed'], 'document')}.")


def show_list(held: list[dict[str, Any]]) -> None:
    """Each document with what is known of it."""
    for one in held:
        _line(one["name"], "bold")
        if one["id"] != one["name"]:
            _line(f"Identifiant\u202f: {one['id']}", "dim", indent=2)
        _line(" · ".join(_facts(one)), indent=2)
        if one["failure"]:
            _line(one["failure"], "red", indent=2)


def _show(collection: str, document: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    out.print(f"{document['name']} (version {document['version']}, {STATES[document['state']]})", style="bold")
    if document["id"] != document["name"]:
        out.print(f"  Identifiant\u202f: {document['id']}")
    if document["failure"]:
        out.print(f"  {document['failure']}")
    if document["found"]:
        out.print(f"  Signalé : {found(document)}")
        out.print(f"  {removal(collection, document['id'])}", style="dim")
    for name, label in FIELDS.items():
        if shown := _value(document[name]):
            out.print(f"  {label} : {shown}{' (à vérifier)' if name in document['guessed'] else ''}")


def _line(text: str, style: str = "", indent: int = 0) -> None:
    """On the screen's width: what is longer goes on below, indented alike."""
    out.print(Padding(Text(text, style, overflow="fold"), (0, 0, 0, indent)), soft_wrap=False)


def _facts(document: dict[str, Any]) -> list[str]:
    """State, title, nature and number, dates, and what is flagged, as far as they are known."""
    is_named = document["title"] not in {document["id"], document["name"]}
    shown = ("title", "kind", "number") if is_named else ("kind", "number")
    facts = [STATES[document["state"]], *(_marked(document, name) for name in shown)]
    facts += [
        f"{FIELDS[name].lower()} {_marked(document, name)}"
        for name in ("in_force_from", "repealed_on")
        if document[name]
    ]
    if document["found"]:
        facts.append(f"signalé : {found(document)}")
    return list(filter(None, facts))


def _marked(document: dict[str, Any], name: str) -> str:
    return _value(document[name]) + ("*" if name in document["guessed"] else "")


def _value(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else value or ""
