"""Which certificates are trusted."""

import ssl
from pathlib import Path

from ui.errors import SettingsInvalid


def trusting(ca_file: Path | None, certificate: Path | None = None) -> ssl.SSLContext:
    """Trusts the authorities of that file and no others; without one, the system's. Raises `SettingsInvalid`.

    `certificate` is ours, for servers that ask for one: a PEM file that holds its private key too, without a password.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # a file that holds no certificates, too
        raise SettingsInvalid(f"Le fichier {ca_file} ne donne pas d’autorités de certification.") from error
    try:
        if certificate:
            context.load_cert_chain(certificate, password="")
    except OSError as error:
        raise SettingsInvalid(
            f"Le fichier {certificate} ne donne pas un certificat et sa clé privée, sans mot de passe."
        ) from error
    return context
