"""«Travaux», the dashboard and what people did not get, in each of their states, before axe-core."""

import datetime as dt
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

from psycopg.types.json import Jsonb

from assistant.figures import Outcome
from assistant.gaps import Looking
from ingestion import Place, SourceKind
from retrieval import IndexUnavailable
from tests.browser.console.screen import Screen, opens
from tests.browser.console.working import ended, goes_on
from tests.ingestion.job_rows import job
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.console.test_dashboard import counted
from tests.ui.console.test_work import RUNS, SYNCS, run
from tests.ui.two_people import ADELE, GINA
from ui.console.gaps import KIND
from ui.evaluation.kept import RunState

GUSTAVE = "gustave"
FAILURE = "Ce PDF est protégé par un mot de passe. Ôtez-le, puis versez à nouveau le fichier."
SYNCED: dict[str, LiteralString] = {
    "Partage": "failure = 'La source https://nuage.exemple.fr/partage/notes est injoignable. Vérifiez l’adresse.'",
    "Nuage": """counts = '{"added": 1200, "failed": 3}'""",
    "Archives": "leased_until = now() + interval '1 minute'",
}
DELAY = "L’index ne répond pas\u202f; le travail reprendra de lui-même."


async def test_jobs_that_fail_run_wait_and_are_cancelled(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get(GUSTAVE, "/travaux"), "Aucun résultat")
    notes = await console.collection("Notes de service", readers=["/DAJ"])
    await job(console.pool, notes.id, 1001, "failed", "indexed", "quarantined", reason=FAILURE)
    await job(console.pool, notes.id, 1002, "indexed", "pending", status="doing")
    await job(console.pool, notes.id, 1003, "pending", "pending", reason=DELAY, status="todo")
    async with console.pool.connection() as connection:
        await connection.execute("update reception set principal = %s", [Jsonb(PEOPLE[GUSTAVE].as_json())])
    await screen.shows(await console.get(GUSTAVE, "/travaux"), "1 en échec", picture="travaux")
    await screen.shows(await console.get(GUSTAVE, "/travaux?motif=introuvable&direct=non"), "Aucun résultat")
    await screen.shows(await console.get(GUSTAVE, "/travaux/1001"), "Ôtez-le", picture="travail")
    await screen.shows(await console.get(GUSTAVE, "/travaux/1002"), "Ne plus actualiser")
    await screen.shows(await console.post(GUSTAVE, "/travaux/1003/annulation"), "C’est annulé")


async def test_synchronisations_and_evaluations_that_fail_run_and_wait(
    console: Console, screen: Screen, tmp_path: Path
) -> None:
    for here in (SYNCS, RUNS):
        await screen.shows(await console.get(GUSTAVE, here), "Aucun résultat")
    notes = await console.collection("Notes de service", readers=["/DAJ"])
    for name in ("Circulaires du ministère", "Partage", "Nuage", "Archives"):
        place = Place(SourceKind.FOLDER, str(tmp_path))
        await console.services.sources.add(PEOPLE[GUSTAVE], name, notes.id, place, 30, confined=False)
    states = {state: await run(console, notes, state, DELAY if state is RunState.FAILED else "") for state in RunState}
    async with console.pool.connection() as connection:
        for name, change in SYNCED.items():
            await connection.execute(f"update source set synced_at = now(), {change} where name = %s", [name])  # noqa: S608
        await connection.execute("update question_set set name = 'Accueil'")
    await screen.shows(await console.get(GUSTAVE, SYNCS), "injoignable", picture="synchronisations")
    again = await console.post(GUSTAVE, f"{SYNCS}/reprise", {"source": "Partage"})
    await screen.shows(again, "commence dans la minute")
    await screen.shows(await console.get(GUSTAVE, RUNS), "L’assistant s’est arrêté", picture="evaluations-en-cours")
    stopped = await console.post(GUSTAVE, f"{RUNS}/{states[RunState.RUNNING]}/annulation")
    await screen.shows(stopped, "L’évaluation est annulée")
    async with console.pool.connection() as connection:
        await connection.execute("update collection set paused = true")
    paused = await console.post(GUSTAVE, f"{SYNCS}/reprise", {"source": "Nuage"})
    await screen.shows(paused, "est en pause")


async def test_the_dashboard_of_both_roles_empty_and_with_figures(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get(GUSTAVE, ""), "Vous ne tenez aucune collection")
    law, health = await console.collection("Droit du travail"), await console.collection("Santé", "/DGS")
    await counted(console, [law])
    await counted(console, [health], ADELE, outcome=Outcome.REFUSED, cited=[])
    await counted(console, [law, health], GINA, unsupported=1)
    page = await console.get("adele", "")
    await screen.shows(page, "Aucun processus ne traite les documents", picture="tableau-de-bord")
    await screen.shows(page, "les mêmes chiffres en tableau", opens("Comment l’énergie"), opens("les mêmes chiffres"))


async def test_what_people_asked_and_did_not_get(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get("gina", "/manques"), "pas encore été fait")
    health = await console.collection("Santé", "/DGS")

    work = console.services.long_work
    await goes_on(work, GINA, KIND, Looking(120, 480))
    await screen.shows(await console.get("gina", "/manques"), "120 questions lues sur 480")
    await work.stop(GINA, KIND)
    await ended(work, GINA, KIND, error=IndexUnavailable("L’index ne répond pas. Réessayez dans un moment."))
    day = dt.date(2026, 11, 20)
    async with console.pool.connection() as connection:
        await connection.execute(
            "insert into gap values (%s, %s, 14, 6, 11, 3, %s, %s, %s)",
            [uuid4(), ["congé", "proche", "aidant"], day, day, [health.id]],
        )
        await connection.execute("insert into gap_search (day, at, questions) values (%s, now(), 480)", [day])
    await screen.shows(await console.get("gina", "/manques"), "congé, proche, aidant", picture="manques")
