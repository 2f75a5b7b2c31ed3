"""Nothing personal that somebody typed stands in a log, however it came there."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from ui.logs import keep_logs

PLANTED = ("2 55 08 14 168 025 38", "FR76 3000 6000 0112 3456 7890 189", "06 12 34 56 78", "camille@exemple.fr")


@pytest.fixture
def kept() -> Iterator[None]:
    """The logs of a process that serves; as they were, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    keep_logs()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_number_is_in_no_line_and_no_traceback(planted: str, capsys: pytest.CaptureFixture[str]) -> None:
    keep_logs()  # on the standard error of this very test
    own, theirs = structlog.get_logger("ui.chat"), logging.getLogger("chainlit")
    try:
        raise ValueError(f"question refusée : {planted}")
    except ValueError as error:
        own.error(f"answer failed {planted}", question=planted, exc_info=error)
        theirs.error("broke off: %s", planted, exc_info=error)
    out, written = capsys.readouterr()
    assert planted not in out + written
    assert "answer failed" in written
    assert "broke off" in written
    assert written.count("[masqué") >= 5
