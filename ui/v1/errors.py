"""Errors as OpenAI's clients read them: `{"error": {"message", "type", "code"}}`, with the status of the one table."""

import logging
from typing import Any

from starlette.responses import JSONResponse

from assistant.errors import TooManyQuestions
from ui.errors import TokenRefused, TooManyAtOnce, TooManyRefusals
from ui.failures import EXPECTED, failure_of

NO_STORE = {"Cache-Control": "no-store"}

# Type and code by status; a status that is not here is the server's own trouble.
_KINDS = {
    401: ("authentication_error", "invalid_token"),
    403: ("permission_error", "forbidden"),
    404: ("invalid_request_error", "not_found"),
    413: ("invalid_request_error", "request_too_large"),
    422: ("invalid_request_error", "invalid_request"),
    429: ("rate_limit_error", "queue_full"),
    503: ("server_error", "unavailable"),
}
# Of those with status 429, what tells them apart.
_LIMITS = {
    TooManyRefusals: "too_many_refusals",
    TooManyQuestions: "rate_limit_exceeded",
    TooManyAtOnce: "too_many_at_once",
}
_TROUBLE = ("server_error", "internal_error")

_log = logging.getLogger(__name__)


def error_json(error: Exception) -> dict[str, Any]:
    """The error, in French; one that nobody expected is logged, and its words are kept from the client."""
    if not isinstance(error, EXPECTED):
        _log.error("A request of a program broke off.", exc_info=error)
    failure = failure_of(error)
    kind, code = _KINDS.get(failure.status, _TROUBLE)
    return {"error": {"message": failure.message, "type": kind, "code": _LIMITS.get(type(error), code)}}


def error_response(error: Exception) -> JSONResponse:
    """The same with its status, and what the client is to do."""
    return JSONResponse(error_json(error), failure_of(error).status, NO_STORE | _advice(error))


def _advice(error: Exception) -> dict[str, str]:
    match error:
        case TokenRefused():
            return {"WWW-Authenticate": _challenge(error)}
        case TooManyRefusals() | TooManyQuestions():
            return {"Retry-After": str(error.after)}
    return {}


def _challenge(refusal: TokenRefused) -> str:
    """What a refused token asks for (RFC 6750, section 3)."""
    challenge = 'Bearer realm="assistant"'
    return challenge if refusal.reason == "missing" else f'{challenge}, error="invalid_token"'
