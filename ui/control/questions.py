"""The API behind `assistant questions`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from policies import Action, Principal
from retrieval import KeptQuestion, QuestionSet, QuestionSets
from retrieval.permission import Permission
from retrieval.question_set import MOST_QUESTIONS
from ui.identity import local_principal
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class SetRequest(Request):
    """A set by its name; the collection tells it from another's."""

    name: str
    collection: str = ""


class GoldenRequest(SetRequest):
    golden: bool


class RenameRequest(SetRequest):
    to: str


class KeptQuestionBody(Request):
    """Without an id, a new one."""

    id: str = ""
    question: str
    relevant: list[str] = Field(default_factory=list)
    note: str = ""


class QuestionsRequest(SetRequest):
    questions: Annotated[list[KeptQuestionBody], Field(min_length=1, max_length=MOST_QUESTIONS)]


class QuestionIdsRequest(SetRequest):
    ids: Annotated[list[str], Field(min_length=1)]


def questions_router(sets: QuestionSets) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.get("/questions")
    async def listed(actor: Actor) -> list[dict[str, Any]]:
        """The sets that the caller keeps."""
        return [set_json(one) for one in await sets.all(actor)]

    @router.post("/questions")
    async def create(actor: Actor, request: SetRequest) -> dict[str, Any]:
        """A new, empty set."""
        permission = Permission(sets.pool, sets.policy, sets.catalog, sets.ledger)
        collection = await permission.collection(actor, Action.INGEST, request.collection)
        return set_json(await sets.create(actor, collection, request.name))

    @router.delete("/questions")
    async def delete(actor: Actor, request: SetRequest) -> dict[str, Any]:
        """Take a set out, with its evaluations."""
        held = await sets.named(actor, request.name, request.collection)
        return set_json(await sets.delete(actor, held.id))

    @router.post("/questions/content")
    async def content(actor: Actor, request: SetRequest) -> list[dict[str, Any]]:
        """All questions of a set."""
        held = await sets.named(actor, request.name, request.collection)
        return [question_json(one) for one in await sets.questions(actor, held.id)]

    @router.put("/questions/content")
    async def put(actor: Actor, request: QuestionsRequest) -> dict[str, Any]:
        """Add questions, or have those of the same ids say something else."""
        held = await sets.named(actor, request.name, request.collection)
        new = [one for one in request.questions if not one.id]
        for one in new:
            await sets.add(actor, held.id, one.question, one.relevant, one.note)
        known = [one for one in request.questions if one.id]
        kept = [KeptQuestion(one.id, one.question, frozenset(one.relevant), one.note) for one in known]
        change = await sets.put(actor, held.id, kept)
        return {"added": change.added + len(new), "changed": change.changed, "unchanged": change.unchanged}

    @router.delete("/questions/content")
    async def remove(actor: Actor, request: QuestionIdsRequest) -> dict[str, Any]:
        """Take questions out."""
        held = await sets.named(actor, request.name, request.collection)
        return {"removed": await sets.remove(actor, held.id, request.ids)}

    @router.patch("/questions/golden")
    async def golden(actor: Actor, request: GoldenRequest) -> dict[str, Any]:
        """Have a set asked before publications, or no longer."""
        held = await sets.named(actor, request.name, request.collection)
        await sets.change(actor, held.id, held.name, golden=request.golden, edition=held.edition)
        return set_json(await sets.get(actor, held.id))

    @router.patch("/questions/name")
    async def rename(actor: Actor, request: RenameRequest) -> dict[str, Any]:
        """Give a set another name."""
        held = await sets.named(actor, request.name, request.collection)
        await sets.change(actor, held.id, request.to, golden=held.golden, edition=held.edition)
        return set_json(await sets.get(actor, held.id))

    return router


def set_json(held: QuestionSet) -> dict[str, Any]:
    """A set without its questions."""
    return {
        "id": str(held.id),
        "name": held.name,
        "collection": held.collection.name,
        "golden": held.golden,
        "questions": held.questions,
        "created_at": held.created_at.isoformat(timespec="seconds"),
        "created_by": held.created_by,
    }


def question_json(one: KeptQuestion) -> dict[str, Any]:
    """A question as files of a set have it."""
    return {"id": one.id, "question": one.question, "relevant": sorted(one.relevant), "note": one.note}
