"""How the environment and the file write what is no plain text or number: lists, tables, folders, addresses."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from ui.addresses import web_address


def listed(value: Any) -> Any:
    """The environment writes a list with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def mapped(value: Any) -> Any:
    """The environment writes a table as `clé=valeur`, with commas."""
    return dict(part.split("=", 1) for part in listed(value)) if isinstance(value, str) else value


def absolute(path: Path) -> Path:
    """From the root, wherever the process was started."""
    return path.expanduser().absolute()


def _place(value: Any) -> Any:
    """The address of a server, or a folder."""
    if isinstance(value, str):
        return web_address(value) if "://" in value else absolute(Path(value))
    return value


Folder = Annotated[Path, AfterValidator(absolute)]
Place = Annotated[Path | str, BeforeValidator(_place)]
# The values of `policies.Role`, which takes long to import.
RoleName = Literal["agent", "gestionnaire", "administrateur", "auditeur"]
WebAddress = Annotated[str, AfterValidator(web_address)]
