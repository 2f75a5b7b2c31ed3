"""The models that may be loaded, in a file that people can read.

    [[model]]
    name = "Ministral 3 8B"
    file = "ministral-3-8b-q4_k_m.gguf"
    sha256 = "…64 hexadecimal digits…"
    licence = "Apache-2.0"
    source = "…where the file was taken from…"
    card = "…where its maker describes it…"

Adapters (LoRA) stand there like models: an altered one alters what is answered just as well.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from policies.errors import ModelsInvalid

MODELS = Path(__file__).parent / "rules" / "models.toml"


@dataclass(frozen=True, slots=True)
class AllowedModel:
    """A model, or an adapter, that may be loaded; `sha256` is that of its file, in lower case."""

    name: str
    file: str
    sha256: str
    licence: str
    source: str
    card: str


@dataclass(frozen=True, slots=True)
class AllowedModels:
    """The list; no two of its models have the same file name or the same SHA-256."""

    models: tuple[AllowedModel, ...]

    def of_digest(self, sha256: str) -> AllowedModel | None:
        """The model whose file has that SHA-256."""
        return next((model for model in self.models if model.sha256 == sha256), None)

    def of_file(self, name: str) -> AllowedModel | None:
        """The model whose file has that name."""
        return next((model for model in self.models if model.file == name), None)


def read_models(path: Path = MODELS) -> AllowedModels:
    """The list in that file. Raises `ModelsInvalid`, which names the file and the model."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ModelsInvalid(f"La liste des modèles autorisés {path} est illisible : {error}") from error
    written = table.pop("model", [])
    if table or not isinstance(written, list):
        raise ModelsInvalid(f"La liste des modèles autorisés {path} ne doit contenir que des [[model]].")
    models = tuple(_model(path, number, one) for number, one in enumerate(written, start=1))
    for values in ([model.file for model in models], [model.sha256 for model in models]):
        for value, times in Counter(values).items():
            if times > 1:
                raise ModelsInvalid(f"Dans la liste des modèles autorisés {path}, « {value} » paraît {times} fois.")
    return AllowedModels(models)


_Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"\A[^\x00-\x1f]+\z")]

_EXPECTED = {
    "file": "un nom de fichier sans dossier, qui finit par « .gguf », est attendu",
    "sha256": "les 64 chiffres hexadécimaux de l’empreinte sont attendus",
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: _Line
    file: Annotated[str, StringConstraints(pattern=r"\A[^/\\\x00-\x1f.][^/\\\x00-\x1f]*\.gguf\z")]
    sha256: Annotated[str, StringConstraints(to_lower=True, pattern=r"\A[0-9a-fA-F]{64}\z")]
    licence: _Line
    source: _Line
    card: _Line


def _model(path: Path, number: int, written: object) -> AllowedModel:
    try:
        return AllowedModel(**_Model.model_validate(written).model_dump())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "[[model]]"
        known = field in _Model.model_fields or not first["loc"]
        reason = _EXPECTED.get(field, "un texte d’une ligne est attendu") if known else "ce champ n’est pas connu"
        raise ModelsInvalid(
            f"Dans la liste des modèles autorisés {path}, modèle n° {number} : {field} : {reason}."
        ) from error
