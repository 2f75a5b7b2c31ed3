"""`assistant evaluate`: how good search is or, with `--answers`, answers, on questions whose documents are known.

Measuring takes the packages below, which are long to import and which most commands do without: they are imported
where they are needed.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.commands.screen import EvaluationScreen
from ui.commands.usage import AsJson, print_json
from ui.control.client import open_client
from ui.errors import OutputUnusable, QuestionsInvalid, RunInvalid
from ui.evaluation.output_file import REPORT_MARK, RUN_MARK, OutputFile
from ui.evaluation.questions_file import EvaluationQuestion, read_questions
from ui.settings import read_settings

if TYPE_CHECKING:
    from retrieval import EvaluationRun


def evaluate(
    questions: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FICHIER.jsonl[=COLLECTION]",
            help="Lignes {id, question, relevant} (avec --answers : répétable, et « relevant » vide quand aucun "
            "document ne répond).",
        ),
    ] = None,
    set_name: Annotated[
        str,
        typer.Option("--set", metavar="JEU", help="Un jeu de questions gardé ; l’évaluation est gardée aussi."),
    ] = "",
    collection: Annotated[
        list[str] | None,
        typer.Option("--collection", metavar="NOM", help="Ne chercher que dans cette collection (répétable)."),
    ] = None,
    k: Annotated[int, typer.Option("-k", "--k", metavar="N", min=1, max=100, help="Documents lus par question.")] = 100,
    save: Annotated[
        Path | None, typer.Option(metavar="FICHIER.json", help="Garder l’évaluation, pour comparer plus tard.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="FICHIER.json", help="Comparer à une évaluation gardée par --save.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FICHIER.html", help="Écrire un rapport à ouvrir dans un navigateur.")
    ] = None,
    answers: Annotated[
        bool, typer.Option("--answers", help="Mesurer les réponses : refus, phrases vérifiées, citations.")
    ] = False,
    gate: Annotated[
        float | None,
        typer.Option(
            metavar="MARGE",
            min=0,
            max=1,
            help="Avec --answers : échouer si un chiffre recule de plus (0.02 : 2 points).",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Mesurer la recherche, ou les réponses, sur des questions dont on connaît les documents."""
    if bool(set_name) is bool(questions):
        raise QuestionsInvalid("Donnez un fichier par --questions, ou un jeu gardé par --set : l’un des deux.")
    if set_name:
        if save or against or report or gate is not None:
            raise OutputUnusable(
                "Avec --set l’évaluation est gardée par le serveur : comparez-la par « assistant evaluations compare »."
            )
        from ui.commands.evaluations import evaluate_set

        evaluate_set(set_name, collection or [], k, answers=answers, as_json=as_json)
        return
    questions = questions or []
    if answers:
        from ui.commands.answers import AnswersFiles, evaluate_answers

        evaluate_answers(questions, collection or [], AnswersFiles(save, against, report), gate, as_json=as_json)
        return
    if gate is not None:
        raise OutputUnusable("--gate compare des réponses : ajoutez --answers.")
    path = _only(questions)
    asked = read_questions(path)
    kept, page = _outputs(save, report)
    before = _earlier(against, asked, k) if against else None
    body = {"questions": [one.model_dump() for one in asked], "collections": collection or [], "k": k}
    run = asyncio.run(_run(body, EvaluationScreen(quiet=as_json)))

    from retrieval import analyse
    from ui.evaluation.run_file import SEARCHES

    if kept:
        kept.write(SEARCHES.text(run))
    analysis = analyse(run, before)
    if page:
        from ui.evaluation.report import report_page

        page.write(report_page(analysis, path.name))
    if as_json:
        from ui.evaluation.analysis_json import analysis_json

        print_json(analysis_json(analysis))
    else:
        from ui.commands.evaluation_screen import print_analysis

        print_analysis(analysis, written=[str(file.path) for file in (kept, page) if file])


def _only(questions: list[str]) -> Path:
    """The file, where search is measured. Raises `QuestionsInvalid`."""
    if len(questions) > 1:
        raise QuestionsInvalid(
            "La recherche se mesure sur un seul fichier de questions ; --answers en prend plusieurs."
        )
    return Path(questions[0])


def _outputs(save: Path | None, report: Path | None) -> tuple[OutputFile | None, OutputFile | None]:
    """The files to write, both looked at before the long work begins."""
    if save and report and save.resolve() == report.resolve():
        raise OutputUnusable(f"--save et --report nomment tous deux {save}. Donnez deux fichiers.")
    kept = OutputFile(save, RUN_MARK) if save else None
    page = OutputFile(report, REPORT_MARK) if report else None
    for file in (kept, page):
        if file:
            file.check()
    return kept, page


def _earlier(path: Path, asked: list[EvaluationQuestion], k: int) -> "EvaluationRun":
    """The stored evaluation, which must be of the same questions."""
    from retrieval import RunsDiffer, require_same_questions
    from ui.evaluation.run_file import SEARCHES

    before = SEARCHES.read(path)
    try:
        require_same_questions(before, asked, k)
    except RunsDiffer as error:
        raise RunInvalid(f"{path} : {error}") from error
    return before


async def _run(body: Any, show: EvaluationScreen) -> "EvaluationRun":
    event: dict[str, Any] = {}
    async with open_client(read_settings()) as client:
        with show:
            async for event in client.stream("/evaluate", body):
                show.update(event)

    from ui.evaluation.run_file import SEARCHES

    return SEARCHES.of(event)
