"""A completion in chunks, as server-sent events (WHATWG HTML, section 9.2).

Invariants:
1. What was sent is never taken back. A reader on our own pages may see an answer turn into a refusal; a
   program keeps what it has read. So nothing is sent before the first sentence that a passage bears out,
   which is what keeps an answer from being refused.
2. The pieces together are the answer as it is recorded.
3. The last chunk carries the sources; `[DONE]` comes only after it.
4. What goes wrong before anything was sent has its HTTP status; after that it is the last event.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from assistant.answer import Answered, AskEvent, TextStreamed, Waiting
from ui.ai_mark import HEADERS
from ui.v1.attended import attended
from ui.v1.errors import NO_STORE, error_json, error_response
from ui.v1.wire import Completion

DONE = "data: [DONE]\n\n"
MARK = "["  # only the check puts one into an answer: after a sentence that is borne out


class ChunkedCompletion(Response):
    """The response to a request with `stream`; closing the connection stops the answer."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[AskEvent, None], completion: Completion) -> None:
        super().__init__(headers=NO_STORE | HEADERS | {"X-Accel-Buffering": "no"})  # proxies pass each event on at once
        del self.headers["content-length"]
        self._events = events
        self._completion = completion

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ClientDisconnect):
            await attended(receive, self._answer(scope, receive, send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False
        try:
            async with aclosing(server_sent(self._events, self._completion)) as events:
                async for event in events:
                    if not begun:
                        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                        begun = True
                    await send({"type": "http.response.body", "body": event.encode(), "more_body": True})
        except Exception as error:  # noqa: BLE001 (it is logged, and the client told)
            if not begun:
                await error_response(error)(scope, receive, send)
                return
            await send({"type": "http.response.body", "body": _event(error_json(error)).encode(), "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def server_sent(events: AsyncGenerator[AskEvent, None], completion: Completion) -> AsyncGenerator[str, None]:
    """The answer in the making as server-sent events; a place in the queue is a comment, which clients pass over."""
    sent, held = "", ""
    async with aclosing(events):
        async for event in events:
            match event:
                case Waiting(ahead=ahead):
                    yield f": en attente, {ahead} avant\n\n"
                case TextStreamed(text=text):
                    held += text
                    if sent or MARK in held:
                        yield _event(completion.chunk(held, first=not sent))
                        sent, held = sent + held, ""
                case Answered(answer=answer):
                    if rest := answer.text[len(sent) :]:
                        yield _event(completion.chunk(rest, first=not sent))
                    yield _event(completion.last_chunk(answer))
                    yield DONE


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
