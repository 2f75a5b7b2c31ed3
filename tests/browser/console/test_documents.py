"""The list of documents, changes to many of them and uploads in each of their states, before axe-core."""

from playwright.async_api import Page, Route, expect

from tests.browser.console.described import described
from tests.browser.console.screen import Screen, ticks
from tests.ingestion.job_rows import job
from tests.ui.console.conftest import Console
from tests.ui.console.test_documents import hidden
from tests.ui.console.test_uploads import NOTE, begun, put

GUSTAVE = "gustave"
FAILURE = "Ce PDF est protégé par un mot de passe. Ôtez-le, puis versez à nouveau le fichier."
SLOW, REFUSED = "congés/lent.md", "congés/image.exe"


async def test_the_list_empty_wrongly_narrowed_full_and_with_some_chosen(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get(GUSTAVE, "/documents"), "Aucun résultat")
    held = await console.collection(
        "Notes de service", readers=["/DAJ"], note="Un.", circulaire="Deux.", arrêté="Trois."
    )
    await job(console.pool, held.id, 1001, "failed", "pending", "quarantined", reason=FAILURE)
    await described(console.pool)
    async with console.pool.connection() as connection:
        await connection.execute(
            "update document_version set kind = 'circulaire', number = 'DGOS/2020/12', signed_on = '2020-01-15',"
            " repealed_on = '2024-01-01', guessed = '{kind}', title = 'Circulaire relative aux congés'"
            " where document_id = 'circulaire'"
        )
    await screen.shows(await console.get(GUSTAVE, "/documents?du=demain"), "Cette date n’existe pas")
    await screen.shows(await console.get(GUSTAVE, "/documents?texte=introuvable"), "Aucun résultat")

    async def two_are_chosen(page: Page) -> None:
        await ticks("#doc-1", "#doc-2")(page)
        await page.locator("#changement").select_option("repeal")
        await expect(page.locator("input[name=doc]:checked")).to_have_count(2)

    listed = await console.get(GUSTAVE, "/documents")
    await screen.shows(listed, "abrogé le 1er janvier 2024", two_are_chosen, picture="documents")


async def test_many_are_changed_once_that_is_confirmed(console: Console, screen: Screen) -> None:
    held = await console.collection("Notes de service", note="Un texte.")
    await job(console.pool, held.id, 1001, "failed", "indexed", reason=FAILURE)
    form = {"quoi": "tout", "changement": "repeal", "collection": str(held.id)}
    asked = await console.post(GUSTAVE, "/documents/lot", form)
    undated = await console.post(GUSTAVE, "/documents/lots", hidden(asked.text))
    await screen.shows(undated, "Donnez le premier jour", picture="lot-a-confirmer")
    asked = await console.post(GUSTAVE, "/documents/lot", form | {"changement": "reindex"})
    begun = await console.post(GUSTAVE, "/documents/lots", hidden(asked.text))
    await screen.shows(begun, "Laissés comme ils étaient", picture="lot-fait")
    async with console.pool.connection() as connection:
        await connection.execute("update bulk set ended_at = null, problem = 'L’index ne répond pas.'")
    again = await console.get(GUSTAVE, begun.url.path.removeprefix("/a/console"))
    await screen.shows(again, "Vous pouvez quitter cette page")


async def test_uploads_before_during_and_after(console: Console, screen: Screen) -> None:
    held = await console.collection("Notes de service", readers=["/DAJ"])
    way = f"/collections/{held.id}/versements"
    empty = await console.http.post(f"/console{way}", files=[("fichiers", ("", b""))])
    await screen.shows(empty, "Choisissez au moins un fichier")
    upload = await begun(console, held)
    await put(console, upload, "congés/maternité.md", NOTE)
    await put(console, upload, REFUSED, NOTE)
    await screen.shows(await console.get(GUSTAVE, upload), "reçu, à lire", picture="versement")
    async with console.pool.connection() as connection:
        await connection.execute("update upload_file set sent_at = now() - interval '1 hour'")
        await connection.execute("update reception set received_at = now() - interval '1 hour'")
    await screen.shows(await console.get(GUSTAVE, upload), "L’envoi semble interrompu")
    await screen.shows(await console.get(GUSTAVE, way), "(pas terminé)", picture="versements")
    done = await begun(console, held)
    await put(console, done, REFUSED, NOTE)
    await screen.shows(await console.post(GUSTAVE, f"{done}/fin"), "Tout est traité")


async def test_files_on_their_way_and_one_that_is_not_taken(console: Console, screen: Screen) -> None:
    held = await console.collection("Notes de service", readers=["/DAJ"])

    async def unless_slow(route: Route) -> None:
        if "lent" not in route.request.headers.get("nom-fichier", ""):
            await route.fallback()

    async def files_are_sent(page: Page) -> None:
        await page.route("**/fichiers", unless_slow)
        files = [{"name": name, "mimeType": "text/plain", "buffer": NOTE} for name in ("lent.md", "image.exe")]
        await page.locator("#fichiers").set_input_files(files)  # type: ignore[arg-type]
        await page.dispatch_event("[data-upload]", "dragover")

    page = await console.get(GUSTAVE, f"/collections/{held.id}/versements")
    await screen.shows(page, "Fichiers qui n’ont pas été pris", files_are_sent, picture="versement-en-cours")
