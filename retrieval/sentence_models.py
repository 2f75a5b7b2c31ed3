"""Models that sentence-transformers reads from a folder: no network, no code of theirs, no weights that run any.

PyTorch comes with the optional dependency `transformers`; nothing is imported until a model is opened.
"""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

NOT_INSTALLED = "sentence-transformers n’est pas installé (extra « transformers »)"


def installed() -> bool:
    """Whether the library is there."""
    return find_spec("sentence_transformers") is not None


def opened(kind: Literal["SentenceTransformer", "CrossEncoder"], folder: Path, device: str) -> Any:
    """The model, read. Raises what the library raises: OSError, ValueError, RuntimeError and more."""
    import sentence_transformers

    return getattr(sentence_transformers, kind)(
        str(folder),
        device=device,
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},  # the other format runs code when it is read
    )


def scores_pairs(folder: Path) -> bool:
    """Whether the model was trained with the head of a cross-encoder.

    The library would open another all the same, and score by weights made by chance. Raises as `said_of` does.
    """
    architectures = said_of(folder).get("architectures")
    if isinstance(architectures, list) and any(str(one).endswith("ForSequenceClassification") for one in architectures):
        return True
    return said_of(folder, "config_sentence_transformers.json").get("model_type") == "CrossEncoder"


def said_of(folder: Path, file: str = "config.json") -> dict[str, Any]:
    """What that file of the folder says; nothing where there is none. Raises `OSError`, `ValueError`."""
    path = folder / file
    said = json.loads(path.read_bytes()) if path.is_file() else {}
    return said if isinstance(said, dict) else {}
