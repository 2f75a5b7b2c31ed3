"""`assistant`: the command line."""

import asyncio
import datetime as dt
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands import screen, usage
from ui.commands.announcements import announcements
from ui.commands.attempts import attempts
from ui.commands.audit import audit
from ui.commands.backup import backup, restore
from ui.commands.bulk import documents
from ui.commands.bundle import bundle
from ui.commands.calibration import calibrate
from ui.commands.collections import collections
from ui.commands.days import On
from ui.commands.evaluation import evaluate
from ui.commands.evaluations import evaluations
from ui.commands.figures import figures, gaps
from ui.commands.following import follow
from ui.commands.glossary import glossary
from ui.commands.jobs import jobs
from ui.commands.keycloak import keycloak
from ui.commands.migrate import migrate
from ui.commands.models import models
from ui.commands.people import people
from ui.commands.policy import policy
from ui.commands.privacy import privacy
from ui.commands.prompts import prompts
from ui.commands.publication import publication
from ui.commands.quarantine import quarantine
from ui.commands.questions import questions
from ui.commands.reindex import reindex
from ui.commands.retention import retention
from ui.commands.search import search
from ui.commands.sessions import sessions
from ui.commands.sources import sources
from ui.commands.task import task
from ui.commands.tasks import tasks
from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.given_secrets import take_secrets
from ui.logs import keep_logs, log_uncaught
from ui.observability.spans import trace_id
from ui.personal_data import NOT_SENT, doubt, kinds, unconfirmed
from ui.settings import Settings, read_settings

application = Commands(
    name="assistant", help="L’assistant du ministère : des réponses en français, appuyées sur ses documents."
)
application.add_typer(collections, name="collections")
application.add_typer(announcements, name="announcements")
application.add_typer(attempts, name="attempts")
application.add_typer(audit, name="audit")
application.add_typer(backup, name="backup")
application.add_typer(bundle, name="bundle")
application.add_typer(documents, name="documents")
application.add_typer(glossary, name="glossary")
application.add_typer(jobs, name="jobs")
application.add_typer(models, name="models")
application.add_typer(people, name="people")
application.add_typer(privacy, name="privacy")
application.add_typer(publication, name="publication")
application.add_typer(prompts, name="prompts")
application.add_typer(quarantine, name="quarantine")
application.add_typer(questions, name="questions")
application.add_typer(evaluations, name="evaluations")
application.add_typer(retention, name="retention")
application.add_typer(sources, name="sources")
application.add_typer(tasks, name="tasks")
application.add_typer(policy, name="policy")
application.add_typer(sessions, name="sessions")
application.add_typer(keycloak, name="keycloak")

out = Console(highlight=False, soft_wrap=True, markup=False)  # names and texts of others may hold brackets

Question = Annotated[str, typer.Argument(metavar="QUESTION", help="La question, entre guillemets.")]
Collections = Annotated[
    list[str] | None,
    typer.Option("--collection", metavar="NOM", help="Ne chercher que dans cette collection (répétable)."),
]


application.command()(migrate)
application.command()(restore)
application.command()(search)
application.command()(task)
application.command()(evaluate)
application.command()(calibrate)
application.command()(reindex)
application.command()(figures)
application.command()(gaps)


@application.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="CHEMIN", readable=False, help="Fichiers, dossiers, lignes JSON (.jsonl).")
    ],
    collection: Annotated[str, typer.Option(metavar="NOM", help="La collection qui reçoit les documents.")],
    detach: Annotated[bool, typer.Option("--detach", help="Ne pas attendre la fin du traitement.")] = False,
    as_json: AsJson = False,
) -> None:
    """Importer des documents : PDF avec texte, HTML, Markdown, texte, lignes JSON."""
    body = {"collection": collection, "paths": [str(path.absolute()) for path in paths], "detach": detach}
    summary = asyncio.run(follow("/ingest", body, screen.ImportScreen(quiet=as_json)))
    if as_json:
        print_json(summary)
    else:
        screen.print_summary(out, summary)
    if summary["failed"]:
        raise typer.Exit(1)


@application.command()
def ask(
    question: Question,
    collection: Collections = None,
    on: On = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Envoyer la question même si elle semble contenir des données personnelles.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Poser une question et recevoir une réponse avec ses sources."""
    if not yes and (found := kinds(question)):
        if not sys.stdin.isatty():
            raise typer.BadParameter(unconfirmed(found))
        confirm(f"{doubt(found, 'serait enregistrée')} [o/N]", NOT_SENT)
    body = {"question": question, "collections": collection or []} | _on(on)
    answer = asyncio.run(follow("/ask", body, screen.AnswerScreen(out, quiet=as_json)))
    if as_json:
        print_json(answer)


@application.command()
def serve(
    host: Annotated[str | None, typer.Option(metavar="ADRESSE", help="Adresse locale d’écoute.")] = None,
    port: Annotated[int | None, typer.Option(metavar="PORT", help="Port d’écoute.")] = None,
) -> None:
    """Ouvrir le chat dans le navigateur, sur cette machine."""
    from ui.app import run  # Chainlit is slow to import and configures itself while it is

    with suppress(KeyboardInterrupt):  # how a server ends
        asyncio.run(run(_staying(host=host, port=port), out))


@application.command()
def worker(
    concurrency: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=64, help="Combien de lots traiter à la fois.")
    ] = None,
) -> None:
    """Traiter les documents reçus, à côté du serveur ou sur une autre machine."""
    from ui.worker import run

    with suppress(KeyboardInterrupt):
        asyncio.run(run(_staying(worker_jobs=concurrency), out))


@application.command()
def doctor(
    index: Annotated[
        bool, typer.Option("--index", help="Comparer le catalogue et l’index, document par document.")
    ] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Avec --index : remettre d’accord les deux.")] = False,
    as_json: AsJson = False,
) -> None:
    """Vérifier modèle, index, base, disque et port, et dire comment réparer."""
    if repair and not index:
        raise typer.BadParameter("--repair va avec --index")
    if index:
        found = asyncio.run(call(_settings(), "POST", "/index/repair" if repair else "/index/check"))
        if as_json:
            print_json(found)
        else:
            screen.print_agreement(out, found, repaired=repair)
        if not (found["agree"] or repair):
            raise typer.Exit(1)
        return
    from ui.doctor import examine

    findings = [asdict(finding) for finding in asyncio.run(examine(_settings()))]
    if as_json:
        print_json({"checks": findings})
    else:
        screen.print_findings(out, findings)
    if not all(finding["passed"] for finding in findings):
        raise typer.Exit(1)


def _on(day: dt.date | None) -> dict[str, str]:
    return {} if day is None else {"on": day.isoformat()}


def _settings(**given: Any) -> Settings:
    """The settings, those of the command line first."""
    return read_settings().replaced(**{name: value for name, value in given.items() if value is not None})


def _staying(**given: Any) -> Settings:
    """The same for a process that stays, and starts others."""
    settings = _settings(**given)
    keep_logs(settings.logs, trace_id)
    log_uncaught()
    if advised := take_secrets(os.environ):
        out.print(advised, style="yellow")
    return settings


def main() -> None:
    """Entry point."""
    keep_logs()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who is told to stop closes the stores first
    sys.exit(usage.run(application))
