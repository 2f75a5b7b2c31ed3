"""A file that somebody wrote, read as text."""

from pathlib import Path

from ui.errors import TemplateUnreadable
from ui.french import system_reason


def read_text(path: Path) -> str:
    """What stands in it. Raises `TemplateUnreadable`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TemplateUnreadable(f"{path} ne peut pas être lu : {system_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise TemplateUnreadable(f"{path} n’est pas un texte en UTF-8. Enregistrez-le en UTF-8.") from error
