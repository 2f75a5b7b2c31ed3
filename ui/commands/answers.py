"""`assistant evaluate --answers`: how questions are answered, kept, and compared with the last time."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.commands.calibration import question_sets
from ui.commands.screen import EvaluationScreen
from ui.commands.usage import print_json
from ui.control.client import open_client
from ui.errors import FiguresFell, OutputUnusable, RunInvalid
from ui.evaluation.output_file import ANSWERS_MARK, REPORT_MARK, OutputFile
from ui.settings import read_settings

if TYPE_CHECKING:
    from assistant import AnswersRun


@dataclass(frozen=True, slots=True)
class AnswersFiles:
    """Where the run is kept, and the one it is compared with: where that is not named, what is kept already.

    `report` is where a page of it goes, whether a figure fell or not.
    """

    save: Path | None
    against: Path | None
    report: Path | None = None

    @property
    def before(self) -> Path | None:
        return self.against or (self.save if self.save and self.save.exists() else None)

    def outputs(self) -> tuple[OutputFile | None, OutputFile | None]:
        """What is written, the run and its page, looked at before the long work begins. Raises `OutputUnusable`."""
        if self.save and self.report and self.save.resolve() == self.report.resolve():
            raise OutputUnusable(f"--save et --report nomment tous deux {self.save}. Donnez deux fichiers.")
        kept = OutputFile(self.save, ANSWERS_MARK) if self.save else None
        page = OutputFile(self.report, REPORT_MARK) if self.report else None
        for file in filter(None, (kept, page)):
            file.check()
        return kept, page


def evaluate_answers(
    questions: list[str], collections: list[str], files: AnswersFiles, gate: float | None, *, as_json: bool
) -> None:
    """Ask all, show the figures, and keep the run where no figure fell by more than the margin.

    Raises `QuestionsInvalid`, `RunInvalid`, `OutputUnusable`, `FiguresFell`.
    """
    sets = [one | {"collections": one["collections"] or collections} for one in question_sets(questions)]
    kept, page = files.outputs()
    if gate is not None and not (files.against or files.save):
        raise OutputUnusable("--gate compare à une évaluation gardée : nommez-la par --save ou par --against.")
    before = _earlier(files.before, sets) if files.before else None
    run = asyncio.run(_run({"sets": sets}, EvaluationScreen(quiet=as_json)))

    from assistant.metrics import falls
    from ui.commands.answers_screen import out, print_answers, print_falls
    from ui.evaluation.answers_file import ANSWERS

    fallen = falls(before.figures, run.figures, gate) if before and gate is not None else []
    if kept and not fallen:
        kept.write(ANSWERS.text(run))
    if page:
        from ui.evaluation.answers_report import answers_report_page

        page.write(answers_report_page(run, ", ".join(run.by_set), before))
    if as_json:
        print_json(_json(run, before, [one.figure for one in fallen]))
    else:
        print_answers(run, before)
        print_falls(fallen, gate or 0.0)
        for file in filter(None, (None if fallen else kept, page)):
            out.print(f"Écrit : {file.path}", style="dim")
    if fallen:
        raise FiguresFell


def _earlier(path: Path, sets: list[dict[str, Any]]) -> "AnswersRun":
    """The stored evaluation, which must be of the same questions."""
    from ui.evaluation.answers_file import ANSWERS

    before = ANSWERS.read(path)
    asked = {(one["name"], q["id"], q["question"], *sorted(q["relevant"])) for one in sets for q in one["questions"]}
    if asked != {(one.set, one.id, one.question, *sorted(one.relevant)) for one in before.answers}:
        raise RunInvalid(
            f"{path} : cette évaluation est celle d’autres questions. Comparez les mêmes fichiers, ou gardez la "
            "nouvelle sous un autre nom."
        )
    return before


async def _run(body: Any, show: EvaluationScreen) -> "AnswersRun":
    event: dict[str, Any] = {}
    async with open_client(read_settings()) as client:
        with show:
            async for event in client.stream("/evaluate/answers", body):
                show.update(event)

    from ui.evaluation.answers_file import ANSWERS

    return ANSWERS.of(event)


def _json(run: "AnswersRun", before: "AnswersRun | None", fallen: list[str]) -> dict[str, Any]:
    return {
        "n": len(run.answers),
        "model": run.model,
        "metrics": dict(run.figures),
        "sets": {name: dict(figures) for name, figures in run.by_set.items()},
        "wrong": [one.id for one in run.answers if one.refused == one.answerable],
        **({"before": dict(before.figures), "fallen": fallen} if before else {}),
    }
