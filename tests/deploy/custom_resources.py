"""What of others' kinds the chart may write: fields and values as their definitions have them, and no others.

KEDA 2, the Prometheus operator, the Gateway API (experimental channel); PostgreSQL's stand in a file of their own.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tests.deploy.postgres_resources import Cluster, Database, ObjectStore, ScheduledBackup
from tests.deploy.strict import Named, Strict


class Selector(Strict):
    """Labels."""

    matchLabels: dict[str, str] = Field(min_length=1)  # noqa: N815


class QueueQuery(Strict):
    """What the scaler «postgresql» wants; all values of a trigger are texts."""

    query: str
    targetQueryValue: str = Field(pattern=r"^[0-9]+$")  # noqa: N815


class Trigger(Strict):
    """What is measured."""

    type: Literal["postgresql"]
    metadata: QueueQuery
    authenticationRef: Named  # noqa: N815


class Fallback(Strict):
    """How many there are where nothing can be measured."""

    failureThreshold: int  # noqa: N815
    replicas: int


class ScaledObject(Strict):
    """keda.sh/v1alpha1"""

    scaleTargetRef: Named  # noqa: N815
    minReplicaCount: int  # noqa: N815
    maxReplicaCount: int  # noqa: N815
    pollingInterval: int  # noqa: N815
    fallback: Fallback
    advanced: dict[Literal["horizontalPodAutoscalerConfig"], dict[Literal["behavior"], dict[str, Any]]]
    triggers: list[Trigger] = Field(min_length=1)


class SecretTarget(Strict):
    """A parameter of the scaler, from a Secret."""

    parameter: Literal["connection"]
    name: str
    key: str


class TriggerAuthentication(Strict):
    """keda.sh/v1alpha1"""

    secretTargetRef: list[SecretTarget] = Field(min_length=1)  # noqa: N815


class Endpoint(Strict):
    """Where metrics are asked for."""

    port: str
    interval: str


class ServiceMonitor(Strict):
    """monitoring.coreos.com/v1"""

    selector: Selector
    endpoints: list[Endpoint] = Field(min_length=1)


class PodMonitor(Strict):
    """monitoring.coreos.com/v1"""

    selector: Selector
    podMetricsEndpoints: list[Endpoint] = Field(min_length=1)  # noqa: N815


class Rule(BaseModel):
    """An alert, or a figure that is kept ready."""

    model_config = ConfigDict(extra="forbid")

    alert: str | None = None
    record: str | None = None
    expr: str
    for_: str | None = Field(None, alias="for")
    keep_firing_for: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class RuleGroup(BaseModel):
    """Rules that are looked at together."""

    model_config = ConfigDict(extra="forbid")

    name: str
    interval: str | None = None
    rules: list[Rule] = Field(min_length=1)


class PrometheusRule(Strict):
    """monitoring.coreos.com/v1"""

    groups: list[RuleGroup] = Field(min_length=1)


class ParentRef(Strict):
    """The Gateway."""

    name: str
    namespace: str | None = None


class Backend(Strict):
    """A Service."""

    name: str
    port: int


class Persistence(Strict):
    """How a browser stays with one pod."""

    type: Literal["Cookie"]
    cookie: Named


class RouteRule(Strict):
    """What goes where."""

    matches: list[dict[Literal["path"], dict[Literal["type", "value"], str]]]
    backendRefs: list[Backend]  # noqa: N815
    sessionPersistence: Persistence  # noqa: N815
    timeouts: dict[Literal["request"], str]


class HttpRoute(Strict):
    """gateway.networking.k8s.io/v1"""

    parentRefs: list[ParentRef] = Field(min_length=1)  # noqa: N815
    hostnames: list[str]
    rules: list[RouteRule] = Field(min_length=1)


SPECS: dict[tuple[str, str], type[BaseModel]] = {
    ("postgresql.cnpg.io/v1", "Cluster"): Cluster,
    ("postgresql.cnpg.io/v1", "ScheduledBackup"): ScheduledBackup,
    ("postgresql.cnpg.io/v1", "Database"): Database,
    ("barmancloud.cnpg.io/v1", "ObjectStore"): ObjectStore,
    ("keda.sh/v1alpha1", "ScaledObject"): ScaledObject,
    ("keda.sh/v1alpha1", "TriggerAuthentication"): TriggerAuthentication,
    ("monitoring.coreos.com/v1", "ServiceMonitor"): ServiceMonitor,
    ("monitoring.coreos.com/v1", "PodMonitor"): PodMonitor,
    ("monitoring.coreos.com/v1", "PrometheusRule"): PrometheusRule,
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): HttpRoute,
}
