"""What variables of the environment would make of traces and metrics: another export, another store. None may.

OpenTelemetry's own variables name exporters, addresses and plug-ins; those of Prometheus's client put figures into
files. Ours are ASSISTANT_TRACES and ASSISTANT_METRICS alone. TRACELOOP_TELEMETRY is a switch that `ui.chat.front` holds
down itself, whatever it was.
"""

import re
from collections.abc import Iterable

from ui.errors import SettingsInvalid

FOREIGN = re.compile("OTEL_.+|PROMETHEUS_.+|TRACELOOP_(?!TELEMETRY$).+|TRACEPARENT|TRACESTATE|BAGGAGE", re.IGNORECASE)


def require_own_export(names: Iterable[str]) -> None:
    """Raises `SettingsInvalid` where a variable would have a say in what is told, and to whom."""
    foreign = sorted(name for name in set(names) if FOREIGN.fullmatch(name))
    if foreign:
        raise SettingsInvalid(
            f"La variable d’environnement {foreign[0]} pourrait envoyer des traces ou des mesures ailleurs. Retirez-la "
            f"(unset {foreign[0]})\u202f; l’adresse du collecteur se règle par ASSISTANT_TRACES, celle des mesures par "
            "ASSISTANT_METRICS."
        )
