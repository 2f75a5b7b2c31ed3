"""What the command line shows people: progress while work goes on, then its outcome."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Protocol, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Screen(AbstractContextManager["Screen"], Protocol):
    """Follows the events of long work."""

    def update(self, event: dict[str, Any]) -> None:
        """Show one event."""


class BarScreen(Screen):
    """A progress bar on standard error, so that standard output stays the command’s answer."""

    label = ""

    def __init__(self, *, quiet: bool) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True)
        self._task = self._progress.add_task(self.label, total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, event: dict[str, Any]) -> None:
        if event["kind"] == "progress":
            self._progress.update(self._task, completed=event["done"], total=event["total"])


class ImportScreen(BarScreen):
    """The import of documents; what keeps it from going on is said on standard error, to scripts too."""

    label = "Import"

    def update(self, event: dict[str, Any]) -> None:
        if event["kind"] == "notice":
            typer.echo(event["message"], err=True)
        super().update(event)


class SyncScreen(BarScreen):
    """The synchronisation of a source."""

    label = "Lecture"


class EvaluationScreen(BarScreen):
    """The evaluation of search."""

    label = "Évaluation"


class CalibrationScreen(BarScreen):
    """The questions from which an order is learned."""

    label = "Apprentissage"


class AnswerScreen(Screen):
    """Sources first, then the answer as it is written; a refusal replaces what was streamed."""

    def __init__(self, out: Console, *, quiet: bool) -> None:
        self._out = out
        self._quiet = quiet
        self._streamed = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._streamed and kind is not None:
            self._out.print()

    def update(self, event: dict[str, Any]) -> None:
        if self._quiet:
            return
        match event["kind"]:
            case "sources":
                self._out.print("Sources trouvées", style="bold")
                for n, passage in enumerate(event["passages"], start=1):
                    self._out.print(f"  [{n}] {heading(passage)}", markup=False)
                self._out.print()
            case "waiting":
                self._out.print(f"En attente : {count(event['ahead'], 'personne')} avant vous.", style="dim")
            case "text":
                self._streamed += event["text"]
                self._out.print(event["text"], end="", markup=False)
            case "answer":
                self._finish(event)

    def _finish(self, event: dict[str, Any]) -> None:
        if event["answer"] != self._streamed:
            self._out.print(("\n\n" if self._streamed else "") + event["answer"], markup=False)
        else:
            self._out.print()
        for notice in event["partial"]:
            self._out.print(f"\n{notice}", style="yellow", markup=False)
        by = (
            f"Réponse rédigée par une IA ({event['model']})"
            if event["model"]
            else "Réponse calculée, sans modèle de langue"
        )
        self._out.print(f"\n{by} : vérifiez-la dans les sources.", style="dim")


def print_summary(out: Console, summary: dict[str, Any]) -> None:
    """What an import changed; when it changed nothing, it says so."""
    if summary["waiting"]:
        out.print(
            f"{count(summary['waiting'], 'document')} en attente de traitement. "
            "La commande « assistant jobs list » montre où ils en sont."
        )
    elif not any(summary[name] for name in ("added", "changed", "failed", "held")):
        out.print(f"Rien n’a changé : {count(summary['unchanged'], 'document')} déjà à jour.")
    else:
        out.print(
            f"Ajoutés : {summary['added']}, modifiés : {summary['changed']}, "
            f"inchangés : {summary['unchanged']}, en échec : {len(summary['failed'])}, "
            f"en quarantaine : {len(summary['held'])}."
        )
    for _, reason in summary["failed"]:
        out.print(f"  Échec : {reason}", style="red", markup=False)
    for name in summary["held"]:
        out.print(f"  En quarantaine : {name} : voyez « assistant quarantine list ».", style="yellow", markup=False)
    for name, reason in summary["skipped"]:
        out.print(f"  Ignoré : {name} : {reason}", style="dim", markup=False)


def print_findings(out: Console, findings: Sequence[dict[str, Any]]) -> None:
    """What was checked, and how to mend what failed."""
    for finding in findings:
        mark, style = ("✓", "green") if finding["passed"] else ("✗", "red")
        out.print(f"{mark} {finding['name']} : {finding['detail']}", style=style, markup=False)


_DISAGREEMENTS = {
    "incomplete": "dont des morceaux manquent à l’index ou y sont de trop",
    "outdated": "dont une ancienne version est restée dans l’index",
    "orphaned": "dans l’index, que le catalogue ne connaît pas ou plus",
    "forsaken": "en attente sans tâche qui les traite",
}


def print_agreement(out: Console, found: dict[str, Any], *, repaired: bool) -> None:
    """What the catalogue and the index do not say alike."""
    documents, points = count(found["documents"], "document"), count(found["points"], "morceau", "x")
    compared = f"{documents} du catalogue, {points} de l’index"
    if found["agree"]:
        out.print(f"✓ {compared} : d’accord.", style="green")
        return
    out.print(f"✗ {compared} :", style="red")
    for name, words in _DISAGREEMENTS.items():
        if found[name]:
            out.print(f"  {count(found[name], 'document')} {words}")
    if repaired:
        out.print("Réparé : ce qui était de trop est retiré, le reste est en cours de traitement.")
    else:
        out.print("Pour réparer : assistant doctor --index --repair")


def heading(passage: dict[str, Any]) -> str:
    """Title, nearest heading, page and state of a passage on one line."""
    locator = passage["locator"]
    parts = [passage["title"] or passage["document_id"], *locator["heading_path"][-1:]]
    if locator["page"] is not None:
        parts.append(f"page {locator['page']}")
    if passage["repealed_on"]:
        parts.append(f"abrogé le {passage['repealed_on']}")
    return ", ".join(parts)


def count(n: int, noun: str, plural: str = "s") -> str:
    """«1 document», «2 documents»; in French, zero is singular."""
    return f"{n} {noun}{plural if n > 1 else ''}"
