"""What a process writes about itself: lines on the standard error, with personal data in them masked.

Whatever a library puts into an error's message may repeat what somebody typed; so the finished line is masked,
traceback included, and not the fields that we give ourselves alone.
"""

import logging
import sys
from typing import Any

import structlog

from policies.guardrails.personal_data import masked


class MaskingFormatter(logging.Formatter):
    """Masks the whole of what is written."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, masked."""
        return masked(super().format(record))


def keep_logs() -> None:
    """Mask what this process logs from here on, whoever logs it."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
            _masked_line,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _masked_line(_: Any, __: str, line: Any) -> str:
    return masked(str(line))
