"""`/console/collections/{id}/regles`: what is done with sensitive documents, with sentences that nothing bears out, and
for how long conversations are kept."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from policies.guardrails import Concern
from policies.guardrails import Response as Answer
from policies.principal import Principal
from retrieval import CollectionChanged, Collections, Unsupported
from retrieval.corpus import Collection
from ui.console.form import Form, read_form
from ui.console.kept_collection import HERE, ONE, KeptCollections, edition_in, tabs_of
from ui.console.shell import Shell, said_in
from ui.errors import PageUnknown

CONCERNS = {
    Concern.MARKING: ("Mentions de protection", "Par exemple «\u202fDIFFUSION RESTREINTE\u202f»."),
    Concern.PERSONAL_DATA: ("Données personnelles", "Numéros de sécurité sociale, adresses électroniques, téléphones…"),
    Concern.INSTRUCTION: ("Instructions à un modèle", "Des phrases qui s’adressent à l’assistant et non au lecteur."),
    Concern.HIDDEN: ("Texte caché", "Des mots du fichier qu’aucun lecteur ne voit."),
}
ANSWERS = {
    Answer.ACCEPT: "Accepter",
    Answer.FLAG: "Accepter et signaler",
    Answer.QUARANTINE: "Mettre en quarantaine",
    Answer.REFUSE: "Refuser",
}
UNSUPPORTED = {
    Unsupported.MARK: "Les marquer «\u202fnon vérifié dans les documents\u202f»",
    Unsupported.DROP: "Les retirer de la réponse",
}
SAID = {
    "garde-fous": "Les garde-fous sont enregistrés\u202f: ils valent pour les documents à venir.",
    "phrases": "La règle est enregistrée\u202f: elle vaut pour les réponses à venir.",
    "conservation": "La durée est enregistrée.",
}


@dataclass(frozen=True, slots=True)
class RulesPage:
    """What the page stands on."""

    kept: KeptCollections
    collections: Collections


def rules_router(shell: Shell, page: RulesPage) -> APIRouter:
    """The page and its three forms."""
    router = shell.router(ONE)

    @router.get("/regles")
    async def opened(request: Request, collection_id: str) -> HTMLResponse:
        collection = await page.kept.find(await shell.caller(), collection_id)
        return await _page(shell, page, collection, said=said_in(request, SAID))

    @router.post("/regles/{rule}")
    async def sent(request: Request, collection_id: str, rule: str) -> Response:
        person = await shell.caller()
        collection = await page.kept.find(person, collection_id)
        form = await read_form(request)
        edition = edition_in(form)
        try:
            match rule:
                case "garde-fous":
                    await _set_guardrails(page.collections, person, collection, form, edition)
                case "phrases":
                    await _set_unsupported(page.collections, person, collection, form, edition)
                case "conservation":
                    await _set_retention(page.collections, person, collection, form, edition)
                case _:
                    raise PageUnknown
        except CollectionChanged as changed:
            now = await page.kept.find(person, collection_id)
            return await _page(shell, page, now, form, status=409, error=str(changed))
        if form.errors:
            return await _page(shell, page, collection, form, status=422)
        return shell.done(f"{HERE}/{collection.id}/regles", rule)

    return router


async def _set_guardrails(
    collections: Collections, person: Principal, collection: Collection, form: Form, edition: int
) -> None:
    chosen = {concern: form.one_of(concern, [*ANSWERS]) for concern in CONCERNS}
    if not form.errors:
        answers = {concern: Answer(answer) for concern, answer in chosen.items()}
        await collections.set_guardrails(person, collection.id, answers, edition)


async def _set_unsupported(
    collections: Collections, person: Principal, collection: Collection, form: Form, edition: int
) -> None:
    chosen = form.one_of("unsupported", [*UNSUPPORTED])
    if not form.errors:
        await collections.set_unsupported(person, collection.id, Unsupported(chosen), edition)


async def _set_retention(
    collections: Collections, person: Principal, collection: Collection, form: Form, edition: int
) -> None:
    months = form.whole("months", least=1, most=120)
    if not form.errors:
        await collections.set_retention(person, collection.id, months, edition)


async def _page(
    shell: Shell,
    page: RulesPage,
    collection: Collection,
    sent: Form | None = None,
    *,
    status: int = 200,
    said: str = "",
    error: str = "",
) -> HTMLResponse:
    """What was sent stands in its fields; the other forms say what there is."""
    person = await shell.caller()
    guardrails = await page.collections.guardrails(person, collection.id)
    months = await page.collections.retention(person, collection.id)
    held = {concern.value: guardrails.of(concern).value for concern in CONCERNS} | {
        "unsupported": (await page.collections.unsupported(person, collection.id)).value,
        "months": str(months or ""),
    }
    form = Form((*held.items(), *sent.pairs), sent.errors) if sent else Form.filled(held)
    return shell.page(
        "collection_rules",
        HERE,
        status=status,
        collection=collection,
        tabs=tabs_of(collection),
        tab=f"{HERE}/{collection.id}/regles",
        form=form,
        concerns=CONCERNS,
        answers=[*ANSWERS.items()],
        unsupported=[*UNSUPPORTED.items()],
        said=said,
        error=error,
    )
