"""Where sources may be read, and as whom: `[sources.NOM]` in the file, `ASSISTANT_SOURCE_NOM_…` in the environment.

The database knows the names of these sections alone.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ui.addresses import web_address

PREFIX = "source_"
SECRET_FILE = "secret_file"  # noqa: S105 - a setting's name


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


def taken_out(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The sections that variables make, by name, which are taken out of `values`."""
    sections: dict[str, dict[str, Any]] = {}
    for name in [name for name in values if name.startswith(PREFIX)]:
        for field in (SECRET_FILE, *SourceSettings.model_fields):
            section = name.removeprefix(PREFIX).removesuffix(f"_{field}")
            if section and name == f"{PREFIX}{section}_{field}":
                sections.setdefault(section, {})[field] = values.pop(name)
                break
    return sections


def with_sources(
    given: dict[str, Any], sections: dict[str, dict[str, Any]], read_secret: Callable[[Path, str], str]
) -> dict[str, Any]:
    """The settings with those sections over the file's own, and what their secret files hold."""
    held = given.get("sources", {})
    if not isinstance(held, dict) or not all(isinstance(section, dict) for section in held.values()):
        return given  # which is refused
    merged = {name: held.get(name, {}) | sections.get(name, {}) for name in held | sections}
    for name, section in merged.items():
        if path := section.pop(SECRET_FILE, ""):
            section["secret"] = read_secret(Path(str(path)), f"{path} de sources.{name}.{SECRET_FILE}")
    return given | {"sources": merged}
