"""`assistant questions`: sets of questions whose documents are known, to measure by."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.screen import count
from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.errors import OutputUnusable
from ui.french import system_reason
from ui.settings import read_settings

questions = Commands(help="Les jeux de questions dont on connaît les documents, pour mesurer.")

out = Console(highlight=False, soft_wrap=True, markup=False)

SetName = Annotated[str, typer.Argument(metavar="JEU", help="Nom du jeu de questions.")]
OfCollection = Annotated[
    str, typer.Option("--collection", metavar="NOM", help="Sa collection, si plusieurs ont un jeu de ce nom.")
]


@questions.command("list")
def list_sets(as_json: AsJson = False) -> None:
    """Lister vos jeux de questions."""
    sets = _call("GET", "/questions")
    if as_json:
        print_json({"sets": sets})
        return
    for one in sets:
        golden = ", de référence" if one["golden"] else ""
        out.print(f"{one['name']} ({one['collection']}) : {count(one['questions'], 'question')}{golden}")
    if not sets:
        out.print("Aucun jeu : créez-en un par « assistant questions create JEU --collection NOM ».")


@questions.command()
def create(
    name: SetName,
    collection: Annotated[str, typer.Option("--collection", metavar="NOM", help="La collection interrogée.")],
    as_json: AsJson = False,
) -> None:
    """Créer un jeu vide."""
    _told(_call("POST", "/questions", {"name": name, "collection": collection}), "Créé", as_json=as_json)


@questions.command("import")
def import_questions(
    name: SetName,
    path: Annotated[
        Path, typer.Argument(metavar="FICHIER.jsonl", readable=False, help="Lignes {id, question, relevant, note}.")
    ],
    collection: OfCollection = "",
    as_json: AsJson = False,
) -> None:
    """Ajouter les questions d’un fichier, ou remplacer celles des mêmes identifiants ; les autres restent."""
    from ui.evaluation.questions_file import read_lines
    from ui.evaluation.set_file import set_questions

    read = set_questions(str(path), read_lines(path))
    body = [
        {"id": one.id, "question": one.question, "relevant": sorted(one.relevant), "note": one.note} for one in read
    ]
    _changed(_call("PUT", "/questions/content", _named(name, collection) | {"questions": body}), as_json=as_json)


@questions.command("export")
def export_questions(
    name: SetName,
    path: Annotated[Path | None, typer.Argument(metavar="[FICHIER.jsonl]", help="Sans fichier : à l’écran.")] = None,
    collection: OfCollection = "",
) -> None:
    """Écrire les questions d’un jeu, comme « assistant evaluate --questions » les lit."""
    from retrieval import KeptQuestion
    from ui.evaluation.set_file import set_text

    held = _call("POST", "/questions/content", _named(name, collection))
    text = set_text(KeptQuestion(**one | {"relevant": frozenset(one["relevant"])}) for one in held)
    if path is None:
        typer.echo(text, nl=False)
        return
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise OutputUnusable(f"Le fichier {path} ne sera pas écrit : {system_reason(error)}.") from error
    out.print(f"Écrit : {path}")


@questions.command()
def add(
    name: SetName,
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    relevant: Annotated[
        list[str] | None, typer.Option("--document", metavar="ID", help="Un document qui répond (répétable).")
    ] = None,
    refusal: Annotated[
        bool, typer.Option("--refusal", help="Aucun document ne répond : un refus est attendu.")
    ] = False,
    note: Annotated[str, typer.Option(metavar="TEXTE")] = "",
    collection: OfCollection = "",
    as_json: AsJson = False,
) -> None:
    """Ajouter une question, avec les documents qui y répondent."""
    if bool(relevant) is refusal:
        raise typer.BadParameter("Donnez --document, une fois au moins, ou --refusal : pas les deux.")
    one = {"question": question, "relevant": relevant or [], "note": note}
    _changed(_call("PUT", "/questions/content", _named(name, collection) | {"questions": [one]}), as_json=as_json)


@questions.command()
def remove(
    name: SetName,
    ids: Annotated[list[str], typer.Argument(metavar="ID…")],
    collection: OfCollection = "",
    as_json: AsJson = False,
) -> None:
    """Retirer des questions, par leurs identifiants."""
    removed = _call("DELETE", "/questions/content", _named(name, collection) | {"ids": ids})
    if as_json:
        print_json(removed)
    else:
        out.print(f"Retirées : {count(removed['removed'], 'question')}.")


@questions.command()
def golden(
    name: SetName,
    off: Annotated[bool, typer.Option("--off", help="Il ne l’est plus.")] = False,
    collection: OfCollection = "",
    as_json: AsJson = False,
) -> None:
    """Faire d’un jeu une référence : ses questions sont posées avant chaque publication de sa collection."""
    held = _call("PATCH", "/questions/golden", _named(name, collection) | {"golden": not off})
    _told(held, "N’est plus de référence" if off else "De référence", as_json=as_json)


@questions.command()
def rename(
    name: SetName,
    to: Annotated[str, typer.Argument(metavar="NOUVEAU")],
    collection: OfCollection = "",
    as_json: AsJson = False,
) -> None:
    """Donner un autre nom à un jeu."""
    held = _call("PATCH", "/questions/name", _named(name, collection) | {"to": to})
    _told(held, "Renommé", as_json=as_json)


@questions.command()
def delete(
    name: SetName,
    collection: OfCollection = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Supprimer un jeu, avec ses évaluations."""
    if not yes:
        confirm(f"Supprimer le jeu « {name} », ses questions et ses évaluations ?")
    _told(_call("DELETE", "/questions", _named(name, collection)), "Supprimé", as_json=as_json)


def _named(name: str, collection: str) -> dict[str, Any]:
    return {"name": name, "collection": collection}


def _call(method: str, path: str, body: Any = None) -> Any:
    return asyncio.run(call(read_settings(), method, path, body))


def _told(held: dict[str, Any], done: str, *, as_json: bool) -> None:
    if as_json:
        print_json(held)
    else:
        out.print(f"{done} : {held['name']} ({held['collection']}).")


def _changed(change: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        print_json(change)
    else:
        out.print(f"Ajoutées : {change['added']}, modifiées : {change['changed']}, inchangées : {change['unchanged']}.")
