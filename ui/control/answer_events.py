"""What happens while a question is answered or a task is done, as the command line is told of it."""

from dataclasses import asdict
from typing import Any, assert_never

from assistant import Answered, DifferencesFound, PieceDone, SourcesFound, TaskEvent, TextStreamed, Waiting
from ui.wire import answer_json, passage_json


def event_json(event: TaskEvent) -> dict[str, Any]:
    """One event; `kind` says which."""
    match event:
        case PieceDone(done=done, total=total):
            return {"kind": "progress", "done": done, "total": total}
        case SourcesFound(passages=passages):
            return {"kind": "sources", "passages": [passage_json(passage) for passage in passages]}
        case Waiting(ahead=ahead):
            return {"kind": "waiting", "ahead": ahead}
        case TextStreamed(text=text):
            return {"kind": "text", "text": text}
        case DifferencesFound(differences=differences):
            return {"kind": "differences", "differences": [asdict(one) for one in differences]}
        case Answered(answer=answer):
            return {"kind": "answer"} | answer_json(answer)
        case _:
            assert_never(event)
