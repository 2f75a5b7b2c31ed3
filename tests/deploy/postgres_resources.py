"""CloudNativePG 1.30 and its plugin Barman Cloud: of their kinds what the chart may write, and nothing else."""

from typing import Any, Literal

from pydantic import Field

from tests.deploy.strict import Named, Strict


class KeyOf(Strict):
    """A key of a Secret or ConfigMap."""

    name: str
    key: str


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
    inRoles: list[str] | None = None  # noqa: N815
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
    imagePullSecrets: list[Named] | None = None  # noqa: N815
    enableSuperuserAccess: bool  # noqa: N815
    bootstrap: Bootstrap
    managed: Managed
    postgresql: Postgresql
    resources: dict[str, Any]
    seccompProfile: dict[Literal["type"], Literal["RuntimeDefault"]]  # noqa: N815
    storage: Storage
    affinity: Affinity
    monitoring: dict[Literal["enablePodMonitor"], bool]
    plugins: list[Plugin] | None = None


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
