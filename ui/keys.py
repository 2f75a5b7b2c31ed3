"""Secrets in files that their owner alone can read: the data folder's own, and the keys that come of it."""

import hmac
import os
import secrets
from pathlib import Path


def folder_secret(home: Path) -> bytes:
    """32 bytes, made at the first start: old links must open, and sessions go on, for good."""
    path = home / "secret.key"
    if not path.exists():
        write_privately(path, secrets.token_bytes(32))
    return path.read_bytes()


def derived(secret: bytes, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose alone (a pseudorandom function of the secret and the purpose)."""
    return hmac.digest(secret, purpose, "sha256")


def write_privately(path: Path, secret: bytes) -> None:
    """Write the file whole or not at all: a disk that is full must not leave an empty secret."""
    whole = path.with_name(f"{path.name}.partial")
    whole.unlink(missing_ok=True)
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
    whole.replace(path)
