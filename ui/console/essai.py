"""`/console/essai`: ask and search as somebody, with every step in sight; keep the question to measure by.

The question travels in the bodies of forms alone, and stays in this process: each person's last one, until the next.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant import SourcesFound, TextStreamed, Waiting
from assistant.examination import Examination, Tried
from assistant.examined import ExaminedAnswer, ExaminedSearch
from policies import Action, Principal
from retrieval import CollectionNotFound, EmptyQuestion, Passage, QuestionTooLong
from retrieval.permission import require_right
from retrieval.question import QUESTION_LENGTH
from ui.access import Access
from ui.console import essai_words as words
from ui.console.essai_filters import KINDS, LONGEST_AUTHORS, filters_of
from ui.console.essai_keeping import kept_question
from ui.console.form import Form, read_form
from ui.console.shell import Shell, said_in
from ui.errors import PersonNotFound
from ui.failures import failure_of
from ui.long_work import Work
from ui.services import Services

PART = "/essai"
KIND = "essai"  # of long work

SAID = {"garde": "La question est dans le jeu.", "arret": "La réponse est arrêtée."}


@dataclass(frozen=True, slots=True)
class About:
    """What was asked, as it was typed; with whose eyes, empty for one's own."""

    form: Form
    tried: Tried
    eyes: str = ""


@dataclass(slots=True)
class Told:
    """What a work has told so far."""

    search: ExaminedSearch | None = None
    answer: ExaminedAnswer | None = None
    text: str = ""
    ahead: int = 0
    asked: bool = False
    documents: list[Passage] = field(default_factory=list)

    @classmethod
    def by(cls, work: Work) -> "Told":
        """All of it."""
        told = cls()
        for step in work.steps:
            match step:
                case ExaminedSearch():
                    told.search = step
                    told.documents = _documents(step.explained.found.passages)
                case ExaminedAnswer():
                    told.answer = step
                case Waiting():
                    told.ahead = step.ahead
                case TextStreamed():
                    told.text, told.ahead = told.text + step.text, 0
                case SourcesFound():
                    told.asked = True
        return told


def essai_router(shell: Shell, services: Services, access: Access) -> APIRouter:
    """These routes."""
    router = shell.router(PART)
    trying = _Trying(shell, services, access)

    @router.get("")
    async def opened(request: Request) -> HTMLResponse:
        return await trying.page(said=said_in(request, SAID))

    @router.get("/suite")
    async def progress() -> HTMLResponse:
        return await trying.progress()

    @router.post("")
    async def tried(request: Request) -> Response:
        return await trying.start(await read_form(request))

    @router.post("/arret")
    async def stopped() -> RedirectResponse:
        await services.long_work.stop(await shell.caller(), KIND)
        return shell.done(PART, "arret")

    @router.post("/question")
    async def kept(request: Request) -> Response:
        form = await read_form(request)
        if await kept_question(services, await shell.caller(), form):
            return shell.done(PART, "garde")
        return await trying.page(status=422, keeping=form)

    return router


@dataclass(frozen=True, slots=True)
class _Trying:
    shell: Shell
    services: Services
    access: Access

    async def start(self, form: Form) -> Response:
        """Search at once; where an answer is asked for, it is made while its page may be left."""
        person = await self.shell.caller()
        held = await self.services.search.permitted(person)
        names = {str(one.id): one.name for one in held}
        chosen = form.all("collections")
        if not names.keys() >= {*chosen}:
            form.wrong("collections", _NO_COLLECTION)
        question, day = form.get("question").strip(), form.day("jour")
        eyes = await self._eyes(person, form)
        tried = Tried(question, [names[one] for one in chosen if one in names], day, eyes, filters_of(form))
        looked = None if form.errors else await self._looked(person, form, tried)
        if looked is None:
            return await self.page(status=422, form=form)
        about = About(form, tried, eyes.username if eyes else "")
        answered = form.get("faire") == "repondre"
        self.services.long_work.start(
            person, KIND, _steps(self.services.examination, person, looked, tried, answered=answered), about
        )
        if not answered:
            await self.services.long_work.ended(person, KIND)
        return self.shell.done(PART)

    async def _eyes(self, person: Principal, form: Form) -> Principal | None:
        """Whose eyes are asked for; an account that is closed sees nothing. Raises `Refused`."""
        name = form.text("voir", longest=255)
        if not name or name == person.username or form.errors:
            return None
        shell = self.shell
        await require_right(shell.pool, shell.policy, shell.ledger, person, Action.ADMINISTER_PEOPLE)
        try:
            found = await self.access.directory.find(name)
        except PersonNotFound as error:
            form.wrong("voir", str(error))
            return None
        nobody: frozenset[Any] = frozenset()
        return found.principal if found.enabled else replace(found.principal, groups=nobody, roles=nobody)

    async def _looked(self, person: Principal, form: Form, tried: Tried) -> ExaminedSearch | None:
        try:
            return await self.services.examination.look(person, tried)
        except (EmptyQuestion, QuestionTooLong) as error:
            form.wrong("question", str(error))
        except CollectionNotFound:
            form.wrong("collections", _NOT_FOR_BOTH)
        return None

    async def page(
        self, *, status: int = 200, said: str = "", form: Form | None = None, keeping: Form | None = None
    ) -> HTMLResponse:
        """The form and what was tried last."""
        person = await self.shell.caller()
        work = self.services.long_work.of(person, KIND)
        held = await self.services.search.permitted(person)
        about: About | None = work.about if work else None
        return self.shell.page(
            "essai",
            PART,
            status=status,
            said=said,
            form=form or (about.form if about else Form()),
            longest=QUESTION_LENGTH,
            kinds=KINDS,
            longest_authors=LONGEST_AUTHORS,
            collections=[(str(one.id), one.name) for one in held],
            may_see_as=self.shell.policy.may(person, Action.ADMINISTER_PEOPLE).allowed,
            **await self._shown(person, work, keeping),
        )

    async def progress(self) -> HTMLResponse:
        """How far the last one is: the part of the page below the form."""
        person = await self.shell.caller()
        return self.shell.part("essai_tried", **await self._shown(person, self.services.long_work.of(person, KIND)))

    async def _shown(self, person: Principal, work: Work | None, keeping: Form | None = None) -> dict[str, Any]:
        told = Told.by(work) if work else Told()
        if told.search and not await self._may_still_read(person, told.search):
            work, told = None, Told()
        sets = await self.services.question_sets.all(person) if told.search else []
        about: About | None = work.about if work else None
        return {
            "work": work,
            "about": about,
            "told": told,
            "failure": failure_of(work.error).message if work and work.error else "",
            "words": words,
            "longest_question": QUESTION_LENGTH,
            "keepable": [
                (one.document_id, one.metadata.title or one.document_id, one.collection) for one in told.documents
            ],
            "sets": [(str(one.id), f"{one.name} ({one.collection.name})") for one in sets],
            "keeping": keeping or Form.filled({"texte": about.tried.question if about else ""}),
        }

    async def _may_still_read(self, person: Principal, searched: ExaminedSearch) -> bool:
        readable = {one.id for one in await self.services.search.permitted(person)}
        return readable >= {*searched.explained.found.collections}


_NO_COLLECTION = "Choisissez parmi les collections proposées."
_NOT_FOR_BOTH = (
    "Une des collections choisies n’est pas ouverte à cette personne et à vous\u202f: rien n’y est cherché. "
    "Décochez-la."
)


async def _steps(
    examination: Examination, person: Principal, looked: ExaminedSearch, tried: Tried, *, answered: bool
) -> AsyncGenerator[Any, None]:
    yield looked
    if not answered:
        return
    async with aclosing(examination.answer(person, tried)) as events:
        async for event in events:
            yield event


def _documents(passages: Sequence[Passage]) -> list[Passage]:
    """The first passage of each document."""
    first: dict[tuple[UUID, str], Passage] = {}
    for passage in passages:
        first.setdefault((passage.collection_id, passage.document_id), passage)
    return [*first.values()]
