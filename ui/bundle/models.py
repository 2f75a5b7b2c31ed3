"""The models of a bundle: files that the list allows by their SHA-256, and no others."""

from collections.abc import Sequence
from pathlib import Path

from policies.models import AllowedModel, AllowedModels
from ui.bundle.files import carried
from ui.bundle.verify import sha256
from ui.errors import BundleRefused


def carry_models(files: Sequence[Path], allowed: AllowedModels, into: Path) -> list[AllowedModel]:
    """Put each file there under the name that the list gives it. Raises `BundleRefused`."""
    return [_carry(path, allowed, into) for path in files]


def _carry(path: Path, allowed: AllowedModels, into: Path) -> AllowedModel:
    if not path.is_file():
        raise BundleRefused(f"Le modèle {path} n’est pas un fichier.")
    digest = sha256(path)
    if (model := allowed.of_digest(digest)) is None:
        raise BundleRefused(
            f"{path.name} n’est pas un modèle autorisé : son empreinte {digest} n’est pas dans la liste. Ajoutez-le à "
            "la liste que nomme ASSISTANT_ALLOWED_MODELS, ou retirez-le."
        )
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise BundleRefused(f"{path.name} n’est pas un fichier GGUF.")
    carried(path, into / model.file)
    return model
