"""What of the data folder itself goes into a backup: secrets that nothing can replace, and lists that settings name.

Without `secret.key` old links would not open, and nobody's pseudonym would be the same; without the signing key whoever
verifies the ledger would have to believe a new one. A key that settings put outside the data folder is not ours to
copy, and settings themselves hold other systems' passwords: the manifest tells them without.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ui.audit_keys import AuditKeys
from ui.settings import Settings

# Settings that name a file or a folder of the ministry's own.
_LISTS = ("rules", "retention", "alerts", "allowed_models", "ranker", "refusal")


def home_files(settings: Settings, keys: AuditKeys) -> Sequence[tuple[str, bytes]]:
    """Each by its path in the data folder. Raises `OSError`."""
    home = settings.home
    named = [home / "secret.key", keys.path, keys.path.with_name(f"{keys.path.name}.next")]
    named += [place for name in _LISTS if isinstance(place := getattr(settings, name), Path)]
    files = {path for place in named if place.is_relative_to(home) for path in _files(place)}
    return [(str(path.relative_to(home)), path.read_bytes()) for path in sorted(files)]


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from (path for path in place.rglob("*") if path.is_file())
    elif place.exists():
        yield place
