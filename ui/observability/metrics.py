"""What a process counts of its own work, for Prometheus. Labels come from closed, small sets: no person, no text.

Names follow OpenMetrics: base units (seconds, bytes, joules, grams), counters end in `_total`.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from ui.observability.outcomes import Outcome

# When a series began is told by nobody's question.
disable_created_metrics()  # type: ignore[no-untyped-call]

# Until the first word, and until the end; a search and its steps; requests.
ANSWER_BUCKETS = (0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 120, 300, 600)
STEP_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
REQUEST_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
LAG_BUCKETS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
JOULE_BUCKETS = (1, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)

# The values of labels that are not another list's.
KINDS = ("question", "task")
DIRECTIONS = ("read", "written")
VERDICTS = ("supported", "unsupported")
DONE = "done"


class Metrics:
    """All of them, in one registry, which is handed in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry

        def counter(name: str, said: str, *labels: str) -> Counter:
            return Counter(f"assistant_{name}", said, labels, registry=registry)

        def histogram(name: str, said: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(f"assistant_{name}", said, labels, buckets=buckets, registry=registry)

        self.answers = counter("answers", "Questions and tasks, by how they ended.", "kind", "outcome")
        self.first_token = histogram(
            "first_token_seconds", "From the question to the model's first word.", ANSWER_BUCKETS, "kind"
        )
        self.answer_time = histogram("answer_seconds", "From the question to its end.", ANSWER_BUCKETS, "kind")
        self.engine_wait = histogram("engine_wait_seconds", "In the queue of an engine.", ANSWER_BUCKETS)
        self.tokens = counter("tokens", "That engines read or wrote.", "direction")
        self.sentences = counter("sentences", "Of models, by whether passages bear them out.", "verdict")
        self.energy = counter("energy_joules", "That answers drew; an estimate.")
        self.carbon = counter("carbon_grams", "CO2 equivalent of that energy; an estimate.")
        self.answer_energy = histogram("answer_energy_joules", "That one answer drew; an estimate.", JOULE_BUCKETS)
        self.steps = histogram("step_seconds", "Steps of a question or of a document.", STEP_BUCKETS, "step")
        self.records = counter("ledger_appends", "Records that this process added to the ledger.", "act")
        self.refused_sign_ins = counter("sign_ins_refused", "Sign-ins and tokens that were refused.")
        self.requests = counter("http_requests", "Requests, by the template of their route.", *_REQUEST, "status")
        self.request_time = histogram("http_request_seconds", "Until a request's end.", REQUEST_BUCKETS, *_REQUEST)
        self.jobs = counter("jobs_done", "Tries of jobs, by how they ended.", "outcome")
        self.job_time = histogram("job_seconds", "One try of a job.", (*REQUEST_BUCKETS, 100, 300, 1_000))
        self.lag = histogram("event_loop_lag_seconds", "That the event loop was late by.", LAG_BUCKETS)
        self._begin_at_nought()
        self.build = Gauge("assistant_build_info", "The version at work.", ("version",), registry=registry)

    def _begin_at_nought(self) -> None:
        """What can happen is told from the start: that of which nothing is told cannot be found to be missing."""
        for outcome in Outcome:
            for kind in KINDS:
                self.answers.labels(kind, outcome.value)
            if outcome in (Outcome.FAILED, Outcome.CANCELLED):
                self.jobs.labels(outcome.value)
        self.jobs.labels(DONE)
        for family, values in ((self.tokens, DIRECTIONS), (self.sentences, VERDICTS)):
            for value in values:
                family.labels(value)


_REQUEST = ("method", "route")
