"""The data folder's secret, and the keys that come of it."""

import hmac
import secrets
from pathlib import Path


def folder_secret(home: Path) -> bytes:
    """32 bytes, made at the first start: old links must open, and sessions go on, for good."""
    path = home / "secret.key"
    if not path.exists():
        whole = path.with_suffix(".partial")  # a disk that is full must not leave an empty secret
        whole.touch(mode=0o600)
        whole.write_bytes(secrets.token_bytes(32))
        whole.replace(path)
    return path.read_bytes()


def derived(secret: bytes, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose alone (a pseudorandom function of the secret and the purpose)."""
    return hmac.digest(secret, purpose, "sha256")
