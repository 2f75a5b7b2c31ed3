"""`assistant models`: the model files that may be loaded, bringing one in, and reading those in use again."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.trying import Asked, File, In, questions, trial
from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.failures import EXPECTED, failure_of
from ui.language_model import model_files
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
        out.print(f"Pour l’utiliser : assistant models use {imported['file']} --trial questions.jsonl")


@models.command()
def current(as_json: AsJson = False) -> None:
    """Dire ce qui répond : les moteurs, leur état, leur vitesse, et le modèle où revenir."""
    held = asyncio.run(call(read_settings(), "GET", "/models/current"))
    if as_json:
        print_json(held)
        return
    for one in held["engines"]:
        state = "laissé de côté après des échecs" if one["resting"] else "en service"
        out.print(f"{one['name']} : {one['model']}, {state}, {one['making']} en cours, {one['waiting']} en attente")
        if speed := one["speed"]:
            out.print(
                f"  {speed['tokens_a_second']:.1f} jetons par seconde, premier jeton en {speed['first_token_s']:.1f} s "
                f"(moyennes de {speed['answers']} réponses)"
            )
    if not held["chosen_here"]:
        out.print("Les réglages nomment ce qui répond : changez-le là.")
    elif former := held["former"]:
        out.print(f"Modèle précédent : {former['file']} (assistant models back)")


@models.command()
def use(
    name: Annotated[str, typer.Argument(metavar="NOM", help="Le modèle : son nom, son fichier ou son SHA-256.")],
    asked: Asked = None,
    file: File = None,
    collection: In = None,
    style: Annotated[
        str | None,
        typer.Option("--format", metavar="FORME", help="completion, chatml, gemma, mistral, llama3 ; sinon deviné."),
    ] = None,
    context: Annotated[int | None, typer.Option(metavar="N", help="Les jetons qu’il lit à la fois.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander confirmation après l’essai.")] = False,
    as_json: AsJson = False,
) -> None:
    """Faire répondre un autre modèle autorisé, après un essai sur des questions si l’on en donne ; sans redémarrage."""
    wish = {"model": name, "format": style, "context": context}
    if wanted := questions(asked, file):
        trial("/models/try", wish | {"questions": wanted, "collections": collection or []}, as_json=as_json)
        if as_json:  # a trial for a script, which decides by itself
            return
        if not yes:
            confirm(f"Faire répondre « {name} » désormais ? [o/N]", "Rien n’a été changé.")
    _chosen(asyncio.run(call(read_settings(), "POST", "/models/use", wish)), as_json=as_json)


@models.command()
def back(as_json: AsJson = False) -> None:
    """Faire répondre de nouveau le modèle précédent."""
    _chosen(asyncio.run(call(read_settings(), "POST", "/models/back", {})), as_json=as_json)


def _chosen(choice: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(choice)
    else:
        out.print(f"{choice['file']} répond désormais ({choice['format']}, {choice['context']} jetons à la fois).")


@models.command()
def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FICHIER", readable=False, help="Les lire ici, sans serveur ; sinon les fichiers en service."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Relire en entier les fichiers en service, ou ceux-là ; code 1 si l’un d’eux n’est pas ce qu’il doit être."""
    verified = (
        [_read(file) for file in files] if files else asyncio.run(call(read_settings(), "POST", "/models/verify"))
    )
    if as_json:
        print_json({"files": verified})
    else:
        for one in verified:
            out.print(f"{one['path']} : intact ({one['name']})" if not one["problem"] else one["problem"])
        if not verified:
            out.print("Aucun fichier de modèle ne sert ici : un serveur de modèles répond.")
    if any(one["problem"] for one in verified):
        raise typer.Exit(1)


def _read(file: Path) -> dict[str, str]:
    """One file against the list of allowed models, which takes no server: what starts an engine asks before it does."""
    try:
        return {"path": str(file), "name": model_files(read_settings()).check(file).name, "problem": ""}
    except EXPECTED as error:
        return {"path": str(file), "name": "", "problem": failure_of(error).message}
