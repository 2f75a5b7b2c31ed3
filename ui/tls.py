"""Which certificates are trusted."""

import ssl
from pathlib import Path

from ui.errors import SettingsInvalid


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Trusts the authorities of that file and no others; without one, the system's. Raises `SettingsInvalid`."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # a file that holds no certificates, too
        raise SettingsInvalid(f"Le fichier {ca_file} ne donne pas d’autorités de certification.") from error
