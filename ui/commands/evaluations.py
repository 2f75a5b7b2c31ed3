"""`assistant evaluations`, and `assistant evaluate --set`: evaluations of question sets, kept on the server."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from ui.commands.following import follow
from ui.commands.screen import EvaluationScreen
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.errors import EvaluationUnfinished, FiguresFell, OutputUnusable, RequestFailed, RunInvalid
from ui.evaluation.output_file import REPORT_MARK, OutputFile
from ui.settings import read_settings

if TYPE_CHECKING:
    from assistant import AnswersRun
    from retrieval import EvaluationRun

evaluations = Commands(help="Les évaluations gardées des jeux de questions.")

out = Console(highlight=False, soft_wrap=True, markup=False)

RunId = Annotated[str, typer.Argument(metavar="ÉVALUATION", help="Son identifiant ; « list » le donne.")]


def evaluate_set(name: str, collections: list[str], depth: int, *, answers: bool, as_json: bool) -> None:
    """Have a set evaluated, and keep it. Raises `RequestFailed` where it does not come to its end."""
    if len(collections) > 1:
        raise OutputUnusable("Un jeu de questions appartient à une seule collection : nommez-en une au plus.")
    body = {
        "name": name,
        "collection": collections[0] if collections else "",
        "kind": "answers" if answers else "search",
        "depth": depth,
    }
    _follow("/evaluations", body, as_json=as_json)


@evaluations.command("list")
def list_evaluations(
    collection: Annotated[str, typer.Option(metavar="NOM", help="Seulement celles de cette collection.")] = "",
    state: Annotated[
        Literal["queued", "running", "finished", "failed", "cancelled", "interrupted"] | None,
        typer.Option(help="Seulement celles dans cet état."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lister les dernières évaluations gardées, et où elles en sont."""
    held = _call("GET", "/evaluations", params={"collection": collection} | ({"state": state} if state else {}))
    if as_json:
        print_json({"evaluations": held})
        return
    for one in held:
        out.print(
            f"{one['id']}  {one['asked_at']}  {one['set']} ({one['collection']}), {one['of']} : {one['state']}, "
            f"{one['done']} / {one['questions']}"
        )
        if one["failure"]:
            out.print(f"  {one['failure']}", style="red")
    if not held:
        out.print("Aucune évaluation : « assistant evaluate --set JEU » en fait une.")


@evaluations.command()
def show(run: RunId, as_json: AsJson = False) -> None:
    """Voir les chiffres d’une évaluation ; avec --json, question par question."""
    held = _call("GET", f"/evaluations/{run}")
    if as_json:
        print_json(held)
    else:
        _print_figures(held)


@evaluations.command()
def cancel(run: RunId, as_json: AsJson = False) -> None:
    """Annuler une évaluation en cours."""
    held = _call("POST", f"/evaluations/{run}/cancel")
    if as_json:
        print_json(held)
    else:
        out.print(f"État : {held['state']}.")


@evaluations.command()
def again(run: RunId, as_json: AsJson = False) -> None:
    """Recommencer une évaluation : le même jeu, la même mesure ; la nouvelle est gardée aussi."""
    _follow(f"/evaluations/{run}/again", None, as_json=as_json)


@evaluations.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="AVANT")],
    after: Annotated[str, typer.Argument(metavar="APRÈS")],
    gate: Annotated[
        float | None, typer.Option(metavar="MARGE", min=0, max=1, help="Échouer si un chiffre recule de plus.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Comparer deux évaluations : ce qui a gagné ou perdu, et les questions moins bien traitées."""
    body = {"before": before, "after": after} | ({} if gate is None else {"margin": gate})
    found = _call("POST", "/evaluations/compare", body)
    if as_json:
        print_json(found)
    else:
        _print_comparison(found)
    if gate is not None and not found["passes"]:
        raise FiguresFell


@evaluations.command()
def report(
    run: RunId,
    file: Annotated[Path, typer.Argument(metavar="FICHIER.html", readable=False)],
    against: Annotated[
        str, typer.Option(metavar="ÉVALUATION", help="Une évaluation du même genre, faite avant, à laquelle comparer.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Écrire le rapport d’une évaluation, à ouvrir dans un navigateur."""
    page = OutputFile(file, REPORT_MARK)
    page.check()
    held, before = _call("GET", f"/evaluations/{run}"), _call("GET", f"/evaluations/{against}") if against else None

    from retrieval import RunsDiffer
    from ui.evaluation.kept_report import report_of

    try:
        page.write(report_of(_result(held), held["set"], _result(before) if before else None))
    except RunsDiffer as error:
        raise RunInvalid(str(error)) from error
    if as_json:
        print_json({"report": str(page.path)})
    else:
        out.print(f"Écrit : {page.path}", style="dim")


def _result(held: dict[str, Any]) -> "EvaluationRun | AnswersRun":
    """What an evaluation found. Raises `EvaluationUnfinished`."""
    if held["result"] is None:
        raise EvaluationUnfinished
    from ui.evaluation.answers_file import ANSWERS
    from ui.evaluation.run_file import SEARCHES

    return ANSWERS.of(held["result"]) if held["of"] == "answers" else SEARCHES.of(held["result"])


def _call(method: str, path: str, body: Any = None, params: dict[str, str] | None = None) -> Any:
    return asyncio.run(call(read_settings(), method, path, body, params=params))


def _follow(path: str, body: Any, *, as_json: bool) -> None:
    """Show an evaluation that is being made. Raises `RequestFailed` where it does not come to its end."""
    kept = asyncio.run(follow(path, body, EvaluationScreen(quiet=as_json)))
    if kept["state"] != "finished":
        raise RequestFailed(kept["failure"] or "L’évaluation n’est pas allée à son terme.")
    if as_json:
        print_json(kept)
    else:
        _print_figures(kept)


def _print_figures(kept: dict[str, Any]) -> None:
    from ui.console.evaluation_words import figures

    out.print(f"{kept['set']} ({kept['collection']}), {kept['state']}, {kept['done']} / {kept['questions']} questions")
    table = Table(box=None, show_header=False)
    for name, value in figures(kept["metrics"]):
        table.add_row(name, value)
    out.print(table)
    out.print(f"Gardée : {kept['id']}", style="dim")


def _print_comparison(found: dict[str, Any]) -> None:
    from ui.console.evaluation_words import figure, figure_name, signed

    out.print(f"{found['common']} questions communes, {found['left_out']} laissées de côté.")
    for name, was, now in found["conditions"]:
        out.print(f"{name} : {was or '–'} → {now or '–'}")
    for key, one in found["measures"].items():
        told = f"{figure(key, one['before'])} → {figure(key, one['after'])} ({signed(one['difference'])})"
        out.print(f"{figure_name(key)} : {told}{' *' if one['significant'] else ''}")
    for one in found["worse"]:
        out.print(f"Moins bien : {one['question']} ({one['before']} → {one['after']})")
    for fall in found["falls"]:
        out.print(f"Recul : {figure_name(fall['figure'])}", style="red")
