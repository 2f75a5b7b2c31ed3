"""What stands in a log, of whoever logs: one form, nothing personal, no word of an error, nothing of a request."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ui.logs import Form, Lines, keep_logs

PLANTED = ("2 55 08 14 168 025 38", "FR76 3000 6000 0112 3456 7890 189", "06 12 34 56 78", "camille@exemple.fr")
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def kept() -> Iterator[None]:
    """The logs of a process that serves; as they were, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was written as JSON: each line is an object."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_number_is_in_no_line_and_no_traceback(
    planted: str, form: Form, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_logs(form)  # on the standard error of this very test
    own, theirs = structlog.get_logger("ui.chat"), logging.getLogger("chainlit")
    try:
        raise ValueError(f"question refusée : {planted}")
    except ValueError as error:
        own.error(f"answer failed\n{planted}", question=planted, exc_info=error)
        theirs.error("broke off: %s", planted, exc_info=error)
        theirs.exception(error)
    out, written = capsys.readouterr()
    assert planted not in out + written
    assert "answer failed" in written
    assert "broke off: …" in written
    assert written.count("[masqué") == 2
    assert "ValueError" in written


@pytest.mark.usefixtures("kept")
def test_every_line_has_one_form_with_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    keep_logs("json", lambda: TRACE)
    structlog.get_logger("ui.chat").warning("answer failed", exchange="e1", tries=2)
    logging.getLogger("assistant.engines").warning("engine %r is not ready", "grand")
    logging.getLogger("psycopg.pool").warning("error connecting in %r: %s", "pool-1", OSError("hôte secret"))
    told = lines(capsys)
    assert [one["event"] for one in told] == [
        "answer failed",
        "engine 'grand' is not ready",
        "error connecting in '…': OSError",
    ]
    assert {one["trace_id"] for one in told} == {TRACE}
    assert {one["level"] for one in told} == {"warning"}
    assert (told[0]["exchange"], told[0]["tries"]) == ("e1", 2)
    assert all(one["timestamp"].endswith("+00:00") for one in told)


@pytest.mark.usefixtures("kept")
def test_of_an_error_its_kind_and_place_are_told_and_that_of_what_it_came_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    keep_logs("json")
    try:
        try:
            raise KeyError("mot secret")
        except KeyError as error:
            raise RuntimeError("texte secret") from error
    except RuntimeError:
        logging.getLogger("ui.siem").exception("broke off")
    (told,) = lines(capsys)
    last, first = told["exception"]
    assert last.endswith("RuntimeError")
    assert first.endswith("KeyError")
    assert "tests/ui/test_logs.py:" in last
    assert "secret" not in json.dumps(told)


@pytest.mark.usefixtures("kept")
def test_a_library_is_not_heard_below_a_warning_whatever_its_level(capsys: pytest.CaptureFixture[str]) -> None:
    keep_logs("json")
    logging.getLogger().setLevel(logging.DEBUG)
    for library in ("openai._base_client", "httpx", "python_multipart.multipart", "httpcore.http11"):
        logging.getLogger(library).debug("Request options: %s", {"messages": "question"})
        logging.getLogger(library).info("HTTP Request: POST %s", "https://a.fr/?q=question")
    logging.getLogger("ui.vocabulary").info("ours")
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task exception=ValueError('q')>")
    assert [one["event"] for one in lines(capsys)] == ["ours", "Task exception was never retrieved"]


@given(st.text(), st.lists(st.text() | st.integers() | st.floats() | st.binary()), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_logged_is_one_object_on_one_line(said: str, values: list[Any], ours: bool) -> None:
    record = logging.LogRecord("ui" if ours else "lib", logging.ERROR, "", 0, said, None, None)
    record.fields = {"values": values}
    line = Lines("json", str).format(record)
    assert "\n" not in line
    assert json.loads(line)["level"] == "error"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_number_that_is_somebodys_is_masked_like_a_text_and_the_line_keeps_its_form(form: Form) -> None:
    record = logging.LogRecord("ui", logging.ERROR, "", 0, "", None, None)
    record.fields = {"values": [255081416802538, 6.226220277581777e16, 12]}
    line = Lines(form, str).format(record)
    assert "2550814168025" not in line
    assert "226220277581777" not in line
    if form == "json":
        assert json.loads(line)["values"] == ["[masqué : NIR]", "6.[masqué : NIR]e+16", 12]
