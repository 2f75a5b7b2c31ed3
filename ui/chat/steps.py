"""An exchange as the chat shows it: the same while it is made and when it is opened again.

Chainlit draws "steps". An exchange is a question (a message), a run under it, and in the run the
sources (shown as a tool's step, which can be folded) and the answer (a message). The run carries the
exchange's id, because feedback is given on runs; the other ids derive from it.
"""

import datetime as dt
from typing import Any
from uuid import UUID, uuid5

from assistant.conversation import Ending, Exchange, Reply
from retrieval.search import today
from ui.chat.answer_markdown import AnswerMarkdown, acronyms_markdown, cited, plain, sources_markdown
from ui.chat.differences import side_by_side
from ui.chat.in_force import spoken_of, warnings
from ui.chat.passage_links import PassageLinks

Step = dict[str, Any]

ASSISTANT = "Assistant"
STOPPED = "*Réponse interrompue.*"
UNDERSTOOD = "Question comprise"


def question_id(exchange_id: UUID) -> str:
    """The id of the question's message in a conversation that was opened again."""
    return str(uuid5(exchange_id, "question"))


def understood_id(exchange_id: UUID) -> str:
    """The id of the step that says how a follow-up question was understood."""
    return str(uuid5(exchange_id, "understood"))


def sources_id(exchange_id: UUID) -> str:
    """The id of the step that lists the sources."""
    return str(uuid5(exchange_id, "sources"))


def answer_id(exchange_id: UUID) -> str:
    """The id of the answer's message."""
    return str(uuid5(exchange_id, "answer"))


def progress_id(exchange_id: UUID) -> str:
    """The id of the step that says how far a task is."""
    return str(uuid5(exchange_id, "progress"))


def steps_of(conversation_id: UUID, exchange: Exchange, links: PassageLinks) -> list[Step]:
    """All steps of an exchange that is over."""
    at = _iso(exchange.asked_at)
    question = question_id(exchange.id)
    message = question_step(conversation_id, question, exchange.question, at)
    run = run_step(conversation_id, exchange.id, question, at)
    if exchange.feedback:
        run["feedback"] = {
            "id": str(exchange.id),
            "forId": str(exchange.id),
            "value": int(exchange.feedback.useful),
            "comment": exchange.feedback.reason or None,
        }
    steps = [message, run]
    if exchange.reply:
        if exchange.reply.understood:
            steps.append(understood_step(conversation_id, exchange.id, exchange.reply.understood, at))
        if exchange.reply.sources:
            steps.append(sources_step(conversation_id, exchange.id, exchange.reply, links, at))
        steps.append(answer_step(conversation_id, exchange.id, exchange.reply, links, at))
    return steps


def question_step(conversation_id: UUID, message: str, question: str, at: str | None = None) -> Step:
    """The question, under the id of its message."""
    return _step(message, conversation_id, "user_message", "Vous", at, output=question)


def run_step(conversation_id: UUID, exchange_id: UUID, question: str, at: str | None = None) -> Step:
    """What holds the sources and the answer; its name is the one by which Chainlit knows that it is no step to draw."""
    return _step(str(exchange_id), conversation_id, "run", "on_message", at) | {"parentId": question}


def understood_step(conversation_id: UUID, exchange_id: UUID, understood: str, at: str | None = None) -> Step:
    """The question as it was searched, to be unfolded by who wants to know."""
    step = _step(understood_id(exchange_id), conversation_id, "tool", UNDERSTOOD, at, output=plain(understood))
    return step | {
        "parentId": str(exchange_id),
        "defaultOpen": False,
        "showInput": False,
        "metadata": {"icon": "search"},
    }


def progress_step(conversation_id: UUID, exchange_id: UUID, done: int, total: int) -> Step:
    """How far a task is; it goes when the task has ended."""
    name = f"Partie {done + 1} sur {total}" if done < total else "Mise en forme du résultat"
    step = _step(progress_id(exchange_id), conversation_id, "tool", name, None)
    return step | {
        "parentId": str(exchange_id),
        "defaultOpen": False,
        "showInput": False,
        "metadata": {"icon": "loader"},
    }


def sources_step(
    conversation_id: UUID, exchange_id: UUID, reply: Reply, links: PassageLinks, at: str | None = None
) -> Step:
    """The list of the sources found."""
    name = f"Sources trouvées ({len(reply.sources)})"
    output = sources_markdown(reply.sources, links)
    step = _step(sources_id(exchange_id), conversation_id, "tool", name, at, output=output)
    return step | {
        "parentId": str(exchange_id),
        "defaultOpen": True,
        "showInput": False,
        "metadata": {"icon": "library"},
    }


def answer_step(
    conversation_id: UUID, exchange_id: UUID, reply: Reply, links: PassageLinks, at: str | None = None
) -> Step:
    """The answer, its marks made links, and as of which day it speaks.

    One that was stopped, or for which not all was searched, says so, and one that cites what does not apply for long.
    """
    markdown = AnswerMarkdown(reply.sources, links, reply.doubtful)
    output = side_by_side(reply.differences, markdown) if reply.differences else markdown.whole(reply.text)
    if reply.ending is Ending.STOPPED:
        output = f"{output}\n\n{STOPPED}".strip()
    warned = [f"**{markdown.whole(sentence)}**" for sentence in warnings(reply.sources, cited(reply.text), today())]
    noted = [*reply.partial, *([spoken_of(reply.on)] if reply.on else [])]
    acronyms = [acronyms_markdown(reply.acronyms)] if reply.acronyms else []
    output = "\n\n".join([output, *warned, *acronyms, *(f"*{notice}*" for notice in noted)])
    step = _step(answer_id(exchange_id), conversation_id, "assistant_message", ASSISTANT, at, output=output)
    return step | {"parentId": str(exchange_id), "isError": reply.ending is Ending.FAILED}


def notice_step(conversation_id: UUID, exchange_id: UUID, text: str) -> Step:
    """What is said in the place of an answer, until there is one."""
    step = _step(answer_id(exchange_id), conversation_id, "assistant_message", ASSISTANT, None, output=text)
    return step | {"parentId": str(exchange_id)}


def _step(step_id: str, conversation_id: UUID, kind: str, name: str, at: str | None, **more: Any) -> Step:
    at = at or _iso(dt.datetime.now(dt.UTC))
    step = {
        "id": step_id,
        "threadId": str(conversation_id),
        "type": kind,
        "name": name,
        "input": "",
        "output": "",
        "createdAt": at,
        "start": at,
        "end": at,
        "streaming": False,
        "isError": False,
        "metadata": {},
    }
    return step | more


def _iso(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
