"""`assistant calibrate`: learning the order of results, or when to refuse, from questions whose documents are known."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.commands.screen import CalibrationScreen
from ui.commands.usage import AsJson, print_json
from ui.control.client import open_client
from ui.errors import NotBetter, QuestionsInvalid
from ui.evaluation.output_file import RANKER_MARK, REFUSAL_MARK, OutputFile
from ui.evaluation.questions_file import read_questions
from ui.settings import read_settings


def calibrate(
    questions: Annotated[
        list[str],
        typer.Option(
            metavar="FICHIER.jsonl[=COLLECTION]",
            help="Lignes {id, question, relevant}, et où les poser (répétable ; un même fichier, pour plusieurs "
            "collections).",
        ),
    ],
    unanswerable: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FICHIER.jsonl[=COLLECTION]",
            help="Des questions auxquelles aucun document ne répond : apprendre alors quand refuser, et non l’ordre.",
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER.json",
            help="Garder ce qui est appris, pour ASSISTANT_RANKER ou, avec --unanswerable, pour ASSISTANT_REFUSAL.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Apprendre l’ordre des résultats, ou quand refuser, de questions dont on connaît les documents."""
    sets = question_sets(questions)
    if unanswerable:
        _calibrate_refusal(sets, question_sets(unanswerable), save, as_json=as_json)
        return
    file = OutputFile(save, RANKER_MARK) if save else None
    if file:
        file.check()
    learned = asyncio.run(_learned("/calibrate", {"sets": sets}, CalibrationScreen(quiet=as_json)))
    if file and learned["wins"]:
        from ui.evaluation.ranker_file import ranker_text

        file.write(ranker_text(learned["ranker"]))
    if as_json:
        print_json(learned)
    else:
        from ui.commands.calibration_screen import print_calibration

        print_calibration(learned, written=str(save) if save else "")
    if not learned["wins"]:
        raise NotBetter


def _calibrate_refusal(
    sets: list[dict[str, Any]], unanswerable: list[dict[str, Any]], save: Path | None, *, as_json: bool
) -> None:
    file = OutputFile(save, REFUSAL_MARK) if save else None
    if file:
        file.check()
    body = {"sets": sets, "unanswerable": unanswerable}
    learned = asyncio.run(_learned("/calibrate/refusal", body, CalibrationScreen(quiet=as_json)))
    if file:
        from ui.evaluation.ranker_file import ranker_text

        file.write(ranker_text(learned["evidence"]))
    if as_json:
        print_json(learned)
    else:
        from ui.commands.refusal_screen import print_refusal

        print_refusal(learned, written=str(save) if save else "")


def question_sets(given: Sequence[str]) -> list[dict[str, Any]]:
    """A set a file, as the request wants them. Raises `QuestionsInvalid`."""
    collections: dict[Path, list[str]] = {}
    for one in given:
        path, collection = _parted(one)
        collections.setdefault(path, []).append(collection)
    names = [path.name for path in collections]
    sets = []
    for path, named in collections.items():
        if names.count(path.name) > 1:
            raise QuestionsInvalid(f"Deux fichiers de questions s’appellent {path.name}. Renommez l’un d’eux.")
        if "" in named and len(named) > 1:
            raise QuestionsInvalid(
                f"Le fichier {path} est donné plusieurs fois, et une fois sans collection, ce qui veut dire toutes. "
                "Donnez-le une seule fois, ou chaque fois avec une collection."
            )
        asked = [question.model_dump() for question in read_questions(path)]
        sets.append({"name": path.name, "questions": asked, "collections": [name for name in named if name]})
    return sets


def _parted(given: str) -> tuple[Path, str]:
    """The file, and its collection or nothing; both may hold an equals sign."""
    parts = given.split("=")
    ways = [("=".join(parts[:n]), "=".join(parts[n:])) for n in range(1, len(parts) + 1)]
    there = [(path, collection) for path, collection in ways if path and Path(path).is_file()]
    if len(there) > 1:
        files = " et ".join(path for path, _ in there)
        raise QuestionsInvalid(f"« {given} » peut nommer plusieurs fichiers : {files}. Renommez l’un d’eux.")
    path, collection = there[0] if there else ways[0]
    if path != given and not collection.strip():
        raise QuestionsInvalid(f"Il manque le nom de la collection après « {given} ».")
    return Path(path), collection


async def _learned(path: str, body: Any, show: CalibrationScreen) -> dict[str, Any]:
    event: dict[str, Any] = {}
    async with open_client(read_settings()) as client:
        with show:
            async for event in client.stream(path, body):
                show.update(event)
    return {key: value for key, value in event.items() if key != "kind"}
