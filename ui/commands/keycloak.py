"""`assistant keycloak`: the realm made, repaired and checked, by an administrator of Keycloak.

The administrator's password is asked for or read from a file; it is kept nowhere. What was changed is
recorded through whoever owns the stores, and nothing is changed where that cannot be done.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from ui.commands.usage import AsJson, Commands, print_json
from ui.french import value_reason
from ui.realm.settings import RealmSettings, split_realm
from ui.settings import Settings, WebAddress, read_secret, read_settings

keycloak = Commands(help="Le royaume Keycloak de l’assistant.")

Realm = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Le royaume : https://sso.exemple.fr/realms/sante ; sinon ASSISTANT_KEYCLOAK."),
]
Client = Annotated[str | None, typer.Option(metavar="NOM", help="Le client ; sinon ASSISTANT_KEYCLOAK_CLIENT.")]
Admin = Annotated[str, typer.Option(metavar="NOM", help="L’administrateur de Keycloak.")]
AdminRealm = Annotated[str, typer.Option(metavar="ROYAUME", help="Le royaume de son compte.")]
AdminClient = Annotated[
    str | None,
    typer.Option(metavar="NOM", help="Au lieu d’une personne : un client qui a le droit d’administrer."),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(metavar="FICHIER", help="Son mot de passe, ou le secret de ce client ; sinon demandé."),
]
CaFile = Annotated[
    Path | None, typer.Option(metavar="FICHIER", help="Autorités de certification ; sinon ASSISTANT_KEYCLOAK_CA.")
]


@keycloak.command()
def provision(
    realm: Realm = None,
    address: Annotated[
        str | None, typer.Option(metavar="URL", help="L’adresse publique de l’assistant ; sinon ASSISTANT_URL.")
    ] = None,
    client: Client = None,
    apply: Annotated[bool, typer.Option("--apply", help="Faire les changements, au lieu de les montrer.")] = False,
    create_realm: Annotated[bool, typer.Option("--create-realm", help="Créer le royaume s’il n’existe pas.")] = False,
    secret_file: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Avec --apply : où écrire le secret du client.")
    ] = None,
    admin: Admin = "admin",
    admin_realm: AdminRealm = "master",
    admin_client: AdminClient = None,
    password_file: PasswordFile = None,
    ca_file: CaFile = None,
    as_json: AsJson = False,
) -> None:
    """Créer ou réparer ce qu’il faut à l’assistant dans le royaume. Sans --apply, montrer seulement quoi."""
    from ui.commands.provisioning import provision, shape_of, write_secret  # Keycloak's client takes long to import

    settings = read_settings()
    access = _access(settings, realm, admin, admin_realm, admin_client, password_file, ca_file)
    address = _web_address(address, "--address") if address else settings.address
    shape = shape_of(address, client or settings.keycloak_client, realm_roles=settings.keycloak_roles == "realm")
    changes = asyncio.run(provision(settings, access, shape, create_realm=create_realm, apply=apply))
    if apply and secret_file:
        asyncio.run(write_secret(access, shape.client_id, secret_file))
    if as_json:
        print_json({"applied": apply, "changes": [{"name": change.name, "says": change.says} for change in changes]})
        return
    for change in changes:
        typer.echo(f"{'✓' if apply else '·'} {change.says}")
    if not changes:
        typer.echo("Le royaume est en ordre : il n’y a rien à changer.")
    elif not apply:
        typer.echo("Rien n’a été changé. Pour faire ces changements, ajoutez --apply.")


@keycloak.command()
def check(
    realm: Realm = None,
    client: Client = None,
    admin: Admin = "admin",
    admin_realm: AdminRealm = "master",
    admin_client: AdminClient = None,
    password_file: PasswordFile = None,
    ca_file: CaFile = None,
    as_json: AsJson = False,
) -> None:
    """Chercher ce qui affaiblit le royaume (code 1 s’il y en a)."""
    from ui.commands.provisioning import examine

    settings = read_settings()
    access = _access(settings, realm, admin, admin_realm, admin_client, password_file, ca_file)
    found = asyncio.run(examine(access, client or settings.keycloak_client))
    if as_json:
        print_json({"findings": found})
    else:
        typer.echo("\n".join(f"✗ {finding}" for finding in found) or "✓ Rien à signaler dans ce royaume.")
    raise typer.Exit(1 if found else 0)


@keycloak.command()
def sign_out(
    user: Annotated[str, typer.Argument(metavar="NOM", help="La personne, par son nom de connexion.")],
    realm: Realm = None,
    admin: Admin = "admin",
    admin_realm: AdminRealm = "master",
    admin_client: AdminClient = None,
    password_file: PasswordFile = None,
    ca_file: CaFile = None,
) -> None:
    """Terminer toutes les sessions d’une personne à Keycloak, qui le dit à ses applications."""
    from ui.realm.people import end_sessions

    access = _access(read_settings(), realm, admin, admin_realm, admin_client, password_file, ca_file)
    asyncio.run(end_sessions(access, user))
    typer.echo(f"Les sessions de {user} à Keycloak sont terminées.")


def _access(
    settings: Settings,
    realm: str | None,
    admin: str,
    admin_realm: str,
    admin_client: str | None,
    password_file: Path | None,
    ca_file: Path | None,
) -> RealmSettings:
    """How Keycloak is reached, by what the command line says first and the settings else."""
    address = _web_address(realm, "--realm") if realm else settings.keycloak
    if not address:
        raise typer.BadParameter("il manque l’adresse du royaume", param_hint="--realm")
    server, name = split_realm(address)
    password = _password(password_file, admin_client or admin)
    return RealmSettings(
        url=server,
        realm=name,
        account_realm=admin_realm,
        client=admin_client or "admin-cli",
        secret=password if admin_client else "",
        user="" if admin_client else admin,
        password="" if admin_client else password,
        ca_file=ca_file or settings.keycloak_ca,
    )


def _password(path: Path | None, account: str) -> str:
    if path is None:
        if not sys.stdin.isatty():
            raise typer.BadParameter("il manque le fichier du mot de passe", param_hint="--password-file")
        return str(typer.prompt(f"Mot de passe de {account}", hide_input=True, err=True))
    return read_secret(path, f"du mot de passe {path}")


def _web_address(value: str, option: str) -> str:
    try:
        return TypeAdapter[str](WebAddress).validate_python(value)
    except ValidationError as error:
        raise typer.BadParameter(value_reason(error.errors()[0]), param_hint=option) from error
