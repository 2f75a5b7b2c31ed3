"""Where sources may be read, and as whom: `[sources.NOM]` in the file, `ASSISTANT_SOURCE_NOM_…` in the environment.

The database knows the names of these sections alone.
"""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ui.addresses import web_address
from ui.setting_sections import Sections


class SourceSettings(BaseModel):
    """Below which address these are for; `user` and `secret` are an S3 server's key and its secret, too.

    `ca` is a file of certificates that vouch for the server; `region` is for S3.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Annotated[str, AfterValidator(web_address)]
    user: str = ""
    secret: str = Field("", repr=False)
    region: str = "us-east-1"
    ca: Path | None = None


SOURCES = Sections(table="sources", prefix="source_", kind=SourceSettings, secret="secret")  # noqa: S106  # a name
