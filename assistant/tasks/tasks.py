"""Tasks done for people, each step recorded before it is shown.

Order, which the tests hold to:
1. fields and texts are checked, permitted collections are searched where the template says so;
2. `task.asked` is committed; only then is anything done;
3. engines write in their turns, each piece in one of its own; every sentence is checked;
4. `answer.given` is committed; only then is the result told.
A reader who leaves, and a failure, in between leave `answer.abandoned`. An engine that fails after the first piece
ends the work, not the result: what was done is told, and where it ended.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing

from assistant.allowance import Allowance
from assistant.answer import Answered
from assistant.engines.choice import Engines
from assistant.errors import MaterialUnusable, TaskChanged
from assistant.figures import AnswerFigures
from assistant.injected import screened
from assistant.recording import Recorder
from assistant.tasks.comparing import compare
from assistant.tasks.condensing import condense
from assistant.tasks.draft import Draft, abandoned, asked, figure_of, given
from assistant.tasks.filling import Filled, filled_in
from assistant.tasks.language import is_french
from assistant.tasks.placeholders import filled
from assistant.tasks.prompting import fingerprint
from assistant.tasks.request import Material, TaskEvent, TaskRequest
from assistant.tasks.rewriting import rewrite
from assistant.tasks.template import Template, Work
from assistant.tasks.templates import Templates
from assistant.tasks.translating import translate
from assistant.tasks.writing import Writing
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.question import QUESTION_LENGTH, validate_question
from retrieval.results import Found
from retrieval.rows import Pool
from retrieval.search import Search, today
from retrieval.unsupported import strictest

# Passages of collections that a task may stand on besides its texts.
PASSAGES = 4

# A text for a model has at most so many characters (some 200 pages), two to compare some 600 pages.
LONGEST = 600_000
LONGEST_COMPARED = 2_000_000
CHARACTERS_A_PAGE = 3_000

_WORKS: Mapping[Work, Callable[[Writing], AsyncGenerator[TaskEvent, None]]] = {
    Work.CONDENSE: condense,
    Work.REWRITE: rewrite,
    Work.TRANSLATE: translate,
    Work.COMPARE: compare,
}


class Tasks:
    """Does tasks; as many at once as the engines' queues hold. A task counts as one question of the allowance."""

    def __init__(
        self,
        templates: Templates,
        search: Search,
        engines: Engines,
        ledger: Ledger,
        pool: Pool,
        *,
        allowance: Allowance | None = None,
        guidance: Callable[[], Awaitable[str]] | None = None,
        figures: AnswerFigures | None = None,
    ) -> None:
        """`guidance` gives what the model is told besides our own instructions (`assistant.guidance`).

        `figures` count what people ask for.
        """
        self._templates = templates
        self._search = search
        self._engines = engines
        self._pool = pool
        self._allowance = allowance or Allowance(pool, ledger, {})
        self._guidance = guidance
        self._recorder = Recorder(pool, ledger, figures)

    async def offered(self) -> Sequence[Template]:
        """The templates in force, by title."""
        return await self._templates.offered()

    async def template(self, name: str) -> Template:
        """The template in force of that name. Raises `TaskNotFound`."""
        return await self._templates.template(name)

    async def run(self, principal: Principal, request: TaskRequest) -> AsyncGenerator[TaskEvent, None]:
        """What happens while the task is done; `Answered` is last, and its answer's text is what holds.

        `PieceDone` and `Waiting` come first, in turns; `SourcesFound` stands before the first text, and again where
        other passages are cited in the end. Close it to stop the task.

        Raises `TaskNotFound`, `TaskChanged`, `FieldsInvalid`, `MaterialUnusable`, `CollectionNotFound`,
        `LedgerUnavailable`, `TooManyQuestions`, `QueueFull`, `QuestionTooWide`, `ModelMissing`, `ModelUnusable`,
        `ModelUnavailable`.
        """
        template = await self.template(request.task)
        if request.version not in (None, template.version):
            raise TaskChanged(template.title)
        async with aclosing(self._do(principal, request, template)) as events:
            async for event in events:
                yield event

    async def try_out(self, principal: Principal, source: str, request: TaskRequest) -> AsyncGenerator[TaskEvent, None]:
        """The same by a template that is not kept: that in `source`, whose version in the register is 0.

        Raises `Refused`, `TemplateInvalid`, and what `run` does but for `TaskNotFound` and `TaskChanged`.
        """
        template = await self._templates.draft(principal, source)
        async with aclosing(self._do(principal, request, template)) as events:
            async for event in events:
                yield event

    async def _do(
        self, principal: Principal, request: TaskRequest, template: Template
    ) -> AsyncGenerator[TaskEvent, None]:
        with self._engines.held(await self._guidance() if self._guidance else "") as engines:
            draft = await self._begin(principal, request, template)
            try:
                async with self._pool.connection() as connection:
                    rule = await strictest(connection, {passage.collection_id for passage in draft.passages})
                async with aclosing(_WORKS[draft.template.work](Writing(engines, draft, rule))) as events:
                    async for event in events:
                        yield event
                answer = draft.answer()
                prompt = fingerprint(draft.engine) if draft.engine else ""
                await self._recorder.record(given(draft, answer, prompt), figure_of(draft, answer))
            except BaseException as error:
                await self._recorder.record_in_any_case(abandoned(draft, error), figure_of(draft))
                raise
        yield Answered(answer)

    async def _begin(self, principal: Principal, request: TaskRequest, template: Template) -> Draft:
        """Check what was given, search, and record what is asked for."""
        content = filled_in(template, request, today())
        _require_usable(template, content.materials)
        await self._allowance.spend(principal)
        passages = tuple(passage for material in content.materials for passage in material.passages)
        clean = screened(passages)
        found = await self._found(principal, request, template, content)
        rules = await self._search.allowed_by(principal, found) if found else []
        draft = Draft(
            principal, template, content, clean.passages, clean.suspicious, found, rules, request.conversation_id
        )
        await self._recorder.record(asked(draft))
        return draft

    async def _found(
        self, principal: Principal, request: TaskRequest, template: Template, content: Filled
    ) -> Found | None:
        """What permitted collections have on it, where the template looks for any."""
        if not template.search:
            return None
        collections = await self._search.permitted(principal, request.collections)
        question = filled(template.search, content.values)[:QUESTION_LENGTH]
        return await self._search.find(validate_question(question), collections, PASSAGES) if collections else None


def _require_usable(template: Template, materials: Sequence[Material]) -> None:
    """Raises `MaterialUnusable`, with what to do."""
    longest = LONGEST_COMPARED if template.work is Work.COMPARE else LONGEST
    for material in materials:
        text = "\n".join(passage.chunk.text for passage in material.passages)
        if not any(character.isalnum() for character in text):
            raise MaterialUnusable(f"«\u202f{material.title}\u202f» ne contient aucun texte. Donnez-en un autre.")
        if template.work in (Work.CONDENSE, Work.REWRITE) and not is_french(text):
            raise MaterialUnusable(
                f"«\u202f{material.title}\u202f» n’est pas en français\u202f: ses phrases ne pourraient pas être "
                "vérifiées. Traduisez-le d’abord (tâche «\u202fTraduction\u202f»)."
            )
    length = sum(len(passage.chunk.text) for material in materials for passage in material.passages)
    if length > longest:
        raise MaterialUnusable(
            f"Les textes sont trop longs pour cette tâche\u202f: environ {length // CHARACTERS_A_PAGE} pages, "
            f"{longest // CHARACTERS_A_PAGE} au plus. Donnez-en une partie, ou des textes plus courts."
        )
