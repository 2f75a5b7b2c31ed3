"""Two ways to answer, tried side by side: on the screen, question by question."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.screen import Screen
from ui.commands.usage import print_json
from ui.control.client import open_client
from ui.evaluation.questions_file import read_questions
from ui.settings import read_settings

out = Console(highlight=False, soft_wrap=True, markup=False)

Asked = Annotated[list[str] | None, typer.Option("--question", metavar="QUESTION", help="Une question (répétable).")]
File = Annotated[
    Path | None,
    typer.Option("--trial", metavar="FICHIER.jsonl", readable=False, help="Des lignes {id, question, relevant}."),
]
In = Annotated[
    list[str] | None,
    typer.Option("--collection", metavar="NOM", help="Ne chercher que dans cette collection (répétable)."),
]


class TrialScreen(Screen):
    """Each question with both answers, as soon as they are there."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def __exit__(self, *error: object) -> None:
        """Nothing is to be put away."""

    def update(self, event: dict[str, Any]) -> None:
        if self._quiet:
            return
        if event["kind"] == "compared":
            out.print(f"\n{event['question']}", style="bold")
            for name, side in (("En service", event["before"]), ("À l’essai", event["after"])):
                out.print(f"{name} — {_said(side)}", style="dim")
                out.print(f"  {side['text']}")
        elif event["kind"] == "done":
            out.print("\nEn service, puis à l’essai :", style="bold")
            for name in event["before"].keys() | event["after"].keys():
                before, after = (event[side].get(name) for side in ("before", "after"))
                out.print(f"  {name} : {_figure(before)} → {_figure(after)}")


def questions(asked: list[str] | None, file: Path | None) -> list[dict[str, Any]]:
    """The questions of a trial. Raises `QuestionsInvalid`."""
    given: list[dict[str, Any]] = [{"question": one} for one in asked or []]
    return given + [one.model_dump() for one in (read_questions(file) if file else [])]


def trial(path: str, body: dict[str, Any], *, as_json: bool) -> None:
    """Have it done, and show it."""
    steps = asyncio.run(_steps(path, body, TrialScreen(quiet=as_json)))
    if as_json:
        *compared, done = steps
        print_json({"questions": compared, "before": done["before"], "after": done["after"]})


async def _steps(path: str, body: dict[str, Any], show: TrialScreen) -> list[dict[str, Any]]:
    steps = []
    async with open_client(read_settings()) as client:
        with show:
            async for event in client.stream(path, body):
                show.update(event)
                steps.append(event)
    return steps


def _said(side: dict[str, Any]) -> str:
    kind = "refus" if side["refused"] else "extraits" if side["extracted"] else "réponse"
    expected = "" if side["expected"] is None else f", {side['expected']} document(s) attendu(s) cité(s)"
    return f"{kind} en {side['total_ms'] / 1000:.1f} s, {side['unsupported']} phrase(s) non confirmée(s){expected}"


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
