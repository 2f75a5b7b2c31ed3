"""Answers that go on for as long as the work does: one JSON object a line."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi.responses import StreamingResponse

from ui.failures import EXPECTED, failure_of

Events = AsyncIterator[dict[str, Any]]

_log = logging.getLogger(__name__)


def lines(events: Events) -> StreamingResponse:
    """These events; an error in mid-stream is the last of them."""

    async def encoded() -> AsyncIterator[str]:
        try:
            async for event in events:
                yield json.dumps(event, ensure_ascii=False) + "\n"
        except EXPECTED as error:
            yield _error_line(error)
        except Exception as error:  # noqa: BLE001 (it is logged, and the reader told)
            _log.exception("A stream broke off.")
            yield _error_line(error)

    return StreamingResponse(encoded(), media_type="application/x-ndjson")


def _error_line(error: Exception) -> str:
    return json.dumps({"kind": "error", "message": failure_of(error).message}, ensure_ascii=False) + "\n"
