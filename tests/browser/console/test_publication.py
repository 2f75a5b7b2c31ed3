"""Publication in each of its states, before axe-core."""

from dataclasses import asdict

from psycopg.types.json import Jsonb

from ingestion.publication.table import Figures, Progress
from retrieval import Collection, Document, DocumentMetadata, DocumentState
from retrieval.rows import one_row
from tests.browser.console.described import described
from tests.browser.console.screen import Screen
from tests.browser.console.working import goes_on
from tests.ingestion.job_rows import job
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.console.test_publication import SIGNED, edition, ended, published
from ui.console.publication_view import measuring

GUSTAVE, ADELE = "gustave", "adele"
FELL = Figures(12, {"recall@10": 0.92, "mrr@10": 0.81}, {"recall@10": 0.75, "mrr@10": 0.64}, 3, 4)


async def test_a_collection_that_was_never_published(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get(GUSTAVE, "/publication"), "Aucun résultat")
    new = {"name": "Circulaires", "lecteurs": "tous", "owner": "/DAJ", "reviewed": "oui", "faire": "creer"}
    await console.post(ADELE, "/collections/nouvelle", new)
    async with console.pool.connection() as connection:
        (draft,) = await console.services.catalog.collections(connection)
    way = f"/publication/{draft.id}"
    await job(console.pool, draft.id, 1001, "indexed", "indexed", "failed", "quarantined", reason="Vide.")
    await described(console.pool)
    await screen.shows(await console.get(GUSTAVE, way), "non compris dans la publication")
    await screen.shows(await console.post(GUSTAVE, f"{way}/soumission"), "C’est en contrôle")


async def test_changes_checked_signed_measured_fallen_and_seen_by_two(
    console: Console,
    screen: Screen,
    notes: Collection,
) -> None:
    way = f"/publication/{notes.id}"
    await screen.shows(await console.get(GUSTAVE, way), "Congés annuels", picture="publication-en-attente")
    await console.post(GUSTAVE, f"{way}/deux-personnes", {"deux": "oui"})
    page = await console.post(GUSTAVE, f"{way}/soumission")
    unsigned = await console.post(GUSTAVE, f"{way}/liste", {"source": "DAJ", "edition": edition(page.text)})
    await screen.shows(unsigned, "Dites qui les a relus")
    signed = await console.post(GUSTAVE, f"{way}/liste", SIGNED | {"edition": edition(page.text)})
    await screen.shows(signed, "qui signe la liste ne publie pas")

    work, kind = console.services.long_work, measuring(notes.id)
    await goes_on(work, PEOPLE[GUSTAVE], kind, Progress(3, 12))
    await screen.shows(await console.get(GUSTAVE, way), "Mesure des questions de référence")
    await work.stop(PEOPLE[GUSTAVE], kind)
    await console.post(GUSTAVE, f"{way}/mesure")
    await ended(console, GUSTAVE, kind)
    async with console.pool.connection() as connection:
        await connection.execute("update publication set figures = %s", [Jsonb(asdict(FELL))])
    await screen.shows(await console.get(GUSTAVE, way), "en baisse", picture="publication-en-controle")
    alone = await console.post(GUSTAVE, f"{way}/publication", {"pour": "memes", "edition": edition(page.text)})
    await screen.shows(alone, "Raison de publier malgré la baisse")
    nobody = await console.post(GUSTAVE, f"{way}/publication", {"pour": "groupes", "groupes": ""})
    await screen.shows(nobody, "Donnez un groupe par ligne")
    await rewritten(console, notes, "Douze jours.")
    differ = await console.get(GUSTAVE, f"{way}/difference?document=cong%C3%A9s")
    await screen.shows(differ, "1 différence", picture="publication-difference")


async def rewritten(console: Console, notes: Collection, text: str) -> None:
    """What waits to be published of the leaves says this from now on."""
    catalog = console.services.catalog
    async with console.pool.connection() as connection:
        draft = await one_row(connection, "select id from collection where part_of = %s", [notes.id])
        assert draft is not None
        known = DocumentMetadata("Congés annuels")
        entry = Document("congés", draft["id"], known, 0, "neuf", DocumentState.PENDING)
        versions = await catalog.put_documents(connection, [(entry, text)])
        await catalog.mark_indexed(connection, draft["id"], versions)


async def test_on_its_way_published_and_taken_back(
    console: Console,
    screen: Screen,
    notes: Collection,
) -> None:
    way, publication = f"/publication/{notes.id}", console.services.publication
    await published(console, notes, {"pour": "tous"})
    row = (await publication.overview(PEOPLE[GUSTAVE], notes.id)).history[0]
    await ended(console, GUSTAVE, f"publication {row.id}")
    await screen.shows(await console.get(GUSTAVE, way), "Revenir en arrière", picture="publication-publiee")
    await screen.shows(await console.get(GUSTAVE, "/publication"), "contrôlés", picture="publication")
    for state, said in (("publishing", "Publication en cours"), ("rolling back", "Retour en arrière en cours")):
        async with console.pool.connection() as connection:
            await connection.execute("update publication set state = %s, ended_at = null", [state])
        await screen.shows(await console.get(GUSTAVE, way), said)
    async with console.pool.connection() as connection:
        await connection.execute("update publication set state = 'rolled back', ended_at = now()")
    await screen.shows(await console.get(GUSTAVE, way), "Annulée")
