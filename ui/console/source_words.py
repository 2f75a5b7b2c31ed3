"""The French words of sources and their synchronisations in the console."""

from collections.abc import Mapping

from ingestion import SourceKind, SyncState
from ui.pages import number

KINDS: Mapping[SourceKind, str] = {
    SourceKind.FOLDER: "Dossier",
    SourceKind.LINES: "Fichier de lignes JSON",
    SourceKind.S3: "Seau S3",
    SourceKind.WEBDAV: "Partage WebDAV",
}

# The badge and the word.
STATES: Mapping[SyncState, tuple[str, str]] = {
    SyncState.RUNNING: ("info", "En cours"),
    SyncState.ASKED: ("info", "Demandée"),
    SyncState.FAILED: ("error", "En échec"),
    SyncState.NEVER: ("", "Jamais faite"),
    SyncState.DONE: ("success", "Faite"),
}

_COUNTS = {
    "added": "ajoutés",
    "changed": "modifiés",
    "renamed": "renommés",
    "removed": "retirés",
    "unchanged": "inchangés",
    "skipped": "ignorés",
    "failed": "en échec",
}


def rhythm(every_minutes: int | None) -> str:
    """How often it is synchronised."""
    if every_minutes is None:
        return "sur demande"
    return "chaque minute" if every_minutes == 1 else f"toutes les {number(every_minutes)} minutes"


def changed(counts: Mapping[str, int]) -> str:
    """What a synchronisation has changed."""
    told = [f"{number(counts[name])} {word}" for name, word in _COUNTS.items() if counts.get(name)]
    return ", ".join(told) or "rien"
