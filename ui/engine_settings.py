"""What may answer: `[engines.NOM]` in the file, `ASSISTANT_ENGINE_NOM_…` in the environment."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ui.addresses import web_address
from ui.setting_sections import Sections

PROGRAM = Path(__file__).parent.parent / ".cache" / "llama-server" / "llama-server"


def _absolute(value: Any) -> Any:
    return str(Path(value).expanduser().absolute()) if isinstance(value, str | Path) and str(value) else value


def _server(value: str) -> str:
    return web_address(value) if value else value


class EngineSettings(BaseModel):
    """A model in this process, in a llama-server of our own, or behind a server that `url` names.

    `model` is a file for the first two (the demonstration model without it), the model's name at the server for the
    third; `format` is as `ASSISTANT_MODEL_FORMAT`, and of a server it counts only whether it is «completion».
    `reasoning` is as `assistant.Reasoning` says, and `reasoning_tokens` what it may think beyond its answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["process", "llama-server", "server"]
    model: str = ""
    format: Literal["completion", "chatml", "gemma", "mistral", "llama3", ""] = ""
    reasoning: Literal["marked", "begun", "off", "none"] = "marked"
    reasoning_tokens: int = Field(0, ge=0)
    # How many tokens it reads and writes for one answer, and how many answers it makes at once.
    context: int = Field(4096, ge=1024)
    places: int = Field(4, ge=1, le=256)
    # How many questions may wait for it: who comes then is told when to come again.
    waiting: int = Field(100, ge=1, le=1_000)

    # An adapter (LoRA), processors (0: all), and the program of a llama-server.
    lora: Annotated[str, BeforeValidator(_absolute)] = ""
    threads: int = Field(0, ge=0)
    program: Annotated[Path, BeforeValidator(_absolute)] = PROGRAM

    url: Annotated[str, AfterValidator(_server)] = ""
    key: str = Field("", repr=False)
    # The authorities that vouch for the server, and no others; without it, those of the system.
    ca: Annotated[Path, BeforeValidator(_absolute)] | None = None
    # Ours, with its key, for a server that lets in only those that it knows.
    certificate: Annotated[Path, BeforeValidator(_absolute)] | None = None

    # How long it may take, in seconds: until its first word, from word to word, in all.
    first_token_seconds: float = Field(120, gt=0)
    between_tokens_seconds: float = Field(30, gt=0)
    answer_seconds: float = Field(600, gt=0)

    @model_validator(mode="after")
    def _of_one_kind(self) -> "EngineSettings":
        if self.kind == "server" and not self.url:
            raise ValueError("un moteur « server » a besoin de « url », l’adresse qui se termine par /v1")
        if self.kind != "server" and (self.url or self.key or self.ca or self.certificate):
            theirs = "« url », « key », « ca » et « certificate »"
            raise ValueError(f"{theirs} sont pour un moteur « server », et non « {self.kind} »")
        if self.kind != "server" and self.reasoning in ("begun", "off"):
            raise ValueError(f"reasoning = « {self.reasoning} » est pour un moteur « server » : choisissez « marked »")
        if self.kind == "server" and self.lora:
            raise ValueError("« lora » est pour un modèle de cette machine : chargez l’adaptateur sur le serveur")
        if self.reasoning_tokens + 1024 > self.context:
            raise ValueError(
                "« reasoning_tokens » doit laisser au moins 1024 unités de « context » pour lire et répondre"
            )
        return self

    @property
    def demonstration(self) -> bool:
        """Whether it is the model that is there for trying the product only."""
        return self.kind != "server" and not self.model

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it loads, but for the demonstration model."""
        if self.kind == "server":
            return ()
        return tuple(Path(file).expanduser().absolute() for file in (self.model, self.lora) if file)


ENGINES = Sections(table="engines", prefix="engine_", kind=EngineSettings, secret="key")  # noqa: S106  # a name
