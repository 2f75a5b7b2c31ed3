"""What of others' kinds the chart may write: fields and values as their definitions have them, and no others.

CloudNativePG 1.30 and its plugin Barman Cloud, KEDA 2, the Prometheus operator, the Gateway API (experimental channel).
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Nothing that is not named here."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Named(Strict):
    """A reference."""

    name: str


class KeyOf(Strict):
    """A key of a Secret or ConfigMap."""

    name: str
    key: str


class Selector(Strict):
    """Labels."""

    matchLabels: dict[str, str] = Field(min_length=1)  # noqa: N815


class InitDb(Strict):
    """The database of a new cluster."""

    database: str
    owner: str
    encoding: str
    dataChecksums: bool  # noqa: N815
    postInitApplicationSQL: list[str]  # noqa: N815


class Bootstrap(Strict):
    """How a cluster begins."""

    initdb: InitDb


class ManagedRole(Strict):
    """A role that the operator keeps."""

    name: str
    login: bool
    inRoles: list[str] = []  # noqa: N815
    passwordSecret: Named  # noqa: N815


class Managed(Strict):
    """What the operator keeps."""

    roles: list[ManagedRole]


class Synchronous(Strict):
    """How many servers have what was kept."""

    method: Literal["any", "first"]
    number: int = Field(ge=1)
    dataDurability: Literal["required", "preferred"]  # noqa: N815


class Postgresql(Strict):
    """The server's own settings."""

    parameters: dict[str, str]
    synchronous: Synchronous | None = None


class Storage(Strict):
    """Its volume."""

    size: str
    storageClass: str | None = None  # noqa: N815


class Plugin(Strict):
    """A plugin at work in a cluster."""

    name: str
    isWALArchiver: bool  # noqa: N815
    parameters: dict[str, str]


class Affinity(Strict):
    """Where its pods are put."""

    enablePodAntiAffinity: bool  # noqa: N815
    topologyKey: str  # noqa: N815


class Cluster(Strict):
    """postgresql.cnpg.io/v1"""

    instances: int = Field(ge=1)
    imageName: str  # noqa: N815
    imagePullSecrets: list[Named] = []  # noqa: N815
    enableSuperuserAccess: bool  # noqa: N815
    bootstrap: Bootstrap
    managed: Managed
    postgresql: Postgresql
    resources: dict[str, Any]
    seccompProfile: dict[Literal["type"], Literal["RuntimeDefault"]]  # noqa: N815
    storage: Storage
    affinity: Affinity
    monitoring: dict[Literal["enablePodMonitor"], bool]
    plugins: list[Plugin] = []


class PluginConfiguration(Strict):
    """Which plugin does it."""

    name: str


class ScheduledBackup(Strict):
    """postgresql.cnpg.io/v1; its schedule has seconds."""

    schedule: str = Field(pattern=r"^\S+( \S+){5}$")
    backupOwnerReference: Literal["none", "self", "cluster"]  # noqa: N815
    cluster: Named
    method: Literal["plugin"]
    pluginConfiguration: PluginConfiguration  # noqa: N815


class Database(Strict):
    """postgresql.cnpg.io/v1"""

    cluster: Named
    name: str
    owner: str


class S3Credentials(Strict):
    """Whose bucket it is."""

    accessKeyId: KeyOf  # noqa: N815
    secretAccessKey: KeyOf  # noqa: N815


class Compression(Strict):
    """How it is made smaller."""

    compression: Literal["bzip2", "gzip", "lz4", "snappy"]


class StoreConfiguration(Strict):
    """Where the bucket is."""

    destinationPath: str = Field(min_length=1)  # noqa: N815
    endpointURL: str  # noqa: N815
    endpointCA: KeyOf | None = None  # noqa: N815
    s3Credentials: S3Credentials  # noqa: N815
    wal: Compression
    data: Compression


class ObjectStore(Strict):
    """barmancloud.cnpg.io/v1"""

    retentionPolicy: str = Field(pattern=r"^[1-9][0-9]*[dwm]$")  # noqa: N815
    configuration: StoreConfiguration
    instanceSidecarConfiguration: dict[Literal["resources"], dict[str, Any]]  # noqa: N815


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
