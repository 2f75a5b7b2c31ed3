"""`assistant models`: the model files that may be loaded, bringing one in, and reading those in use again."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.settings import read_settings

models = Commands(help="Les modèles de langue autorisés : les lister, en importer, vérifier leurs fichiers.")

out = Console(highlight=False, soft_wrap=True, markup=False)

STATES = {"absent": "absent", "intact": "présent et intact", "altered": "ALTÉRÉ"}


@models.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Lister les modèles autorisés, et dire si leurs fichiers sont présents et intacts."""
    listed = asyncio.run(call(read_settings(), "GET", "/models"))
    if as_json:
        print_json({"models": listed})
        return
    for one in listed:
        out.print(f"{one['name']} : {STATES[one['state']]}{', en service' if one['in_use'] else ''}")
        out.print(f"  Fichier : {one['path'] or one['file']}")
        out.print(f"  Licence : {one['licence']}")
        out.print(f"  Origine : {one['source']}")
        out.print(f"  Notice : {one['card']}")
        out.print(f"  SHA-256 : {one['sha256']}")
    if not listed:
        out.print("Aucun modèle n’est autorisé : complétez la liste que nomme ASSISTANT_ALLOWED_MODELS.")


@models.command("import")
def import_model(
    path: Annotated[Path, typer.Argument(metavar="FICHIER", readable=False, help="Le fichier GGUF.")],
    as_json: AsJson = False,
) -> None:
    """Copier un modèle autorisé dans le dossier des données ; un fichier qui n’est pas dans la liste est refusé."""
    imported = asyncio.run(call(read_settings(), "POST", "/models", {"path": str(path.absolute())}))
    if as_json:
        print_json(imported)
        return
    out.print(f"Modèle « {imported['name']} » importé : {imported['path']}")
    if not imported["in_use"]:
        out.print(f"Pour l’utiliser : ASSISTANT_MODEL={imported['path']}, puis redémarrez l’assistant.")


@models.command()
def verify(as_json: AsJson = False) -> None:
    """Relire en entier les fichiers en service ; code 1 si l’un d’eux n’est pas ce qu’il doit être."""
    verified = asyncio.run(call(read_settings(), "POST", "/models/verify"))
    if as_json:
        print_json({"files": verified})
    else:
        for one in verified:
            out.print(f"{one['path']} : intact ({one['name']})" if not one["problem"] else one["problem"])
        if not verified:
            out.print("Aucun fichier de modèle ne sert ici : un serveur de modèles répond.")
    if any(one["problem"] for one in verified):
        raise typer.Exit(1)
