"""What may be in a trace, and that nothing but settings of ours opens one."""

import os
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import get_tracer_provider

from retrieval.watch import Step
from tests.ui.observability.conftest import Kept
from ui.chat.front import FrontSettings, prepare_front
from ui.errors import SettingsInvalid
from ui.observability.environment import require_own_export
from ui.observability.tracing import ClosedExporter
from ui.observability.watching import NOT_WATCHING
from ui.observability.words import SCOPE, SPANS, STEP
from ui.pages import Notice


def test_a_span_that_is_not_ours_or_holds_more_than_the_list_does_not_get_through(kept: Kept) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(ClosedExporter(kept)))
    for scope, name in (("opentelemetry.instrumentation.langchain", "question"), (SCOPE, "autre")):
        provider.get_tracer(scope).start_span(name).end()
    span = provider.get_tracer(SCOPE).start_span(
        "question", attributes={"gen_ai.prompt": "secret", "assistant.act": "a"}
    )
    span.record_exception(RuntimeError("secret"))
    span.add_event("secret")
    span.end()
    (told,) = kept.spans
    assert (dict(told.attributes or {}), told.events) == ({"assistant.act": "a"}, ())


def test_every_step_has_its_span_and_nothing_makes_a_provider_for_libraries() -> None:
    assert {f"{STEP}{step.value}" for step in Step} <= SPANS
    assert type(get_tracer_provider()).__name__ == "ProxyTracerProvider"


def test_without_metrics_and_traces_nothing_is_made() -> None:
    with NOT_WATCHING.step(Step.SEARCH), NOT_WATCHING.within("job") as span:
        assert not span.is_recording()
    assert NOT_WATCHING.steps is not NOT_WATCHING


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "otel_traces_sampler", "PROMETHEUS_MULTIPROC_DIR"])
def test_no_variable_of_the_environment_opens_another_export(name: str) -> None:
    with pytest.raises(SettingsInvalid, match=name):
        require_own_export(["PATH", name])
    require_own_export(["PATH", "ASSISTANT_TRACES", "HOSTEL_X"])


def test_what_the_chat_itself_sets_is_in_no_process_s_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    prepare_front(FrontSettings(tmp_path, Notice("essai", demonstration=False, local=True)))
    assert os.environ
    require_own_export(os.environ)
