"""Chat completions as OpenAI's clients write and read them, as far as answers from documents go.

The question is the last message of the user, with what was said before it. Instructions of the system
and settings of the model are accepted, because clients send them unasked, and have no effect: how the
model is asked belongs to the product. What would change the kind of answer is refused.
"""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from assistant.answer import Answer, Turn
from ui.ai_mark import ai_mark
from ui.wire import Request, citation_json, passage_json

IGNORED = frozenset(
    {
        *("frequency_penalty", "function_call", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens"),
        *("metadata", "moderation", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key"),
        *("prompt_cache_options", "prompt_cache_retention", "reasoning_effort", "safety_identifier", "seed"),
        *("service_tier", "stop", "store", "stream_options", "temperature", "tool_choice", "top_logprobs", "top_p"),
        *("user", "verbosity"),
    }
)
REFUSED = frozenset({"audio", "functions", "tools", "web_search_options"})


class Lenient(BaseModel):
    """A part of which more may be said than counts here."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class TextPart(Lenient):
    type: Literal["text"]
    text: str


class TextFormat(Lenient):
    type: Literal["text"]


def _parts(content: Any) -> Any:
    """A text alone is a list of one part; an assistant that called a tool may have said nothing."""
    if isinstance(content, str):
        return [TextPart(type="text", text=content)]
    return [] if content is None else content


class Message(Lenient):
    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[list[TextPart], BeforeValidator(_parts)] = []

    @property
    def text(self) -> str:
        """All parts, one below the other."""
        return "\n".join(part.text for part in self.content)


class ChatRequest(Request):
    """A request for an answer; `model` is accepted whatever it names, for the answer says which one wrote it."""

    model: str | None = None
    messages: list[Message] = Field(min_length=1)
    collections: tuple[str, ...] = ()
    on: dt.date | None = None
    stream: bool | None = None
    n: int | None = Field(None, ge=1, le=1)
    modalities: list[Literal["text"]] | None = None
    response_format: TextFormat | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_what_has_no_effect(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        wanted = {name: value for name, value in values.items() if name not in IGNORED}
        for name in REFUSED & wanted.keys():
            if wanted.pop(name) not in (None, []):
                raise ValueError(
                    f"« {name} » n’est pas proposé, l’assistant répond par un texte, d’après ses documents"
                )
        return wanted

    @field_validator("messages")
    @classmethod
    def _asks_something(cls, messages: list[Message]) -> list[Message]:
        if not any(message.role == "user" for message in messages):
            raise ValueError("il manque un message de l’utilisateur")
        return messages

    @property
    def question(self) -> str:
        """What is asked."""
        return self._turns()[-1].question

    @property
    def history(self) -> tuple[Turn, ...]:
        """What was asked and answered before."""
        return self._turns()[:-1]

    def _turns(self) -> tuple[Turn, ...]:
        turns: list[Turn] = []
        for message in self.messages:
            if message.role == "user":
                turns.append(Turn(message.text))
            elif message.role == "assistant" and turns:
                turns[-1] = replace(turns[-1], answer=message.text)
        return tuple(turns)


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion, whole or in chunks; `model` wrote it."""

    model: str
    warnings: tuple[str, ...] = ()
    """What a person would have been asked about before sending the question."""
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4()}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The answer in one piece."""
        message = {"role": "assistant", "content": answer.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return self._heading("chat.completion") | {"choices": [choice]} | self._beside(answer)

    def chunk(self, text: str, *, first: bool) -> dict[str, Any]:
        """The next characters of the answer."""
        delta = {"role": "assistant", "content": text} if first else {"content": text}
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
        return self._heading("chat.completion.chunk") | {"choices": [choice]}

    def last_chunk(self, answer: Answer) -> dict[str, Any]:
        """That the answer is complete, and what it stands on."""
        choice = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
        return self._heading("chat.completion.chunk") | {"choices": [choice]} | self._beside(answer)

    def _beside(self, answer: Answer) -> dict[str, Any]:
        return sources_json(answer) | {"warnings": list(self.warnings)}

    def _heading(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


def sources_json(answer: Answer) -> dict[str, Any]:
    """What OpenAI's format has no place for; `answer_id` names the answer in the audit ledger."""
    return {
        "answer_id": str(answer.id),
        "mark": ai_mark(answer.model),
        "refused": answer.refused,
        "extracted": answer.extracted,
        "searched": list(answer.searched),
        "on": answer.on.isoformat(),
        "partial": list(answer.partial),
        "citations": [citation_json(citation) for citation in answer.citations],
        "passages": [passage_json(passage) for passage in answer.passages],
    }


def models_json(model: str, created: int) -> dict[str, Any]:
    """The one model that answers."""
    return {
        "object": "list",
        "data": [{"id": model, "object": "model", "created": created, "owned_by": "assistant"}],
    }
