"""`/console/evaluation/jeux`: sets of questions, and the questions in them."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from policies import Principal
from retrieval import (
    EmptyQuestion,
    KeptQuestion,
    KeptQuestionInvalid,
    NameInvalid,
    QuestionSet,
    QuestionSetChanged,
    QuestionSetExists,
    QuestionSetFull,
    QuestionSetNotFound,
    QuestionSets,
    QuestionTooLong,
)
from retrieval.names import NAME_LENGTH
from retrieval.question import QUESTION_LENGTH
from ui.console.essai_keeping import expected, kept_question, not_there, read_question
from ui.console.form import Form, read_form
from ui.console.listing import PAGE, Listing
from ui.console.shell import NO_STORE, Shell, said_in
from ui.errors import QuestionsInvalid
from ui.evaluation.set_file import LARGEST, set_questions, set_text
from ui.form_file import form_file
from ui.services import Services

HERE = "/evaluation"
PART = "/evaluation/jeux"

SAID = {
    "cree": "Le jeu de questions est créé.",
    "change": "Le jeu de questions est modifié.",
    "ajout": "La question est dans le jeu.",
    "corrige": "La question est corrigée.",
    "retrait": "La question est retirée.",
    "import": "Les questions du fichier sont dans le jeu.",
    "identique": "Le fichier n’a rien changé\u202f: ses questions étaient déjà dans le jeu.",
    "efface": "Le jeu de questions est supprimé, avec ses évaluations.",
}


def question_sets_router(shell: Shell, services: Services) -> APIRouter:
    """These routes."""
    router = shell.router(PART)
    pages = _Pages(shell, services)
    router.add_api_route("", pages.listed, methods=["GET"])
    router.add_api_route("", pages.create, methods=["POST"])
    router.add_api_route("/{held}", pages.one, methods=["GET"])
    router.add_api_route("/{held}", pages.change, methods=["POST"])
    router.add_api_route("/{held}/questions", pages.add, methods=["POST"])
    router.add_api_route("/{held}/question", pages.question, methods=["GET"])
    router.add_api_route("/{held}/question", pages.correct, methods=["POST"])
    router.add_api_route("/{held}/retrait", pages.remove, methods=["POST"])
    router.add_api_route("/{held}/import", pages.bring, methods=["POST"])
    router.add_api_route("/{held}/questions.jsonl", pages.export, methods=["GET"])
    router.add_api_route("/{held}/suppression", pages.delete, methods=["POST"])
    return router


@dataclass(frozen=True, slots=True)
class _Pages:
    shell: Shell
    services: Services

    @property
    def _sets(self) -> QuestionSets:
        return self.services.question_sets

    async def listed(self, request: Request) -> HTMLResponse:
        """All that the person keeps, and the form that makes another."""
        return await self._listed(request, Form())

    async def create(self, request: Request) -> Response:
        """Make one."""
        form, person = await read_form(request), await self.shell.caller()
        name = form.text("nom", longest=NAME_LENGTH, needed="Donnez un nom au jeu.")
        held = {str(one.id): one for one in await self._sets.keeps(person)}
        chosen = form.one_of("collection", held, "Choisissez une collection.")
        if not form.errors:
            try:
                made = await self._sets.create(person, held[chosen], name)
                return self.shell.done(f"{PART}/{made.id}", "cree")
            except (NameInvalid, QuestionSetExists) as error:
                form.wrong("nom", str(error))
        return await self._listed(request, form, 422)

    async def one(self, held: str, request: Request) -> HTMLResponse:
        """One, with a page of its questions."""
        return await self._one(await self._get(held), request)

    async def change(self, held: str, request: Request) -> Response:
        """Give it another name, have it asked before publications or no longer."""
        shown, form = await self._get(held), await read_form(request)
        name = form.text("nom", longest=NAME_LENGTH, needed="Donnez un nom au jeu.")
        edition, status = form.whole("edition", least=0, most=10**8), 422
        if not form.errors:
            try:
                person, golden = await self.shell.caller(), form.is_set("reference")
                await self._sets.change(person, shown.id, name, golden=golden, edition=edition or 0)
                return self.shell.done(f"{PART}/{shown.id}", "change")
            except (NameInvalid, QuestionSetExists) as error:
                form.wrong("nom", str(error))
            except QuestionSetChanged as error:
                shown, status = await self._get(held), 409
                form.wrong("nom", f"{error} Il s’appelle maintenant «\u202f{shown.name}\u202f».")
        return await self._one(shown, request, status=status, naming=form)

    async def add(self, held: str, request: Request) -> Response:
        """Put a question in."""
        shown, form = await self._get(held), await read_form(request)
        form = replace(form, pairs=(*form.pairs, ("jeu", str(shown.id))))
        try:
            if await kept_question(self.services, await self.shell.caller(), form):
                return self.shell.done(f"{PART}/{shown.id}", "ajout")
        except QuestionSetFull as error:
            form.wrong("texte", str(error))
        return await self._one(shown, request, status=422, adding=form)

    async def question(self, held: str, id: str = "") -> HTMLResponse:  # noqa: A002 - the name in the address
        """One question, to be corrected."""
        shown = await self._get(held)
        one = await self._sets.question(await self.shell.caller(), shown.id, id)
        filled = {"texte": one.question, "autres": "\n".join(sorted(one.relevant)), "note": one.note}
        refusal = {} if one.relevant else {"refus": "oui"}
        return self._question(shown, one, Form.filled(filled | refusal))

    async def correct(self, held: str, request: Request) -> Response:
        """Have it say something else."""
        shown, form, person = await self._get(held), await read_form(request), await self.shell.caller()
        one = await self._sets.question(person, shown.id, form.get("id"))
        question, note = read_question(form)
        relevant, status = expected(form), 422
        edition = form.whole("edition", least=0, most=10**8)
        if not form.errors and (unknown := await self._sets.unknown(person, shown.id, relevant)):
            form.wrong("autres", not_there(unknown))
        if not form.errors:
            try:
                said = KeptQuestion(one.id, question, frozenset(relevant), note, edition or 0)
                await self._sets.correct(person, shown.id, said)
                return self.shell.done(f"{PART}/{shown.id}", "corrige")
            except (EmptyQuestion, QuestionTooLong, KeptQuestionInvalid) as error:
                form.wrong("texte", str(error))
            except QuestionSetChanged as error:
                status = 409
                form.wrong("texte", f"{error} Elle dit maintenant\u202f: «\u202f{one.question}\u202f».")
        return self._question(shown, one, form, status)

    async def remove(self, held: str, request: Request) -> Response:
        """Take a question out."""
        shown, form = await self._get(held), await read_form(request)
        await self._sets.remove(await self.shell.caller(), shown.id, [form.get("id")])
        return self.shell.done(f"{PART}/{shown.id}", "retrait")

    async def bring(self, held: str, request: Request) -> Response:
        """Put the questions of a file in."""
        shown = await self._get(held)
        bringing = Form()
        try:
            content = await form_file(request, "fichier", LARGEST)
            change = await self._sets.put(await self.shell.caller(), shown.id, set_questions("Le fichier", content))
            return self.shell.done(f"{PART}/{shown.id}", "import" if change.added or change.changed else "identique")
        except (QuestionsInvalid, QuestionSetFull) as error:
            bringing.wrong("fichier", str(error))
        return await self._one(shown, request, status=422, bringing=bringing)

    async def export(self, held: str) -> Response:
        """All of it, as `assistant evaluate --questions` reads it."""
        shown = await self._get(held)
        text = set_text(await self._sets.questions(await self.shell.caller(), shown.id))
        headers = NO_STORE | {"Content-Disposition": f'attachment; filename="questions-{shown.id}.jsonl"'}
        return Response(text, media_type="application/x-ndjson", headers=headers)

    async def delete(self, held: str, request: Request) -> Response:
        """Take it out, where its name was typed."""
        shown, form = await self._get(held), await read_form(request)
        if form.get("confirmation").strip() != shown.name:
            form.wrong("confirmation", f"Pour supprimer ce jeu, tapez son nom\u202f: {shown.name}")
            return await self._one(shown, request, status=422, deleting=form)
        await self._sets.delete(await self.shell.caller(), shown.id)
        return self.shell.done(PART, "efface")

    async def _get(self, held: str) -> QuestionSet:
        try:
            set_id = UUID(held)
        except ValueError as error:
            raise QuestionSetNotFound(held[:NAME_LENGTH]) from error
        return await self._sets.get(await self.shell.caller(), set_id)

    async def _listed(self, request: Request, form: Form, status: int = 200) -> HTMLResponse:
        person: Principal = await self.shell.caller()
        keeps = await self._sets.keeps(person)
        return self.shell.page(
            "evaluation_sets",
            HERE,
            status=status,
            said=said_in(request, SAID),
            form=form,
            sets=await self._sets.all(person),
            collections=[(str(one.id), one.name) for one in keeps],
            longest=NAME_LENGTH,
        )

    async def _one(
        self,
        held: QuestionSet,
        request: Request,
        *,
        status: int = 200,
        naming: Form | None = None,
        adding: Form | None = None,
        bringing: Form | None = None,
        deleting: Form | None = None,
    ) -> HTMLResponse:
        listing = Listing.of(request.query_params.multi_items(), sorts=("identifiant",))
        questions = await self._sets.questions(await self.shell.caller(), held.id)
        ordered = sorted(questions, key=lambda one: one.id, reverse=listing.descending)
        golden = {"reference": "oui"} if held.golden else {}
        return self.shell.page(
            "evaluation_set",
            HERE,
            status=status,
            said=said_in(request, SAID),
            held=held,
            listing=listing,
            window=listing.window(len(ordered)),
            rows=ordered[listing.offset : listing.offset + PAGE],
            naming=naming or Form.filled({"nom": held.name} | golden),
            adding=adding or Form(),
            bringing=bringing or Form(),
            deleting=deleting or Form(),
            longest=QUESTION_LENGTH,
        )

    def _question(self, held: QuestionSet, one: KeptQuestion, form: Form, status: int = 200) -> HTMLResponse:
        context: dict[str, Any] = {"held": held, "one": one, "form": form, "longest": QUESTION_LENGTH}
        return self.shell.page("evaluation_question", HERE, status=status, **context)
