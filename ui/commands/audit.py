"""`assistant audit`: what proves the ledger."""

import asyncio
import datetime as dt
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from ui.commands.days import day
from ui.commands.following import follow
from ui.commands.screen import BarScreen, count
from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.errors import RequestFailed
from ui.settings import read_settings

audit = Commands(help="Le registre d’audit : le vérifier, l’exporter avec ses preuves, le signer.")

out = Console(highlight=False, soft_wrap=True, markup=False)

PARIS = ZoneInfo("Europe/Paris")
VERIFIER = Path(__file__).parent.parent.parent / "policies" / "audit" / "standalone.py"

Keys = Annotated[
    list[str] | None,
    typer.Option("--key", metavar="CLÉ", help="Une clé publique de confiance, la plus ancienne d’abord (répétable)."),
]


class ExportFormat(StrEnum):
    """What an export may be written in."""

    JSONL = "jsonl"
    ECS = "ecs"
    OCSF = "ocsf"
    CEF = "cef"
    SYSLOG = "syslog"


class VerificationScreen(BarScreen):
    """The verification of the ledger."""

    label = "Vérification"


class ExportScreen(BarScreen):
    """The export of records, then of their proofs."""

    label = "Export"


@audit.command()
def verify(
    place: Annotated[
        list[str] | None,
        typer.Option(
            "--places",
            metavar="EMPLACEMENT",
            help="Dossier ou s3://seau/dossier des points de contrôle (répétable) ; à défaut, ceux des réglages.",
        ),
    ] = None,
    key: Keys = None,
    start: Annotated[
        int, typer.Option("--from", metavar="N", min=0, help="Ne vérifier qu’à partir de l’enregistrement N.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Vérifier que rien n’a été modifié, retiré, ajouté ou déplacé dans le registre ; c’est enregistré."""
    body = {"keys": key or [], "places": place and [_absolute(one) for one in place], "start": start}
    verified = asyncio.run(follow("/audit/verify", body, VerificationScreen(quiet=as_json)))
    if as_json:
        print_json(verified)
    else:
        _print_verified(verified)
    if not verified["holds"]:
        raise typer.Exit(1)


@audit.command()
def export(
    since: Annotated[dt.date, typer.Option("--from", metavar="JOUR", parser=day, help="Le premier jour.")],
    until: Annotated[dt.date, typer.Option("--to", metavar="JOUR", parser=day, help="Le dernier jour, compris.")],
    path: Annotated[Path, typer.Option("--out", metavar="FICHIER.zip", help="Le fichier à écrire.")],
    form: Annotated[
        ExportFormat,
        typer.Option("--format", help="jsonl : les enregistrements tels quels, qui seuls se prouvent mot à mot."),
    ] = ExportFormat.JSONL,
    as_json: AsJson = False,
) -> None:
    """Exporter les enregistrements d’une période, avec ce qui les prouve. Cet export est enregistré."""
    if until < since:
        raise typer.BadParameter("le dernier jour (--to) vient avant le premier (--from)")
    body = {
        "since": _midnight(since).isoformat(),
        "until": _midnight(until + dt.timedelta(days=1)).isoformat(),
        "format": form.value,
        "path": str(path.absolute()),
    }
    exported = asyncio.run(follow("/audit/export", body, ExportScreen(quiet=as_json)))
    if as_json:
        print_json(exported)
        return
    out.print(
        f"{count(exported['records'], 'enregistrement')}, du n° {exported['first']} au n° {exported['last']} : "
        f"{exported['path']}"
    )
    if exported["purged"]:
        out.print(f"  Dont il ne reste que l’empreinte, par la règle de conservation : {exported['purged']}")
    out.print(f"  SHA-256 : {exported['sha256']}")
    out.print("Pour le vérifier, ici ou ailleurs : assistant audit check, ou python3 verify.py (voir LISEZMOI.txt)")


@audit.command()
def check(
    path: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="Le fichier zip, ou le dossier où il est décompressé.")
    ],
    key: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Vérifier un export comme sur une autre machine, avec les clés de ce registre ou celles données par --key."""
    keys = key or _own_keys()
    named = [part for one in keys for part in ("--key", one)]
    command = [sys.executable, "-I", str(VERIFIER), str(path), *named, *(["--json"] if as_json else [])]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own file


@audit.command()
def checkpoint(as_json: AsJson = False) -> None:
    """Signer dès maintenant les derniers enregistrements, et envoyer ce point de contrôle à tous les emplacements."""
    held = asyncio.run(call(read_settings(), "POST", "/audit/checkpoint"))
    if as_json:
        print_json(held)
    elif held["size"]:
        out.print(held["note"], end="")
    else:
        out.print("Le registre est vide : rien à signer.")


@audit.command("keys")
def list_keys(as_json: AsJson = False) -> None:
    """Afficher les clés publiques du registre, la plus ancienne d’abord : à remettre à qui vérifie."""
    found = asyncio.run(call(read_settings(), "GET", "/audit/keys"))
    if as_json:
        print_json(found)
    else:
        out.print("\n".join(found["keys"]))


@audit.command("rotate-key")
def rotate_key(
    lost: Annotated[
        bool, typer.Option("--lost", help="La clé est perdue : en faire une autre, que rien ne prouve.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Changer la clé qui signe le registre ; l’ancienne prouve la nouvelle."""
    if not (yes or as_json) and sys.stdin.isatty():
        confirm("Changer la clé qui signe le registre ? [o/N]", "La clé n’a pas changé.")
    key = asyncio.run(_replaced() if lost else _rotated())
    if as_json:
        print_json({"key": key})
    else:
        out.print(f"Nouvelle clé : {key}\nRemettez-la aux personnes qui vérifient le registre.")


async def _rotated() -> str:
    return str((await call(read_settings(), "POST", "/audit/rotate-key"))["key"])


async def _replaced() -> str:
    from ui.failures import EXPECTED, failure_of
    from ui.identity import local_principal
    from ui.lost_key import replace_lost_key

    try:
        return (await replace_lost_key(read_settings(), local_principal())).vkey
    except EXPECTED as error:
        raise RequestFailed(failure_of(error).message) from error


def _print_verified(verified: dict[str, Any]) -> None:
    if finding := verified["finding"]:
        out.print(f"✗ {finding['sentence']}", style="red")
        out.print(f"  Premier enregistrement en cause : {finding['index']}. Vérifié jusque-là : {verified['records']}.")
        return
    since = f" à partir du n° {verified['start']}" if verified["start"] else ""
    period = f", du {_moment(verified['first_at'])} au {_moment(verified['last_at'])}" if verified["last_at"] else ""
    out.print(f"✓ {count(verified['records'], 'enregistrement')}{since}{period} : rien n’a été changé.", style="green")
    out.print(f"  Points de contrôle : {verified['checkpoints']}, qui signent les {verified['sealed']} premiers")
    lost = sum(end - start for start, end in verified["lost"])
    waiting = verified["start"] + verified["records"] + verified["purged"] + lost - verified["sealed"]
    if waiting > 0:
        out.print(f"  Pas encore signés : {waiting} (« assistant audit checkpoint » les signe)", style="yellow")
    if verified["purged"]:
        out.print(f"  Effacés par la règle de conservation, dont reste l’empreinte : {verified['purged']}")
    for start, end in verified["lost"]:
        out.print(
            f"  Perdus dans une restauration, dont reste l’empreinte : du n° {start} au n° {end - 1} ; "
            f"l’enregistrement n° {end} le dit. Demandez à l’exploitation si elle a bien eu lieu.",
            style="yellow",
        )
    for label, checkpoints in verified["places"].items():
        out.print(f"  Comparé à {label} : {count(checkpoints, 'point')} de contrôle")


def _moment(text: str) -> str:
    return f"{dt.datetime.fromisoformat(text).astimezone(PARIS):%d/%m/%Y %H:%M}"


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)


def _absolute(place: str) -> str:
    return place if place.startswith("s3://") else str(Path(place).expanduser().absolute())


def _own_keys() -> list[str]:
    """Those that this machine's ledger has used; none where it has none."""
    path = read_settings().home / "audit" / "keys.txt"
    return path.read_text(encoding="utf-8").split() if path.exists() else []
