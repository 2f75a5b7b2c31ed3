"""`assistant backup` and `assistant restore`."""

import asyncio
import os
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.following import follow
from ui.commands.screen import BarScreen, count
from ui.commands.usage import AsJson, Commands, FrenchGroup, print_json
from ui.errors import OutputUnusable, RequestFailed
from ui.french import system_reason
from ui.settings import read_settings

MAKE = "make"


class _Backup(FrenchGroup):
    """`assistant backup FOLDER` is short for `assistant backup make FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named or not args else [MAKE, *args])


backup = Commands(help="Sauvegarder tout ce qui ne se refait pas, chiffré ; vérifier une sauvegarde.")
backup.info.cls = _Backup

out = Console(highlight=False, soft_wrap=True, markup=False)

Identity = Annotated[Path, typer.Option("--identity", metavar="FICHIER", help="Le fichier de la clé secrète.")]
Key = Annotated[
    list[str] | None,
    typer.Option("--key", metavar="CLÉ", help="Une clé publique du registre, connue par une autre voie (répétable)."),
]


class BackupScreen(BarScreen):
    """The making of a backup."""

    label = "Sauvegarde"


class RestoreScreen(BarScreen):
    """The restoring of one."""

    label = "Restauration"


@backup.command(MAKE)
def make(
    where: Annotated[Path, typer.Argument(metavar="DOSSIER|FICHIER", help="Où la mettre.")],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="CLÉ", help="Clé publique age, ou fichier de clés (répétable)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sauvegarder la base, l’index, les originaux et le registre, chiffrés ; le serveur continue de travailler."""
    recipients = [one if one.startswith("age1") else str(Path(one).absolute()) for one in to or []]
    body = {"path": str(where.absolute()), "recipients": recipients}
    made = asyncio.run(follow("/backup", body, BackupScreen(quiet=as_json)))
    if as_json:
        print_json(made)
        return
    out.print(f"Sauvegarde faite en {made['seconds']} s : {made['path']}")
    out.print(
        f"  {count(made['records'], 'enregistrement')} du registre, {count(made['documents'], 'document')}, "
        f"originaux : {made['blobs']}, "
        f"{'index compris' if made['index'] else 'sans l’index, qui se refait'} : {made['bytes'] // 2**20 + 1} Mio"
    )
    if made["missing"]:
        out.print(f"  Effacés pendant la sauvegarde, donc absents : {made['missing']}")
    out.print(f"  SHA-256 : {made['sha256']}")
    out.print("Pour la vérifier : assistant backup verify FICHIER --identity CLÉ")


@backup.command()
def verify(
    path: Annotated[Path, typer.Argument(metavar="FICHIER")],
    identity: Identity,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Lire une sauvegarde jusqu’au bout : ses empreintes, sa signature, et la preuve de son registre."""
    from policies import PolicyError
    from ui.backup.age import identities_of
    from ui.backup.examining import examine

    try:
        found = examine(path, identities_of(identity), key or ())
    except PolicyError as error:
        raise RequestFailed(str(error)) from error
    manifest, proven = found.manifest, found.proven
    told = {
        "made_at": found.opening.made_at.isoformat(),
        "version": found.opening.version,
        "trusted": found.trusted,
        "keys": [one.vkey for one in found.keys],
        **asdict(proven),
        "documents": manifest.documents,
        "blobs": manifest.originals.count,
        "missing": len(manifest.originals.missing),
        "index": manifest.index,
        "models": manifest.models,
    }
    if as_json:
        print_json(told)
        return
    out.print("✓ La sauvegarde est entière, et son registre se prouve.", style="green")
    out.print(f"  Faite le {found.opening.made_at:%d/%m/%Y à %H:%M} UTC par la version {found.opening.version}")
    out.print(
        f"  Registre : {count(proven.records, 'enregistrement')}, dont les {proven.signed} premiers sont signés "
        f"({count(proven.checkpoints, 'point')} de contrôle)"
    )
    out.print(f"  {count(manifest.documents, 'document')}, originaux : {manifest.originals.count}")
    if not found.trusted:
        out.print("  Signée par la clé qu’elle contient : comparez-la à celle que la sécurité garde, ou donnez --key :")
        for one in found.keys:
            out.print(f"    {one.vkey}")


@backup.command()
def keys(
    path: Annotated[Path, typer.Option("--out", metavar="FICHIER", help="Où écrire la clé secrète.")],
    as_json: AsJson = False,
) -> None:
    """Faire une paire de clés pour l’équipe de sécurité, hors du serveur : la clé secrète n’y va jamais."""
    from ui.backup.age import new_identity

    secret, public = new_identity()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secret)
    except FileExistsError as error:
        raise OutputUnusable(f"Le fichier {path} existe déjà : une clé n’est jamais remplacée.") from error
    except OSError as error:
        raise OutputUnusable(f"La clé ne peut pas être écrite dans {path} : {system_reason(error)}.") from error
    if as_json:
        print_json({"public": public, "path": str(path)})
    else:
        out.print(f"Clé secrète : {path}. Gardez-la hors de cette machine, en double : sans elle, rien ne se restaure.")
        out.print(f"Clé publique, pour --to ou ASSISTANT_BACKUP_RECIPIENTS : {public}")


def restore(
    path: Annotated[Path | None, typer.Argument(metavar="FICHIER", help="La sauvegarde.")] = None,
    identity: Annotated[
        Path | None, typer.Option("--identity", metavar="FICHIER", help="Le fichier de la clé secrète.")
    ] = None,
    key: Key = None,
    erasures: Annotated[
        list[Path] | None,
        typer.Option("--erasures", metavar="FICHIER", help="Une liste d’effacements de plus (répétable)."),
    ] = None,
    recovered: Annotated[
        bool,
        typer.Option(
            "--recovered",
            help="Sans FICHIER : PostgreSQL a ramené lui-même la base à un instant ; continuer à partir de là.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restaurer une sauvegarde sur une machine vide, y effacer ce qui l’a été depuis, et vérifier le registre."""
    if recovered and path is None:
        work = _recovered()
    elif recovered or path is None or identity is None:
        raise typer.BadParameter("il faut ou bien FICHIER avec --identity, ou bien --recovered seul")
    else:
        work = _restored(path, identity, key or [], erasures or [], quiet=as_json)
    restored = asyncio.run(work)
    if as_json:
        print_json(restored)
    else:
        _print_restored(restored)
    if restored["verified"]["finding"] or restored["unreachable"]:
        raise typer.Exit(1)


async def _restored(
    path: Path, identity: Path, keys: list[str], erasures: list[Path], *, quiet: bool
) -> dict[str, Any]:
    from policies.audit.finding import Progress
    from ui.failures import EXPECTED, failure_of
    from ui.identity import local_principal
    from ui.restore.restoring import restore as restoring

    told: dict[str, Any] = {}
    steps = restoring(read_settings(), local_principal(), path, identity, keys=keys, erasures=erasures)
    try:
        with RestoreScreen(quiet=quiet) as screen:
            async with aclosing(steps):
                async for step in steps:
                    if isinstance(step, Progress):
                        screen.update({"kind": "progress", "done": step.done, "total": step.total})
                    else:
                        told = asdict(step)
    except EXPECTED as error:
        raise RequestFailed(failure_of(error).message) from error
    return _json(told)


async def _recovered() -> dict[str, Any]:
    from ui.failures import EXPECTED, failure_of
    from ui.identity import local_principal
    from ui.restore.recovering import recover

    try:
        return _json(asdict(await recover(read_settings(), local_principal())))
    except EXPECTED as error:
        raise RequestFailed(failure_of(error).message) from error


def _json(told: dict[str, Any]) -> dict[str, Any]:
    verified = told["verified"]
    for name in ("first_at", "last_at"):
        verified[name] = verified[name] and verified[name].isoformat()
    return told


# One, and several.
_ERASED = {
    "people": ("personne", "personnes"),
    "documents": ("document", "documents"),
    "files": ("fichier de conversation", "fichiers de conversations"),
    "conversations": ("conversation", "conversations"),
    "collections": ("collection", "collections"),
    "blobs": ("original", "originaux"),
}


def _print_restored(restored: dict[str, Any]) -> None:
    out.print(
        f"Restaurés : {count(restored['records'], 'enregistrement')} du registre, "
        f"{count(restored['documents'], 'document')}, originaux : {restored['blobs']}"
    )
    if restored["lost"]:
        out.print(
            f"  Perdus : {count(restored['lost'], 'enregistrement')}, signés après la sauvegarde, dont reste "
            "l’empreinte ; le registre le dit, et continue.",
            style="yellow",
        )
    if restored["erased"]:
        erased = ", ".join(f"{n} {_ERASED[kind][n > 1]}" for kind, n in restored["erased"].items())
        out.print(f"  Effacés de nouveau : {erased}")
    if restored["to_index"]:
        out.print(f"  À relire pour l’index, dès que le serveur tourne : {count(restored['to_index'], 'document')}")
    for label in restored["unreachable"]:
        out.print(
            f"✗ {label} n’a pas pu être lu : ce qui a été effacé depuis la sauvegarde n’y a pas été cherché. "
            "Ne démarrez pas le serveur : rétablissez cet emplacement, videz ce dossier, et restaurez de nouveau.",
            style="red",
        )
    if not restored["places"] and not restored["unreachable"]:
        out.print(
            "✗ Aucun emplacement hors de cette machine (ASSISTANT_CHECKPOINTS) : ce qui a été effacé depuis la "
            "sauvegarde n’est pas connu. Refaites ces effacements avant d’ouvrir le serveur.",
            style="red",
        )
    for label in restored["unknown"]:
        out.print(
            f"✗ {label} garde des points de contrôle d’une clé plus récente que la sauvegarde : le registre ne les "
            "continue pas. Faites envoyer les suivants dans un emplacement neuf, et prévenez la sécurité.",
            style="red",
        )
    for name in restored["models"]:
        out.print(f"  Modèle à importer de nouveau : {name} (« assistant models import »)", style="yellow")
    if finding := restored["verified"]["finding"]:
        out.print(f"✗ Le registre restauré ne se vérifie pas : {finding['sentence']}", style="red")
    else:
        out.print("✓ Le registre restauré se vérifie, et continue.", style="green")
