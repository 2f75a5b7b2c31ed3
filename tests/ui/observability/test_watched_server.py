"""What people write, what documents say and what settings hide is in nothing that a server tells of itself.

The whole server is run with all that it can tell (logs of every logger, standard streams, spans, metrics, files of its
folder), things are planted wherever somebody can write, parts are made to fail with them in their hands, and then all
of it is searched for each, in every form that a program might write it in. The last test is the proof that this would
be seen: a mutated logger is. What it tells is what dashboards and alerts ask for.
"""

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.ui.observability.asked_for import EVERYWHERE, GROUPED, ITS_OWN, SERIES, TEXTS, expressions
from tests.ui.observability.conftest import Watched, planted
from tests.ui.observability.launched import LEAKS
from tests.ui.observability.planting import NIR, completion, everything, found, lived, things
from tests.ui.observability.receiving import attributes
from ui.observability.words import ATTRIBUTES, SPANS


def told(served: Watched) -> dict[str, frozenset[str]]:
    """The series that the server tells, each with its labels."""
    series = dict(ITS_OWN)
    for family in text_string_to_metric_families(served.scrape()):
        for sample in family.samples:
            series[sample.name] = series.get(sample.name, frozenset()) | sample.labels.keys()
    return series


async def test_nothing_that_was_planted_is_told_and_spans_are_those_of_the_closed_list(
    served: Watched, tmp_path: Path
) -> None:
    hidden = things()
    await lived(served, hidden, tmp_path)
    questions = served.collector.until("question", 5)
    told = everything(served)
    assert found(hidden | served.secrets, told) == []

    spans = served.collector.spans
    assert {span.name for span in spans} <= SPANS
    (job, *_) = served.collector.until("job")
    steps = {f"assistant.step.{one}" for one in ("read", "inspect", "chunk", "embed", "write")}
    assert {span.name for span in spans if span.trace_id == job.trace_id} >= {"job", "ledger.append", *steps}
    assert {one.key for span in spans for one in span.attributes} <= ATTRIBUTES
    assert not [span for span in spans if span.events or span.status.message]
    outcomes = [attributes(question)["assistant.outcome"] for question in questions]
    assert sorted(outcomes) == ["answered", "answered", "failed", "failed", "failed"]

    log = [json.loads(line) for line in served.lines if line.startswith("{")]
    assert {"timestamp", "level", "logger", "event"} <= set.intersection(*(set(one) for one in log))
    assert any("RuntimeError" in str(one.get("exception")) for one in log)
    assert any("error" in one["level"] and one.get("trace_id") for one in log)


async def test_one_trace_leads_from_the_request_to_the_tokens_and_on_to_the_server_of_the_model(
    served: Watched,
) -> None:
    asked = len(served.model.headers)
    async with httpx.AsyncClient(base_url=served.address, timeout=60) as http:
        await http.post("/v1/chat/completions", json=completion("Combien de jours de télétravail par semaine ?"))
    (sent,) = [headers for headers in served.model.headers[asked:] if "traceparent" in headers]
    _, trace, _, flags = sent["traceparent"].split("-")
    assert flags == "01"
    served.collector.until("http", 1)
    while not any(span.name == "http" for span in served.collector.of_trace(bytes.fromhex(trace))):
        with served.collector.more:
            served.collector.more.wait(5)
    spans = {span.name: span for span in served.collector.of_trace(bytes.fromhex(trace))}
    steps = {f"assistant.step.{one}" for one in ("permit", "understand", "embed", "search", "rank", "decide")}
    writing = {"engine.wait", "engine.first_token", "engine.generate", "answer.check", "ledger.append"}
    assert set(spans) == {"http", "question", *steps, *writing}
    assert attributes(spans["http"]) == {
        "http.request.method": "POST",
        "http.route": "/v1/chat/completions",
        "http.response.status_code": 200,
    }
    assert spans["question"].parent_span_id == spans["http"].span_id
    assert {span.parent_span_id for name, span in spans.items() if name not in ("http", "question")} == {
        spans["question"].span_id
    }
    generated = attributes(spans["engine.generate"])
    assert generated["gen_ai.request.model"] == "essai"
    assert generated["gen_ai.usage.output_tokens"] > 0
    noted = attributes(spans["question"])
    assert (noted["assistant.outcome"], noted["assistant.decision"]) == ("answered", "answer")
    assert noted["assistant.energy.joules"] > 0


def test_every_series_that_is_asked_for_is_told_with_these_labels(served: Watched) -> None:
    asked, known_series = list(expressions()), told(served)
    assert len(asked) > 70
    for where, expression in asked:
        names = []
        for name, matchers in SERIES.findall(TEXTS.sub('""', expression)):
            assert name in known_series, f"{where}: {name}"
            labels = {one.split("=")[0].strip(" !~") for one in matchers.split(",") if one.strip()}
            assert labels <= known_series[name] | EVERYWHERE, f"{where}: {expression}"
            names.append(name)
        assert names, expression
        known = frozenset[str]().union(EVERYWHERE, *(known_series[name] for name in names))
        grouped = {one.strip() for group in GROUPED.findall(expression) for one in group.split(",")}
        assert grouped <= known, f"{where}: {expression}"


def test_a_process_tells_nothing_that_no_dashboard_and_no_alert_asks_for(served: Watched) -> None:
    asked = " ".join(expression for _, expression in expressions())
    ours = {re.sub(r"_(bucket|count|sum)$", "", name) for name in told(served) if name.startswith("assistant_")}
    assert {name for name in ours if name not in asked} == {
        "assistant_build_info",  # by which dashboards find the processes
        "assistant_database_connections_max",
    }


async def test_a_mutated_logger_that_tells_the_question_is_seen(served: Watched) -> None:
    leaked = {"question": planted("question"), "nir": NIR}
    async with httpx.AsyncClient(base_url=served.address, timeout=60) as http:
        await http.post("/v1/chat/completions", json=completion(f"{LEAKS} {leaked['question']} {NIR}"))
    told = everything(served)
    assert found(leaked, told) == [("question", "log")]  # the number was masked all the same
    for text in (leaked["question"], "Épinay : 1"):
        for written in (text, quote(text), json.dumps(text), base64.b64encode(f"ab{text}cd".encode()).decode()):
            assert found({"it": text}, {"log": f"… {written} …"}) == [("it", "log")]
