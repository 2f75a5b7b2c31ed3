"""`assistant documents`, about one document: its guesses, versions, chunks, citations, and its original."""

import asyncio
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, BinaryIO

import typer

from ui.commands.documents import Collection, Identifier, documents, out
from ui.commands.screen import count
from ui.commands.usage import AsJson, print_json
from ui.control.client import call, open_client
from ui.document_words import FIELDS
from ui.settings import read_settings

__all__ = ["documents"]


@documents.command()
def confirm(
    collection: Collection,
    document: Identifier,
    field: Annotated[
        list[str] | None, typer.Option(metavar="CHAMP", help=f"{', '.join(FIELDS)} (répétable) ; sans lui, tous.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Confirmer ce que l’assistant a deviné d’un document."""
    if unknown := [one for one in field or () if one not in FIELDS]:
        raise typer.BadParameter(f"« {unknown[0]} » n’est pas un champ ; ce sont {', '.join(FIELDS)}")
    body = {"collection": collection, "document": document, "fields": field or []}
    confirmed = _post("/document/confirmed", body)
    if as_json:
        print_json(confirmed)
    else:
        left = len(confirmed["guessed"])
        out.print("Tout est confirmé." if not left else f"Reste à vérifier\u202f: {count(left, 'champ')}.")


@documents.command()
def reread(collection: Collection, document: Identifier, as_json: AsJson = False) -> None:
    """Relire l’original d’un document, et refaire ce qui en est trouvable."""
    asked = _post("/document/read-again", {"collection": collection, "document": document})
    if as_json:
        print_json(asked)
    else:
        out.print(asked["problem"] or "L’original va être relu.")


@documents.command()
def versions(collection: Collection, document: Identifier, as_json: AsJson = False) -> None:
    """Lister les versions d’un document : quand elles sont arrivées, de qui, et ce qui en a été décidé."""
    found = _get("/document/versions", collection, document)
    if as_json:
        print_json({"versions": found})
        return
    for one in found:
        said = [f"arrivée le {one['received_at'][:16].replace('T', ' à ')}"]
        said += [f"donnée par {one['given_by']}"] if one["given_by"] else []
        said += [_DECISIONS[one["decision"]]] if one["decision"] else []
        said += [one["reason"]] if one["reason"] else []
        out.print(f"Version {one['version']}", style="bold")
        out.print(f"  {' · '.join(said)}")


@documents.command()
def diff(
    collection: Collection,
    document: Identifier,
    old: Annotated[int, typer.Argument(metavar="ANCIENNE", min=1)],
    new: Annotated[int, typer.Argument(metavar="NOUVELLE", min=1)],
    as_json: AsJson = False,
) -> None:
    """Montrer ce qui a changé entre deux versions d’un document."""
    found = _get("/document/difference", collection, document, old=str(old), new=str(new))
    if as_json:
        print_json(found)
        return
    if found["too_long"]:
        out.print("Ces versions sont trop longues pour être comparées ici.")
    elif not found["total"]:
        out.print("Les deux versions disent la même chose.")
    for one in found["changes"]:
        out.print(f"{one['what']}{', ' + one['place'] if one['place'] else ''}", style="bold")
        for mark, side in (("−", one["old"]), ("+", one["new"])):
            if side is not None:
                out.print(f"  {mark} {side}")


@documents.command()
def chunks(
    collection: Collection,
    document: Identifier,
    start: Annotated[int, typer.Option("--from", metavar="NUMÉRO", min=1, help="À partir de ce morceau.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Montrer ce que l’index contient d’un document, morceau par morceau."""
    found = _get("/document/chunks", collection, document, start=str(start))
    if as_json:
        print_json(found)
        return
    out.print(f"{count(found['total'], 'morceau', 'x')} en version {found['version']}.")
    for one in found["chunks"]:
        page = f", page {one['page']}" if one["page"] else ""
        out.print(f"{one['chunk']}{page} · {one['words']} mots indexés", style="bold")
        if one["headings"]:
            out.print(f"  {' › '.join(one['headings'])}", style="dim")
        out.print(f"  {one['text']}")


@documents.command()
def cited(collection: Collection, document: Identifier, as_json: AsJson = False) -> None:
    """Compter les réponses qui ont cité un document, sans les questions ni les personnes."""
    found = _get("/document/cited", collection, document)
    if as_json:
        print_json(found)
        return
    out.print(f"{count(found['answers'], 'réponse')} depuis le {found['since']}.")
    out.print(f"  Dont avec des phrases non confirmées\u202f: {found['unsupported']}")
    out.print(f"  Avis\u202f: {count(found['useful'], 'utile')}, {count(found['useless'], 'inutile')}")
    for day in found["days"]:
        out.print(f"  {day['day']}\u202f: {day['answers']}")


@documents.command()
def original(
    collection: Collection,
    document: Identifier,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FICHIER", help="Sans lui, son nom, dans ce dossier.")
    ] = None,
) -> None:
    """Écrire l’original d’un document dans un fichier, qui ne doit pas exister."""

    def into(name: str) -> BinaryIO:
        path = output or Path(PurePosixPath(name.replace("\\", "/")).name or "document")
        try:
            file = path.open("xb")
        except OSError as error:
            raise typer.BadParameter(f"{path} ne peut pas être écrit : {error.strerror}") from error
        out.print(f"{path}")
        return file

    async def download() -> None:
        async with open_client(read_settings()) as client:
            await client.download("/document/original", {"collection": collection, "document": document}, into)

    asyncio.run(download())


_DECISIONS = {
    "waiting": "en quarantaine",
    "released": "sortie de quarantaine",
    "refused": "refusée",
    "withdrawn": "remplacée avant qu’on en décide",
}


def _get(path: str, collection: str, document: str, **more: str) -> Any:
    params = {"collection": collection, "document": document} | more
    return asyncio.run(call(read_settings(), "GET", path, params=params))


def _post(path: str, body: dict[str, Any]) -> Any:
    return asyncio.run(call(read_settings(), "POST", path, body))
