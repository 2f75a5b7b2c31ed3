"""The names of spans and of their attributes: a closed list, none of which can hold what somebody wrote."""

SCOPE = "assistant"

STEP = "assistant.step."

SPANS = frozenset(
    {
        "http",
        "question",
        "task",
        "engine.wait",
        "engine.first_token",
        "engine.generate",
        "answer.check",
        "ledger.append",
        "job",
        "source.sync",
        *(
            f"{STEP}{one}"
            for one in (
                *("permit", "understand", "embed", "search", "rank", "rerank", "decide"),
                *("read", "inspect", "chunk", "write"),
            )
        ),
    }
)
"""A request's span is named by its method and its route's template besides (`named`)."""

ATTRIBUTES = frozenset(
    {
        # OpenTelemetry's semantic conventions.
        *("http.request.method", "http.route", "http.response.status_code", "error.type"),
        *("gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"),
        # Ours.
        *("assistant.outcome", "assistant.decision", "assistant.engine", "assistant.act", "assistant.records"),
        *("assistant.sentences.supported", "assistant.sentences.unsupported", "assistant.tokens.estimated"),
        *("assistant.energy.joules", "assistant.passages", "assistant.job.id", "assistant.attempt"),
    }
)
