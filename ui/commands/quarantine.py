"""`assistant quarantine`, and `assistant collections guardrails`: what texts hold, and what is done about it."""

import asyncio
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.days import day_or_none
from ui.commands.screen import count
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.settings import read_settings

quarantine = Commands(help="Les documents mis de côté, qui attendent votre décision.")

out = Console(highlight=False, soft_wrap=True, markup=False)

CONCERNS = {
    "marking": "Mentions de protection",
    "personal-data": "Données personnelles",
    "instruction": "Instructions à un modèle",
    "hidden": "Texte caché",
}
RESPONSES = {
    "accept": "accepter",
    "flag": "signaler",
    "quarantine": "mettre en quarantaine",
    "refuse": "refuser",
}

ALIKE = {"text": "au même contenu", "findings": "où la même chose a été trouvée"}

Number = Annotated[int, typer.Argument(metavar="NUMÉRO", help="Comme « quarantine list » le donne.")]
Reason = Annotated[str, typer.Option(metavar="MOTIF", help="Pourquoi, en une phrase.")]
AlikeOption = Annotated[
    str | None,
    typer.Option("--alike", metavar="COMMENT", help="Les semblables aussi : text (même contenu) ou findings."),
]
Seen = Annotated[
    str, typer.Option(metavar="EMPREINTE", help="Avec --alike : ce que « quarantine show » a donné de ce document.")
]
Day = Annotated[str, typer.Option(metavar="JOUR", parser=day_or_none)]
Answer = Annotated[str | None, typer.Option(metavar="RÉPONSE", help="accept, flag (signaler), quarantine ou refuse.")]


@quarantine.command("list")
def list_waiting(
    collection: Annotated[str, typer.Option(metavar="NOM", help="De cette collection seulement.")] = "",
    concern: Annotated[
        str, typer.Option(metavar="SUJET", help="marking, personal-data, instruction ou hidden (texte caché).")
    ] = "",
    since: Day = "",
    until: Day = "",
    as_json: AsJson = False,
) -> None:
    """Lister les documents qui attendent votre décision."""
    given = {"collection": collection, "concern": concern, "since": since, "until": until}
    params = {name: value for name, value in given.items() if value}
    held = asyncio.run(call(read_settings(), "GET", "/quarantine", params=params))
    if as_json:
        print_json({"documents": held})
        return
    for one in held:
        out.print(f"{one['id']}. {one['name']}", style="bold")
        out.print(f"  {one['collection']} · depuis le {one['entered_at'][:10]} · {found(one)}")


@quarantine.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Montrer ce qui a été trouvé dans un document, avec les mots autour ; cette lecture est enregistrée."""
    held = asyncio.run(call(read_settings(), "GET", f"/quarantine/{number}"))
    if as_json:
        print_json(held)
        return
    out.print(f"{held['id']}. {held['name']} (version {held['version']}, {held['collection']})", style="bold")
    out.print(f"  Titre : {held['title']}\n  Trouvé : {found(held)}")
    for excerpt in held["excerpts"]:
        out.print(f"  {excerpt['what']} : {excerpt['text']}")
    if held["unseen"]:
        out.print(f"  Texte caché : {held['unseen']}")
    for alike, others in held["alike"].items():
        if others:
            out.print(f"  {count(others, 'autre')} {ALIKE[alike]}\u202f: --alike {alike} --seen {held['edition']}")


@quarantine.command()
def release(
    number: Number, reason: Reason, alike: AlikeOption = None, seen: Seen = "", as_json: AsJson = False
) -> None:
    """Laisser passer ce document, tel qu’il est ; une nouvelle version sera examinée à nouveau."""
    _decide(number, "released", _request(reason, alike, seen), "passera au prochain traitement", as_json)


@quarantine.command()
def refuse(number: Number, reason: Reason, alike: AlikeOption = None, seen: Seen = "", as_json: AsJson = False) -> None:
    """Refuser ce document ; son texte n’est pas gardé."""
    _decide(number, "refused", _request(reason, alike, seen), "refusé, et son texte effacé", as_json)


def guardrails(
    collection: Annotated[str, typer.Argument(metavar="COLLECTION")],
    marking: Answer = None,
    personal_data: Answer = None,
    instruction: Answer = None,
    hidden: Answer = None,
    as_json: AsJson = False,
) -> None:
    """Montrer ou changer ce qu’une collection fait des textes sensibles qui arriveront."""
    given = {"marking": marking, "personal-data": personal_data, "instruction": instruction, "hidden": hidden}
    responses = {concern: answer for concern, answer in given.items() if answer is not None}
    body = {"collection": collection, "responses": responses}
    request = call(read_settings(), "PATCH", "/guardrails", body) if responses else _rule(collection)
    rule = asyncio.run(request)
    if as_json:
        print_json(rule)
        return
    for concern, label in CONCERNS.items():
        out.print(f"{label} : {RESPONSES[rule[concern]]}")


def found(document: dict[str, Any]) -> str:
    """What was found, by kind, with how often."""
    return ", ".join(one["what"] + (f" × {one['count']}" if one["count"] > 1 else "") for one in document["found"])


async def _rule(collection: str) -> Any:
    return await call(read_settings(), "GET", "/guardrails", params={"collection": collection})


def _request(reason: str, alike: str | None, seen: str) -> dict[str, Any]:
    return {"reason": reason} | ({"alike": alike, "edition": seen} if alike else {})


def _decide(number: int, choice: str, request: dict[str, Any], said: str, as_json: bool) -> None:
    decided = asyncio.run(call(read_settings(), "POST", f"/quarantine/{number}/{choice}", request))
    if as_json:
        print_json(decided)
    elif "name" in decided:
        out.print(f"{decided['name']} (version {decided['version']})\u202f: {said}.")
    else:
        out.print(f"{count(decided['decided'], 'document')}\u202f: {said}.")
