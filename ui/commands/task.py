"""`assistant task`: a task on files or documents, its result on the screen or in a file."""

import asyncio
import base64
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from ui.commands.screen import AnswerScreen
from ui.commands.usage import AsJson, print_json
from ui.control.client import open_client
from ui.errors import OutputUnusable
from ui.french import system_reason
from ui.settings import read_settings

FORMATS = (".docx", ".odt", ".md")

out = Console(highlight=False, soft_wrap=True, markup=False)


def value(text: str) -> tuple[str, str]:
    """A field and what is put there. Raises `typer.BadParameter`."""
    name, equals, given = text.partition("=")
    if not equals or not name.strip():
        raise typer.BadParameter(f"« {text} » n’est pas de la forme nom=valeur")
    return name.strip(), given


def place(text: str) -> dict[str, str]:
    """A collection and a document. Raises `typer.BadParameter`."""
    collection, slash, document = text.partition("/")
    if not slash or not collection or not document:
        raise typer.BadParameter(f"« {text} » n’est pas de la forme COLLECTION/DOCUMENT")
    return {"collection": collection, "document": document}


def output(text: str) -> Path:
    """A file that can be written. Raises `typer.BadParameter`."""
    path = Path(text)
    if path.suffix.lower() not in FORMATS:
        raise typer.BadParameter(f"« {text} » doit se terminer par {', '.join(FORMATS)}")
    return path


class TaskScreen(AnswerScreen):
    """As an answer, with the parts that are done on standard error."""

    def __init__(self, out: Console, *, quiet: bool) -> None:
        super().__init__(out, quiet=quiet)
        console = Console(stderr=True)
        self._progress = Progress(console=console, disable=quiet or not console.is_terminal, transient=True)
        self._task = self._progress.add_task("Parties du texte", total=None)

    def update(self, event: dict[str, Any]) -> None:
        match event["kind"]:
            case "progress":
                self._progress.start()
                self._progress.update(self._task, completed=event["done"], total=event["total"])
            case "text" | "answer":
                self._progress.stop()
        super().update(event)


def task(
    name: Annotated[str, typer.Argument(metavar="NOM", help="La tâche, comme « assistant tasks list » la nomme.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FICHIER", readable=False, help="Les textes, dans l’ordre des champs de la tâche."),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--champ", metavar="NOM=VALEUR", help="Ce qui va dans un champ (répétable)."),
    ] = None,
    documents: Annotated[
        list[str] | None,
        typer.Option("--document", metavar="COLLECTION/DOCUMENT", help="Un document, après les fichiers (répétable)."),
    ] = None,
    collection: Annotated[
        list[str] | None,
        typer.Option(metavar="NOM", help="Ne chercher d’appui que dans cette collection (répétable)."),
    ] = None,
    written: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FICHIER", help="Écrire là : .docx, .odt ou .md."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Résumer, rédiger, reformuler, comparer ou traduire des textes ; chaque phrase est vérifiée et citée."""
    path = output(written) if written else None
    body = {
        "task": name,
        "values": dict(map(value, values or [])),
        "paths": [str(file.absolute()) for file in files or []],
        "documents": [place(one) for one in documents or []],
        "collections": collection or [],
        "format": path.suffix.lower().removeprefix(".") if path else None,
    }
    result = asyncio.run(_done(body, TaskScreen(out, quiet=as_json or path is not None)))
    content = base64.b64decode(result.pop("file", ""))
    if path:
        _write(path, content)
    if as_json:
        print_json(result)
    elif path:
        for notice in result["partial"]:
            out.print(notice, style="yellow")
        out.print(f"Écrit : {path}")


async def _done(body: Any, show: TaskScreen) -> dict[str, Any]:
    """The answer, and the differences where a comparison found some."""
    event: dict[str, Any] = {}
    differences: dict[str, Any] = {}
    async with open_client(read_settings()) as client:
        with show:
            async for event in client.stream("/task", body):
                if event["kind"] == "differences":
                    differences = {"differences": event["differences"]}
                show.update(event)
    return {key: value for key, value in event.items() if key != "kind"} | differences


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise OutputUnusable(f"{path} ne peut pas être écrit : {system_reason(error)}.") from error
