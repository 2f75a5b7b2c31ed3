"""The settings of the audit ledger: its key and checkpoints, its review, its times, and what hears of it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from ui.addresses import siem_address
from ui.setting_values import Folder, absolute, listed


def _checkpoint_place(value: str) -> str:
    """A bucket's address, or the absolute path of a folder."""
    return value if value.startswith("s3://") else str(absolute(Path(value)))


CheckpointPlace = Annotated[str, AfterValidator(_checkpoint_place)]
SiemAddress = Annotated[str, AfterValidator(siem_address)]


class AuditSettings(BaseModel):
    """What can be set of it; see `ui.settings.Settings`, which has these too."""

    # The private key that signs the audit ledger, by default in the folder «audit» of the data folder; after how many
    # seconds, and after how many records, a checkpoint is signed with it.
    audit_key: Folder | None = None
    checkpoint_seconds: int = Field(60, ge=1, le=3_600)
    checkpoint_records: int = Field(1_000, ge=1)
    # Where they are sent to: folders, best on other machines, and s3://seau/dossier; by default a folder of the data
    # folder. Which of the `sources` gives the address of the S3 service and its credentials.
    checkpoints: Annotated[tuple[CheckpointPlace, ...], BeforeValidator(listed)] = ()
    checkpoints_s3: str = ""

    # For how long a second auditor's grant opens a name; whether reading texts takes one too, or a reason alone.
    unseal_hours: int = Field(72, ge=1, le=720)
    audit_content: Literal["reason", "approval"] = "reason"

    # A file of times like policies/rules/retention.toml, in its place.
    retention: Folder | None = None

    # A file of rules of alerts like policies/rules/alerts.toml, in its place.
    alerts: Folder | None = None

    # What takes the ledger's records and checkpoints as they come (syslog+tls, relp+tls, https, file); in which format
    # (without one, syslog's own where syslog carries them, else that of Elastic), and whether with names and addresses.
    siem: Annotated[tuple[SiemAddress, ...], BeforeValidator(listed)] = ()
    siem_format: Literal["syslog", "ecs", "ocsf", "cef"] | None = None
    siem_names: Literal["pseudonym", "clear"] = "pseudonym"
    siem_ca: Folder | None = None
    siem_certificate: Folder | None = None
    # The header of that name, whole, for https.
    siem_authorization: str = Field("", repr=False)
