"""`/console/evaluation`: evaluations of question sets, begun, watched, read and compared."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant import AnswersRun
from assistant.errors import NothingAsked
from retrieval import EvaluationRun, NothingJudged, RunsDiffer
from ui.console import evaluation_words as words
from ui.console.form import Form, read_form
from ui.console.listing import PAGE, Listing
from ui.console.shell import NO_STORE, Shell, said_in
from ui.errors import EvaluationNotFound, RequestMalformed
from ui.evaluation.answers_file import ANSWERS
from ui.evaluation.comparing import MARGIN, MOVED_SHOWN, compared
from ui.evaluation.comparing import said as said_of
from ui.evaluation.conditions import NAMES, changed
from ui.evaluation.kept import KeptEvaluation, Measured, RunState
from ui.evaluation.kept_report import report_of
from ui.evaluation.run_file import SEARCHES
from ui.evaluation.runs import DEPTH, Evaluations
from ui.evaluation.runs_queries import SORTS
from ui.evaluation.words import first_rank
from ui.services import Services

PART = "/evaluation"
QUESTIONS_SHOWN = 200

SAID = {
    "annulee": "L’évaluation est annulée.",
    "efface": "Le jeu de questions est supprimé, avec ses évaluations.",
}


def evaluation_router(shell: Shell, services: Services) -> APIRouter:
    """These routes; those of question sets are in `ui.console.question_sets`."""
    router = shell.router(PART)
    pages = _Pages(shell, services)
    router.add_api_route("", pages.listed, methods=["GET"])
    router.add_api_route("", pages.start, methods=["POST"])
    router.add_api_route("/comparaison", pages.comparison, methods=["GET"])
    router.add_api_route("/{run}", pages.one, methods=["GET"])
    router.add_api_route("/{run}/suite", pages.progress, methods=["GET"])
    router.add_api_route("/{run}/annulation", pages.cancel, methods=["POST"])
    router.add_api_route("/{run}/reprise", pages.again, methods=["POST"])
    router.add_api_route("/{run}/resultat.json", pages.download, methods=["GET"])
    router.add_api_route("/{run}/rapport.html", pages.report, methods=["GET"])
    return router


class _Pages:
    def __init__(self, shell: Shell, services: Services) -> None:
        self._shell = shell
        self._services = services

    @property
    def _runs(self) -> Evaluations:
        return self._services.evaluations

    async def listed(self, request: Request) -> HTMLResponse:
        """All that the person may see, and the form that begins another."""
        return await self._listed(request, Form.filled({"profondeur": str(DEPTH)}))

    async def start(self, request: Request) -> Response:
        """Begin one."""
        form, person = await read_form(request), await self._shell.caller()
        depth = form.whole("profondeur", least=1, most=100) or DEPTH
        kind = form.one_of("mesure", [one.value for one in Measured], "Dites ce qu’il faut mesurer.")
        set_id = _uuid(form.get("jeu"))
        if set_id is None:
            form.wrong("jeu", "Choisissez un jeu de questions.")
        if set_id and not form.errors:
            try:
                run = await self._runs.start(person, set_id, Measured(kind), depth)
                return self._shell.done(f"{PART}/{run}")
            except (NothingAsked, NothingJudged) as error:
                form.wrong("jeu", str(error))
        return await self._listed(request, form, 422)

    async def one(self, run: str, request: Request) -> HTMLResponse:
        """One, with its figures and questions where it has them."""
        person = await self._shell.caller()
        kept = await self._runs.get(person, run_of(run))
        others, _ = await self._runs.page(person, set_id=kept.set.id, kind=kept.kind, state=RunState.FINISHED)
        return self._shell.page(
            "evaluation_run",
            PART,
            said=said_in(request, SAID),
            others=[one for one in others if one.id != kept.id],
            **await self._shown(kept),
        )

    async def progress(self, run: str) -> HTMLResponse:
        """How far one is: the part of its page that renews itself."""
        kept = await self._runs.get(await self._shell.caller(), run_of(run))
        return self._shell.part("evaluation_run_state", **await self._shown(kept))

    async def cancel(self, run: str) -> RedirectResponse:
        """End one where it is."""
        await self._runs.cancel(await self._shell.caller(), run_of(run))
        return self._shell.done(f"{PART}/{run}", "annulee")

    async def again(self, run: str) -> RedirectResponse:
        """Begin another like it."""
        return self._shell.done(f"{PART}/{await self._runs.again(await self._shell.caller(), run_of(run))}")

    async def comparison(self, avant: str = "", apres: str = "", marge: str = "") -> HTMLResponse:
        """Two beside each other."""
        person = await self._shell.caller()
        before, after = await self._runs.get(person, run_of(avant)), await self._runs.get(person, run_of(apres))
        margin = _margin(marge)
        try:
            results = await self._runs.result(person, before.id), await self._runs.result(person, after.id)
            found, error, status = await asyncio.to_thread(compared, *results, margin), "", 200
        except RunsDiffer as differ:
            found, error, status = None, str(differ), 422
        return self._shell.page(
            "evaluation_comparison",
            PART,
            status=status,
            error=error,
            before=before,
            after=after,
            compared=found,
            margin=margin,
            conditions=changed(before.settings, after.settings),
            words=words,
            shown=MOVED_SHOWN,
        )

    async def download(self, run: str) -> Response:
        """Its result as `assistant evaluate --save` keeps it."""
        person = await self._shell.caller()
        result = await self._runs.result(person, run_of(run))
        text = SEARCHES.text(result) if isinstance(result, EvaluationRun) else ANSWERS.text(result)
        return _file(text, "application/json", f"evaluation-{run}.json")

    async def report(self, run: str, avant: str = "") -> Response:
        """The report as `assistant evaluate --report` writes it."""
        person = await self._shell.caller()
        kept, result = await self._runs.get(person, run_of(run)), await self._runs.result(person, run_of(run))
        before = await self._runs.result(person, run_of(avant)) if avant else None
        text = await asyncio.to_thread(report_of, result, kept.set.name, before)
        return _file(text, "text/html; charset=utf-8", f"evaluation-{run}.html")

    async def _listed(self, request: Request, form: Form, status: int = 200) -> HTMLResponse:
        person = await self._shell.caller()
        listing = Listing.of(
            request.query_params.multi_items(), fields=("pour", "quoi", "etat"), sorts=SORTS, descending=True
        )
        rows, total = await self._runs.page(
            person,
            set_id=_uuid(listing.get("pour")),
            kind=listing.one_of("quoi", Measured),
            state=listing.one_of("etat", RunState),
            sort=listing.sort,
            descending=listing.descending,
            offset=listing.offset,
            limit=PAGE,
        )
        sets = await self._services.question_sets.all(person)
        return self._shell.page(
            "evaluation",
            PART,
            status=status,
            said=said_in(request, SAID),
            form=form,
            listing=listing,
            filters=Form.filled(dict(listing.filters)),
            window=listing.window(total),
            rows=rows,
            sets=[(str(one.id), f"{one.name} ({one.collection.name})") for one in sets],
            kinds=[(one.value, words.KINDS[one]) for one in Measured],
            states=[(one.value, words.STATES[one][1]) for one in RunState],
            words=words,
        )

    async def _shown(self, kept: KeptEvaluation) -> dict[str, Any]:
        person, result = await self._shell.caller(), None
        if kept.state is RunState.FINISHED:
            result = await self._runs.result(person, kept.id)
        return {
            "run": kept,
            "words": words,
            "conditions": [(NAMES[key], kept.settings[key]) for key in NAMES if kept.settings.get(key)],
            "questions": _questions(result)[:QUESTIONS_SHOWN] if result else [],
            "partial": list(result.partial) if isinstance(result, EvaluationRun) else [],
        }


def _questions(result: EvaluationRun | AnswersRun) -> list[tuple[str, str, str, bool]]:
    """Each question: its id, its words, what became of it, whether that is well; those that are not come first."""
    if isinstance(result, EvaluationRun):
        told = [(one.id, one.question, first_rank(one, result.k), one.first_rank == 1) for one in result.questions]
    else:
        told = [(one.id, one.question, said_of(one), one.refused != one.answerable) for one in result.answers]
    return sorted(told, key=lambda one: one[3])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def run_of(text: str) -> UUID:
    """The identifier of an evaluation, as an address has it. Raises `EvaluationNotFound`."""
    if (run := _uuid(text)) is None:
        raise EvaluationNotFound
    return run


def _margin(text: str) -> float:
    """So much a figure may fall, from 0 to 1, as people write it. Raises `RequestMalformed`."""
    try:
        margin = float(text.replace(",", ".")) if text else MARGIN
    except ValueError:
        margin = -1.0
    if not 0 <= margin <= 1:
        raise RequestMalformed("La marge est un nombre de 0 à 1\u202f: 0,02 pour deux points.")
    return margin


def _file(text: str, kind: str, name: str) -> Response:
    headers = NO_STORE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=kind, headers=headers)
