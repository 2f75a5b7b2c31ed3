"""`assistant bundle`: all that a site without a network needs, made, verified, installed; and the check of its pins."""

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from policies.audit.note import SigningKey
from policies.errors import KeyInvalid
from policies.models import MODELS
from ui.bundle import install as site
from ui.bundle import verify as verifier
from ui.bundle.parts import Part
from ui.bundle.place import HELD
from ui.commands.usage import AsJson, Commands, print_json
from ui.errors import BundleRefused
from ui.french import system_reason
from ui.keys import write_privately
from ui.settings import PROJECT, read_settings

bundle = Commands(help="Les paquets pour une machine sans réseau : les faire, les vérifier, les installer.")

out = Console(highlight=False, soft_wrap=True, markup=False)
told = Console(highlight=False, soft_wrap=True, markup=False, stderr=True)

Signer = Annotated[str, typer.Option(metavar="NOM", help="Le nom de qui signe, sans espace.")]
PublicKey = Annotated[
    str, typer.Option("--key", metavar="CLÉ", help="La clé publique reçue par une autre voie, ou son fichier.")
]
Folder = Annotated[Path, typer.Argument(metavar="DOSSIER", readable=False, help="Le paquet.")]


@bundle.command()
def key(
    path: Annotated[Path, typer.Argument(metavar="FICHIER", readable=False, help="Où écrire la clé privée.")],
    signer: Signer = "assistant",
) -> None:
    """Faire une clé pour signer des paquets ; la clé publique s’affiche, à donner aux sites par une autre voie."""
    made = SigningKey.generated(signer)
    if path.exists():
        raise BundleRefused(f"{path} existe déjà : une clé n’est jamais remplacée.")
    try:
        write_privately(path, made.pem, first=True)
    except OSError as error:
        raise BundleRefused(f"La clé ne peut pas être écrite dans {path} : {system_reason(error)}.") from error
    out.print(made.vkey)


@bundle.command()
def create(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", readable=False, help="Le dossier à faire.")],
    key: Annotated[Path, typer.Option("--key", metavar="FICHIER", help="La clé privée qui signe (PEM, Ed25519).")],
    signer: Signer = "assistant",
    models: Annotated[
        list[Path] | None, typer.Option("--models", metavar="FICHIER", help="Un modèle GGUF autorisé (répétable).")
    ] = None,
    without: Annotated[
        list[Part] | None, typer.Option("--without", metavar="PARTIE", help=f"{', '.join(Part)} (répétable).")
    ] = None,
    revision: Annotated[
        str, typer.Option("--revision", metavar="GIT", help="Le commit ou l’étiquette dont faire le paquet.")
    ] = "HEAD",
    address: Annotated[
        str, typer.Option(metavar="URL", help="L’adresse publique de l’assistant, pour le royaume de Keycloak.")
    ] = "https://assistant.exemple.fr",
    as_json: AsJson = False,
) -> None:
    """Faire un paquet d’un commit, sur une machine qui a des registres : programme, wheels, modèles, licences."""
    from ui.bundle import create as making  # what makes bills of materials is slow to import
    from ui.commands.provisioning import shape_of

    order = making.Order(
        project=PROJECT,
        key=_private(key, signer),
        held=HELD,
        shape=shape_of(address.rstrip("/"), "assistant"),
        revision=revision,
        models=models or (),
        allowed_models=read_settings().allowed_models or MODELS,
        without=frozenset(without or ()),
    )
    made = making.create(order, folder.absolute(), lambda step: None if as_json else told.print(step))
    if as_json:
        print_json(asdict(made) | {"folder": str(made.folder)})
        return
    out.print(f"Paquet fait : {made.folder} ({made.files} fichiers, {made.bytes / 2**20:.0f} Mio)")
    out.print(f"Commit : {made.commit}")
    out.print("À donner au site par une autre voie que le paquet :")
    out.print(f"  clé publique : {made.vkey}")
    out.print(f"  SHA-256 de verify.py : {made.verifier}")


@bundle.command()
def verify(
    folder: Folder,
    key: PublicKey,
    allowed_models: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="La liste de modèles du site, au lieu de celle du paquet."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Vérifier la signature d’un paquet et chacun de ses fichiers ; code 1 si quelque chose n’est pas comme il faut."""
    try:
        found = verifier.verified(folder, key, allowed_models)
    except verifier.Wrong as error:
        raise BundleRefused(f"Paquet refusé : {error}") from error
    if as_json:
        print_json(asdict(found))
    else:
        out.print(verifier.said(found))


@bundle.command()
def install(
    folder: Folder,
    key: PublicKey,
    to: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où installer, par exemple /opt/assistant.")],
) -> None:
    """Installer depuis un paquet, sans réseau, à côté de la version d’avant ; le même programme est dans le paquet."""
    arguments = [str(folder), "--key", key, "--to", str(to)]
    if status := site.main(arguments):
        raise typer.Exit(status)


def _private(path: Path, signer: str) -> SigningKey:
    try:
        return SigningKey.of_pem(signer, path.read_bytes())
    except OSError as error:
        raise BundleRefused(f"La clé {path} ne se lit pas : {system_reason(error)}.") from error
    except KeyInvalid as error:
        raise BundleRefused(f"La clé {path} ne convient pas : {error}.") from error


@bundle.command()
def audit(
    advisories: Annotated[
        Path,
        typer.Option(
            metavar="CHEMIN",
            readable=False,
            help="L’export d’avis au format OSV : un zip, ou un dossier de zips ou de JSON.",
        ),
    ],
    folder: Annotated[
        Path,
        typer.Argument(metavar="DOSSIER", readable=False, help="Un paquet, ou un dépôt du produit ; sinon celui-ci."),
    ] = PROJECT,
    max_age: Annotated[
        int | None, typer.Option(metavar="JOURS", min=0, help="Refuser un export plus ancien que tant de jours.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Comparer ce qui est épinglé à un export d’avis de sécurité, sans réseau ; code 1 s’il faut corriger."""
    from ui.bundle.audit import audited

    found = audited(folder.absolute(), advisories, dt.datetime.now(dt.UTC), max_age)
    if as_json:
        print_json(found.as_json())
    else:
        out.print(found.said())
    if not found.passed:
        raise typer.Exit(1)
