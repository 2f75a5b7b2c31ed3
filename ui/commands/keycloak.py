"""`assistant keycloak`: the realm made, repaired and checked, by an administrator of Keycloak.

What was changed is recorded through whoever owns the stores, and nothing is changed where that cannot be done.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from ui.commands.realm_options import RealmOptions, in_a_realm, web_address
from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.settings import read_settings

keycloak = Commands(help="Le royaume Keycloak de l’assistant.")

Client = Annotated[str | None, typer.Option(metavar="NOM", help="Le client ; sinon ASSISTANT_KEYCLOAK_CLIENT.")]


@keycloak.command()
@in_a_realm
def provision(
    realm: RealmOptions,
    address: Annotated[
        str | None, typer.Option(metavar="URL", help="L’adresse publique de l’assistant ; sinon ASSISTANT_URL.")
    ] = None,
    client: Client = None,
    apply: Annotated[bool, typer.Option("--apply", help="Faire les changements, au lieu de les montrer.")] = False,
    create_realm: Annotated[bool, typer.Option("--create-realm", help="Créer le royaume s’il n’existe pas.")] = False,
    secret_file: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Avec --apply : où écrire le secret du client.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Créer ou réparer ce qu’il faut à l’assistant dans le royaume. Sans --apply, montrer seulement quoi."""
    from ui.commands.provisioning import provision, shape_of, write_secret  # Keycloak's client takes long to import

    settings = read_settings()
    access = realm.access(settings)
    address = web_address(address, "--address") if address else settings.address
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
@in_a_realm
def check(realm: RealmOptions, client: Client = None, as_json: AsJson = False) -> None:
    """Chercher ce qui affaiblit le royaume (code 1 s’il y en a)."""
    from ui.commands.provisioning import examine

    settings = read_settings()
    client = client or settings.keycloak_client
    found = asyncio.run(examine(realm.access(settings), client, realm_roles=settings.keycloak_roles == "realm"))
    if as_json:
        print_json({"findings": found.findings, "remarks": found.remarks})
    else:
        lines = [f"✗ {finding}" for finding in found.findings] or ["✓ Rien à signaler dans ce royaume."]
        typer.echo("\n".join([*lines, *(f"· {remark}" for remark in found.remarks)]))
    raise typer.Exit(1 if found.findings else 0)


@keycloak.command()
@in_a_realm
def sign_out(
    realm: RealmOptions,
    user: Annotated[str, typer.Argument(metavar="NOM", help="La personne, par son nom de connexion.")],
) -> None:
    """Terminer toutes les sessions d’une personne à Keycloak, qui le dit à ses applications."""
    from ui.realm.people import end_sessions

    asyncio.run(end_sessions(realm.access(read_settings()), user))
    typer.echo(f"Les sessions de {user} à Keycloak sont terminées.")


@keycloak.command()
def groups(as_json: AsJson = False) -> None:
    """Lister les groupes, par leur chemin entier, pour écrire des règles ou ouvrir une collection."""
    paths = asyncio.run(call(read_settings(), "GET", "/keycloak/groups"))
    if as_json:
        print_json({"groups": paths})
    else:
        typer.echo("\n".join(paths) or "Il n’y a pas de groupe.")
