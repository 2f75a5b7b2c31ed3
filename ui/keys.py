"""Secrets in files that their owner alone can read: the data folder's own, and the keys that come of it."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from ui.settings import Settings


def secret_of(settings: Settings) -> bytes:
    """32 bytes that all processes of an installation share: of the settings, or of the data folder."""
    return hashlib.sha256(settings.secret.encode()).digest() if settings.secret else folder_secret(settings.home)


def folder_secret(home: Path) -> bytes:
    """32 bytes, made at the first start: old links must open, and sessions go on, for good."""
    path = home / "secret.key"
    if not path.exists():
        write_privately(path, secrets.token_bytes(32), first=True)
    return path.read_bytes()


def derived(secret: bytes, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose alone (a pseudorandom function of the secret and the purpose)."""
    return hmac.digest(secret, purpose, "sha256")


def write_privately(path: Path, secret: bytes, *, first: bool = False) -> None:
    """Write the file whole or not at all: a disk that is full must not leave an empty secret.

    Where it is there already it is replaced, or with `first` left as it is: another process was quicker.
    """
    whole = path.with_name(f"{path.name}.{secrets.token_hex(8)}.partial")  # another process may write the same file
    try:
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret)
        if first:
            with suppress(FileExistsError):
                path.hardlink_to(whole)
        else:
            whole.replace(path)
    finally:
        whole.unlink(missing_ok=True)
