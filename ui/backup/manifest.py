"""What a backup says of itself: `backup.json` comes first in it, `manifest.json` last, signed in `manifest.note`."""

import hashlib
import json
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from policies import VerifyingKey
from policies.audit.note import SigningKey, opened, signed
from ui.errors import BackupDamaged, BackupNewer

FORMAT = 1

OPENING, MANIFEST, NOTE = "backup.json", "manifest.json", "manifest.note"

_SIGNED = "assistant/backup"

T = TypeVar("T", bound=BaseModel)


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def written(self) -> bytes:
        """As a member of the backup."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()


class Opening(_Told):
    """What a reader must know before it reads on: `migrations` are the names of all that made the database."""

    format: int = FORMAT
    version: str
    made_at: AwareDatetime
    migrations: list[str]
    postgres: int
    records: int


class Member(_Told):
    """A file of the backup that is no original, by its size in bytes and its hash."""

    bytes: int
    sha256: str


class Originals(_Told):
    """The originals, each under its own hash; `digest` is over their names in their order.

    Those of `missing` were named by the catalogue, and erased while the backup was made.
    """

    count: int
    bytes: int
    digest: str
    missing: list[str]


class LedgerHead(_Told):
    """So many records, of which the note signs the first; empty where nothing was signed."""

    size: int
    note: str


class Manifest(_Told):
    """All that is in the backup. Models come with the bundle: their names and hashes alone are here."""

    ledger: LedgerHead
    documents: int
    indexed: int
    collections: int
    conversations: int
    index: Literal["embedded", "none"]
    originals: Originals
    members: dict[str, Member]
    models: dict[str, str]
    settings: dict[str, str]


def read_opening(content: bytes, version: str) -> Opening:
    """Raises `BackupNewer` where this version cannot read what follows, `BackupDamaged`."""
    told = _json(content)
    if isinstance(told, dict) and isinstance(told.get("format"), int) and told["format"] > FORMAT:
        raise BackupNewer(str(told.get("version", "?")), version)
    return _validated(Opening, told)


def read_manifest(content: bytes) -> Manifest:
    """Raises `BackupDamaged`."""
    return _validated(Manifest, _json(content))


def signature(manifest: bytes, keys: list[SigningKey]) -> bytes:
    """The signed note over a manifest."""
    return signed(_text(manifest), keys).encode()


def require_signed(manifest: bytes, note: bytes, keys: list[VerifyingKey]) -> None:
    """Raises `NoteInvalid` where none of these keys has signed the manifest, `BackupDamaged` where another one is."""
    if opened(note.decode("utf-8", "replace"), keys).text != _text(manifest):
        raise BackupDamaged("La signature de la sauvegarde est celle d’une autre.")


def _text(manifest: bytes) -> str:
    return f"{_SIGNED}\n{hashlib.sha256(manifest).hexdigest()}\n"


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise BackupDamaged("La description de la sauvegarde est abîmée.") from error


def _validated(kind: type[T], told: Any) -> T:
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        raise BackupDamaged("La description de la sauvegarde n’a pas la forme attendue.") from error
