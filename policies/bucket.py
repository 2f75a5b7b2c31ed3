"""A bucket of a server that speaks Amazon's S3 (MinIO, Ceph, OVHcloud, Scaleway, Amazon): where it is, and reaching it.

Buckets are named in the path (`https://s3.exemple.fr/seau`), as servers of one's own want it. Nothing is taken from the
process's environment: neither proxies nor credentials. Redirects are followed, without our credentials: the library
has no way to refuse them, so whoever names a server in the settings trusts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Credential

# It does not answer, and is never asked: a proxy that excludes the one host we talk to.
NO_PROXY = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Bucket:
    """`endpoint` is the server's address; only what is below the `prefix` is meant. Without a `key`, nothing is signed.

    `ca` holds authorities to trust beside the system's. `patience` is for an answer to begin, or to go on.
    """

    endpoint: str
    name: str
    prefix: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    region: str = "us-east-1"
    ca: Path | None = None
    patience: timedelta = timedelta(seconds=60)

    def store(self, headers: Mapping[str, str] | None = None) -> S3Store:
        """What asks the server, with these headers in each request; it is not asked anything yet.

        Raises `OSError` where `ca` cannot be read.
        """
        options: ClientConfig = {
            "allow_http": self.endpoint.startswith("http://"),
            "proxy_url": NO_PROXY,
            "proxy_excludes": urlsplit(self.endpoint).hostname or "",
            "connect_timeout": timedelta(seconds=10),
            "read_timeout": self.patience,
            "timeout": timedelta(hours=1),
            "default_headers": dict(headers or {}),
        }
        if self.ca:
            options["root_certificate"] = self.ca.read_bytes()
        return S3Store(
            self.name,
            prefix=self.prefix or None,
            endpoint=self.endpoint,
            region=self.region,
            virtual_hosted_style_request=False,
            skip_signature=not self.key,
            credential_provider=self._credential,
            client_options=options,
            retry_config={"max_retries": 3, "retry_timeout": self.patience},
        )

    def _credential(self) -> "S3Credential":
        """All of it, so that nothing of the environment takes the place of what is left out."""
        return {
            "access_key_id": self.key,
            "secret_access_key": self.secret,
            "token": None,
            "expires_at": None,
        }
