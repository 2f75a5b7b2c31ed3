"""The settings of what a process tells its operators: metrics, traces, logs."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from ui.addresses import web_address
from ui.setting_values import Folder


def _listening(value: str) -> str:
    """`host:port`, an IPv6 host in brackets; empty is none."""
    if value and not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+):([1-9]\d{0,4})", value, re.ASCII):
        raise ValueError("écrivez l’adresse et le port où répondre, comme 127.0.0.1:9464 ou [::1]:9464")
    if value and int(value.rpartition(":")[2]) > 65_535:
        raise ValueError("un port ne dépasse pas 65535")
    return value


def _collector(value: str) -> str:
    """The address of a collector, where there is one."""
    return web_address(value) if value else value


ListeningAddress = Annotated[str, AfterValidator(_listening)]
CollectorAddress = Annotated[str, AfterValidator(_collector)]


class ObservabilitySettings(BaseModel):
    """What can be set of it; see `ui.settings.Settings`, which has these too."""

    # Where this process answers /metrics, /healthz and /readyz, as host:port; empty: nowhere.
    metrics: ListeningAddress = ""
    # The collector that traces are sent to by OTLP over HTTP, as https://collecteur.exemple.fr:4318; empty: none.
    traces: CollectorAddress = ""
    # Who vouches for the collector; without it those of the system.
    traces_ca: Folder | None = None
    # How log lines are written.
    logs: Literal["text", "json"] = "text"
    # What the machine room draws for each watt of the machine (power usage effectiveness).
    pue: float = Field(1.0, ge=1, le=5)

    @property
    def metrics_at(self) -> tuple[str, int] | None:
        """Host and port of the metrics."""
        host, _, port = self.metrics.rpartition(":")
        return (host.strip("[]"), int(port)) if host else None
