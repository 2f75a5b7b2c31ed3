"""All settings, read in one place: the environment (`ASSISTANT_…`) and one TOML file.

`ASSISTANT_HOME` is the data folder; `ASSISTANT_HOME/assistant.toml` holds the same names in lower
case without the prefix. The environment wins. An unknown or wrong setting stops the start.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ui.errors import SettingsInvalid
from ui.french import system_reason, value_reason

PREFIX = "ASSISTANT_"

# Read by the benchmarks alone.
FOREIGN = {"ASSISTANT_EVAL"}

PROJECT = Path(__file__).parent.parent
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _loopback(host: str) -> str:
    if host not in LOOPBACK:
        raise ValueError(
            "sans authentification, l’assistant n’écoute que sur cette machine : choisissez 127.0.0.1, ::1 ou localhost"
        )
    return host


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


Folder = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseModel):
    """What can be set; the default is one machine with nothing installed by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Folder = Path("~/.local/share/assistant").expanduser()
    host: Annotated[str, AfterValidator(_loopback)] = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)

    postgres: str = ""
    qdrant: str = ""
    qdrant_key: str = Field("", repr=False)

    embedding: Folder | None = None
    embedding_query_prefix: str = ""
    embedding_passage_prefix: str = ""

    model: Folder | None = None
    # The names of `assistant.Format`, which takes long to import.
    model_format: Literal["completion", "chatml", "gemma", "mistral", "llama3"] = "completion"
    model_context: int = Field(4096, ge=1024)
    model_threads: int = Field(0, ge=0)
    llm: str = ""
    llm_model: str = ""
    llm_key: str = Field("", repr=False)

    similarity: float | None = Field(None, ge=0, le=1)
    passages: int = Field(4, ge=1, le=20)

    @property
    def demonstration(self) -> bool:
        """Whether answers come from the small model that is there for trying the product only."""
        return self.model is None and not self.llm

    @property
    def shown(self) -> dict[str, str]:
        """What may be shown and recorded of the settings: everything but secrets."""
        secret = {"qdrant_key", "llm_key", "postgres"}
        shown = {name: str(value) for name, value in self.model_dump().items() if name not in secret and value}
        return {name: _without_credentials(value) for name, value in shown.items()}

    def replaced(self, **given: Any) -> "Settings":
        """These settings with some given on the command line. Raises `SettingsInvalid`."""
        return _validated(self.model_dump() | given)


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """The settings of this process. Raises `SettingsInvalid` with one line that names the setting."""
    environ = dict(os.environ) if environ is None else environ
    values = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in FOREIGN and value  # empty is how a shell says unset
    }
    home = _absolute(Path(values.get("home", str(Settings.model_fields["home"].default))))
    return _validated(_from_file(home / "assistant.toml") | values)


def _validated(values: dict[str, Any]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsInvalid(_sentence(error)) from error


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    except OSError as error:
        raise SettingsInvalid(f"Le fichier de réglages {path} ne peut pas être lu : {system_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise SettingsInvalid(f"Le fichier de réglages {path} n’est pas en UTF-8. Enregistrez-le ainsi.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"Le fichier de réglages {path} n’est pas du TOML valide : {error}.") from error


def _without_credentials(value: str) -> str:
    """An address may carry a user and a password before its host."""
    return re.sub(r"(?<=://)[^/@]*@", "", value)


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
        return f"Réglage inconnu : {PREFIX}{name.upper()}. Réglages connus : {known}."
    return f"Réglage {PREFIX}{name.upper()} refusé : {value_reason(first)}."
