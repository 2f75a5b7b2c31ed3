"""What a process writes about itself: lines on the standard error, all of one form, without personal data or content.

1. Whatever is written is masked, field by field, numbers too: an error's words may repeat what somebody typed.
2. Of an error there is its kind and where it was raised, and never its words.
3. Of libraries only warnings and errors are written, whatever level somebody sets: below that they tell whole requests,
   prompts and headers. What they put into their sentences is left out but for numbers and kinds of errors.
"""

import json
import logging
import math
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import structlog

from policies.guardrails.personal_data import masked

OURS = ("assistant", "ingestion", "policies", "retrieval", "ui")

LEFT_OUT = "…"
LONGEST = 2_000  # characters of one field

# Where a library's sentence begins to tell what it is about.
_TOLD = re.compile(r"[:'\"`\n]")

_FOLDER = Path(__file__).parent.parent

_log = logging.getLogger(__name__)

Form = Literal["text", "json"]


class Lines(logging.Formatter):
    """One line a record: key=value, or a JSON object."""

    def __init__(self, form: Form, trace_id: Callable[[], str]) -> None:
        super().__init__()
        self._write = _json if form == "json" else _text
        self._trace_id = trace_id

    def format(self, record: logging.LogRecord) -> str:
        """The line, masked."""
        fields: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if _is_ours(record.name) else _without_values(record),
        }
        if trace_id := self._trace_id():
            fields["trace_id"] = trace_id
        fields |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            fields["exception"] = described(record.exc_info[1])
        return self._write({masked(name): _masked(value) for name, value in fields.items()})


def keep_logs(form: Form = "text", trace_id: Callable[[], str] = str) -> None:
    """Have this process write its log so from here on, whoever logs; `trace_id` gives the trace that is current."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(form, trace_id))
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or _is_ours(record.name))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, _as_record],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def leave_no_other_handler() -> None:
    """Take the handlers away that libraries gave their loggers, which would write lines of another form as well."""
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True


def log_uncaught() -> None:
    """Have errors that nobody catches written like all others, in place of Python's own words."""

    def uncaught(kind: type[BaseException], error: BaseException, _: Any) -> None:
        _log.critical("This process broke off.", exc_info=error if error is not None else kind())

    sys.excepthook = uncaught
    threading.excepthook = lambda told: _log.error("A thread broke off.", exc_info=told.exc_value)
    sys.unraisablehook = lambda told: _log.error("An error could not be raised.", exc_info=told.exc_value)


def described(error: BaseException) -> list[str]:
    """Its kind and where it was raised, and so of those that it came from, the first last; no word of it."""
    said: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(said) < 10:
        frames = traceback.extract_tb(seen.__traceback__)
        places = [f"{_relative(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
        said.append(" > ".join([*places, type(seen).__name__]))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return said


def _as_record(_: Any, __: str, event: MutableMapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What structlog was told, as the standard library's loggers take it."""
    said, error = event.pop("event", ""), event.pop("exc_info", None)
    return (str(said),), {"exc_info": error, "extra": {"fields": dict(event)}}


def _is_ours(logger: str) -> bool:
    return logger.partition(".")[0] in OURS


def _without_values(record: logging.LogRecord) -> str:
    """What a library says, but not what of."""
    if isinstance(record.msg, BaseException):
        return type(record.msg).__name__
    said = str(record.msg)
    if not record.args:
        return _TOLD.split(said, maxsplit=1)[0].strip() or LEFT_OUT
    try:
        if isinstance(record.args, Mapping):
            return said % {name: _harmless(value) for name, value in record.args.items()}
        return said % tuple(map(_harmless, record.args))
    except (TypeError, ValueError, KeyError):  # a number is wanted where none may be told
        return _TOLD.split(said, maxsplit=1)[0].strip() or LEFT_OUT


def _harmless(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return type(value).__name__ if isinstance(value, BaseException) else LEFT_OUT


def _masked(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    said = str(value)
    told = masked(said[:LONGEST])
    return value if told == said and _is_json(value) else told


def _is_json(value: object) -> bool:
    """Whether JSON writes it without quotes: not the numbers that are none, such as NaN."""
    return value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, allow_nan=False)


def _text(fields: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value if name in _BARE else repr(value)}" for name, value in fields.items())


_BARE = frozenset({"timestamp", "level", "logger", "trace_id"})


def _relative(path: str) -> str:
    """Where a file of ours is in the project; of others the last two names."""
    try:
        return str(Path(path).relative_to(_FOLDER))
    except ValueError:
        return "/".join(Path(path).parts[-2:])
