"""Secrets that the database keeps but cannot read: AES-256-GCM (NIST SP 800-38D).

A sealed value is a random nonce of 96 bits, then the ciphertext with its tag. It opens in its own place
alone: the place goes in as associated data, so a value moved to another row or column does not open.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ui.errors import SettingsInvalid

KEY_BYTES = 32
NONCE_BYTES = 12


class Seal:
    """Seals and opens texts under one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise SettingsInvalid(f"La clé de chiffrement des sessions doit avoir {KEY_BYTES} octets.")
        self._cipher = AESGCM(key)

    def close(self, text: str, place: bytes) -> bytes:
        """The text, sealed for that place."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), place)

    def open(self, sealed: bytes, place: bytes) -> str | None:
        """The text; None where another key sealed it, for another place, or where it was changed since."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place).decode()
        except (InvalidTag, ValueError):  # ValueError: too short to be anything
            return None
