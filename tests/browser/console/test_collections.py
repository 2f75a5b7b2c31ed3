"""Collections in each of their states, before axe-core."""

from pathlib import Path

from ingestion import Place, SourceKind
from tests.browser.console.screen import Screen, opens
from tests.ingestion.job_rows import job
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.console.test_collections import at, edition

ADELE, GUSTAVE = "adele", "gustave"
NEW = {"name": "Notes de congé", "lecteurs": "tous", "owner": "/DAJ", "reviewed": "oui", "faire": "creer"}


async def test_lists_and_the_bin_empty_full_and_narrowed_to_nothing(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get(ADELE, "/collections"), "Aucun résultat")
    await screen.shows(await console.get(ADELE, "/collections/corbeille"), "La corbeille est vide.")
    held = await console.collection("Notes de service", readers=["/DAJ"], note="Trois jours.")
    await job(console.pool, held.id, 1001, "failed", "pending", "quarantined", reason="Vide.")
    await console.collection("Circulaires", owner="/DGS")
    await console.services.collection_changes.pause(PEOPLE[ADELE], "Circulaires")
    await console.post(ADELE, "/collections/nouvelle", NEW)
    old = await console.collection("Archives de 2019")
    for change in ("pause", "archive"):
        await console.post(GUSTAVE, at(old, "/etat"), {"change": change, "edition": await edition(console, old)})
    await screen.shows(await console.get(ADELE, "/collections"), "1 en quarantaine", picture="collections")
    await screen.shows(await console.get(ADELE, "/collections?texte=rien&signe=paused"), "Aucun résultat")

    for name in ("Notes anciennes", "Essais"):
        gone = await console.collection(name, note="Deux jours.")
        await console.post(GUSTAVE, at(gone, "/suppression"), {"typed": name, "edition": await edition(console, gone)})
    way = f"/collections/corbeille/{gone.id}/effacement"
    wrong = await console.post(GUSTAVE, way, {"typed": "Autre"})
    await screen.shows(wrong, "Tapez le nom de la collection", picture="corbeille")


async def test_a_new_collection_whose_form_is_wrong_and_one_tried_before_it_is_made(
    console: Console, screen: Screen
) -> None:
    wrong = await console.post(ADELE, "/collections/nouvelle", {"name": "", "lecteurs": "groupes", "faire": "creer"})
    await screen.shows(wrong, "groupe au moins")
    typed = NEW | {"lecteurs": "groupes", "others": "/DGS", "person": ADELE, "faire": "essayer"}
    tried = await console.post(ADELE, "/collections/nouvelle", typed)
    await screen.shows(tried, "administrateur-does-everything", opens("en Cedar"), picture="nouvelle-collection")


async def test_the_pages_of_one_collection(console: Console, screen: Screen) -> None:
    held = await console.collection("Notes de service", note="Trois jours.\nSans traitement.")
    shown = await edition(console, held)
    await console.post(ADELE, at(held, "/etat"), {"change": "pause", "edition": shown})
    typed = {"name": "Notes à moi", "description": "Les notes du service.", "edition": shown}
    await screen.shows(await console.post(GUSTAVE, at(held, "/description"), typed), "entre-temps")
    await screen.shows(await console.get(GUSTAVE, at(held)), "Reprendre", picture="collection")

    fields = {"owner": "/DAJ", "lecteurs": "groupes", "others": "/DGS", "edition": await edition(console, held)}
    tried = await console.post(ADELE, at(held, "/acces"), fields | {"person": ADELE, "faire": "essayer"})
    await screen.shows(tried, "administrateur-does-everything", opens("en Cedar"), picture="collection-acces")
    nobody = fields | {"person": "personne", "others": "DGS", "faire": "essayer"}
    await screen.shows(await console.post(ADELE, at(held, "/acces"), nobody), "n’est pas le chemin d’un groupe")

    months = {"months": "121", "edition": await edition(console, held)}
    wrong = await console.post(GUSTAVE, at(held, "/regles/conservation"), months)
    await screen.shows(wrong, "Donnez un nombre entier", picture="collection-regles")
    deleted = {"typed": "Autre chose", "edition": await edition(console, held)}
    wrong = await console.post(GUSTAVE, at(held, "/suppression"), deleted)
    await screen.shows(wrong, "Tapez le nom de la collection", picture="collection-suppression")


async def test_sources_that_run_wait_and_fail(console: Console, screen: Screen, tmp_path: Path) -> None:
    held = await console.collection("Notes de service")
    await screen.shows(await console.get(GUSTAVE, at(held, "/sources")), "versés à la main")
    for name, every in (("Partage du bureau", 30), ("Journal officiel", None), ("Intranet", 60)):
        (tmp_path / name).mkdir()
        place = Place(SourceKind.FOLDER, str(tmp_path / name))
        await console.services.sources.add(PEOPLE[GUSTAVE], name, held.id, place, every, confined=False)
    async with console.pool.connection() as connection:
        await connection.execute("update source set location = '/srv/partages/' || lower(replace(name, ' ', '-'))")
        await connection.execute(
            "update source set synced_at = now(), counts = '{\"added\": 12, \"removed\": 1}' where name <> 'Intranet'"
        )
        await connection.execute(
            "update source set failure = 'Ce dossier n’existe pas. Vérifiez le chemin, puis synchronisez.'"
            " where name = 'Journal officiel'"
        )
        await connection.execute("update source set leased_until = now() + interval '1 hour' where name = 'Intranet'")
    typed = {"source": "Intranet", "rythme": "0", "edition": "60"}
    wrong = await console.post(GUSTAVE, at(held, "/sources/rythme"), typed)
    await screen.shows(wrong, "Garder ses documents", opens("Ne plus la suivre"), picture="collection-sources")
