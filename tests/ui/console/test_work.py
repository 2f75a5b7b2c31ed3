"""«Travaux»: synchronisations of sources and evaluations, shown to whom, narrowed, had again and stopped."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ingestion import Place, SourceKind
from policies import Act
from retrieval import Collection, KeptQuestion
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.elements import Elements
from ui.evaluation.kept import RunState

SYNCS, RUNS = "/travaux/synchronisations", "/travaux/evaluations"
FAILURE = "La source <b> est injoignable. Vérifiez l’adresse."


@pytest.fixture
async def notes(console: Console) -> Collection:
    return await console.collection("Notes", "/DAJ", ["/DAJ"])


@pytest.fixture
async def failed(console: Console, notes: Collection, tmp_path: Path) -> None:
    """Gustave's source, which could not be read."""
    place = Place(SourceKind.FOLDER, str(tmp_path))
    await console.services.sources.add(PEOPLE["gustave"], "Partage", notes.id, place, 30, confined=False)
    async with console.pool.connection() as connection:
        await connection.execute("update source set synced_at = now(), failure = %s", [FAILURE])


async def run(console: Console, notes: Collection, state: RunState, failure: str = "") -> UUID:
    """An evaluation of Gustave's."""
    sets, gustave, run_id = console.services.question_sets, PEOPLE["gustave"], uuid4()
    held = await sets.create(gustave, notes, f"Accueil {state}")
    await sets.put(gustave, held.id, [KeptQuestion("q1", "Quand ?", frozenset())])
    async with console.pool.connection() as connection:
        await connection.execute(
            "insert into evaluation_run (id, set_id, kind, state, depth, asked_by, started_at, questions, failure) "
            "values (%s, %s, 'answers', %s, 10, 'gustave', now(), 1, %s)",
            [run_id, held.id, state, failure],
        )
    return run_id


@pytest.mark.usefixtures("failed")
async def test_a_synchronisation_that_failed_says_why_and_can_be_had_again(console: Console) -> None:
    page = await console.get("gustave", f"{SYNCS}?etat=failed")
    for shown in ("Partage", "En échec", "La source &lt;b&gt; est injoignable. Vérifiez", "toutes les 30 minutes"):
        assert shown in page.text
    action = next(str(one["action"]) for one in Elements(page.text).of("form") if "reprise" in str(one["action"]))
    again = await console.post("gustave", action.partition("/console")[2], {"source": "Partage"})
    assert (again.url.path, again.url.params["etat"]) == (f"/a/console{SYNCS}", "failed")
    assert "La synchronisation commence dans la minute." in again.text
    assert "Demandée" in (await console.get("gustave", SYNCS)).text
    assert [act for act, _ in await console.acts()].count(Act.SOURCE_ASKED) == 1
    for fields, status in (({}, 422), ({"source": "Nulle part"}, 404)):
        assert (await console.post("gustave", f"{SYNCS}/reprise", fields)).status_code == status


@pytest.mark.usefixtures("failed")
async def test_a_paused_collection_says_so_to_who_wants_it_synchronised(console: Console) -> None:
    async with console.pool.connection() as connection:
        await connection.execute("update collection set paused = true")
    page = await console.post("gustave", f"{SYNCS}/reprise", {"source": "Partage"})
    assert (page.status_code, page.text.count("En pause"), "est en pause" in page.text) == (409, 1, True)


async def test_an_evaluation_under_way_is_stopped_and_begun_again_where_it_stands(
    console: Console, notes: Collection
) -> None:
    running = await run(console, notes, RunState.RUNNING)
    page = await console.get("gustave", f"{RUNS}?etat=running")
    for shown in ("En cours", "Notes", "gustave", f"{RUNS}/{running}/annulation", "0 sur 1"):
        assert shown in page.text
    stopped = await console.post("gustave", f"{RUNS}/{running}/annulation?etat=cancelled")
    assert ("L’évaluation est annulée." in stopped.text, "Annulée" in stopped.text) == (True, True)
    again = await console.post("gustave", f"{RUNS}/{running}/reprise")
    assert "Une autre évaluation comme elle" in again.text
    rows, total = await console.services.evaluations.page(PEOPLE["gustave"])
    assert (total, {one.state for one in rows} > {RunState.CANCELLED}) == (2, True)


async def test_evaluations_that_came_to_no_end_say_why_and_what_to_do(console: Console, notes: Collection) -> None:
    await run(console, notes, RunState.FAILED, "Le modèle ne répond pas. Recommencez plus tard.")
    await run(console, notes, RunState.INTERRUPTED)
    page = await console.get("adele", RUNS)
    assert "Le modèle ne répond pas. Recommencez plus tard." in page.text
    assert "L’assistant s’est arrêté pendant l’évaluation. Recommencez-la." in page.text
    assert page.text.count("/reprise") == 2


@pytest.mark.usefixtures("failed")
async def test_who_keeps_other_collections_sees_nothing_of_it(console: Console, notes: Collection) -> None:
    running = await run(console, notes, RunState.RUNNING)
    for here in (SYNCS, RUNS):
        page = await console.get("gina", here)
        assert "Aucun résultat" in page.text
        assert "Partage" not in page.text
        assert "Notes" not in page.text
        assert (await console.get("gina", f"{here}?collection={notes.id}")).status_code == 404
        for path in (here, f"{here}/tableau"):
            assert (await console.get("bob", path)).status_code == 403
    assert (await console.post("gina", f"{SYNCS}/reprise", {"source": "Partage"})).status_code == 404
    for act in ("annulation", "reprise"):
        assert (await console.post("gina", f"{RUNS}/{running}/{act}")).status_code == 404
    assert Act.SOURCE_ASKED not in {act for act, _ in await console.acts()}


@pytest.mark.usefixtures("failed")
@pytest.mark.parametrize("here", [SYNCS, RUNS])
async def test_filters_stand_in_the_address_and_wrong_ones_are_said(
    console: Console, notes: Collection, here: str
) -> None:
    await run(console, notes, RunState.FAILED, "Non.")
    page = await console.get("gustave", f"{here}?collection={notes.id}&etat=failed&tri=-collection&direct=non")
    elements = Elements(page.text)
    chosen = {str(one["value"]) for one in elements.of("option") if "selected" in one}
    assert chosen == {str(notes.id), "failed"}
    assert not [one for one in elements.of("div") if "hx-get" in one]
    for query, status in (
        ("etat=nimporte", 422),
        ("collection=nimporte", 404),
        (f"collection={uuid4()}", 404),
        ("etat=%00", 422),
        ("tri=x&page=99999&inconnu=1", 200),
    ):
        answer = await console.get("gustave", f"{here}?{query}")
        assert (query, answer.status_code) == (query, status)


@pytest.mark.usefixtures("failed")
async def test_the_tables_go_on_alone_and_leave_no_further_record(console: Console) -> None:
    for here in (SYNCS, RUNS):
        page = await console.get("gustave", f"{here}?etat=failed")
        live = next(one for one in Elements(page.text).of("div") if "data-live" in one)
        before = len(await console.acts())
        part = await console.get("gustave", str(live["hx-get"]).partition("/console")[2])
        assert part.text.strip().startswith(f'<div id="{live["id"]}" data-live')
        assert "<html" not in part.text
        assert len(await console.acts()) == before
