"""`assistant migrate`: make a database that of this version, before its processes start."""

import asyncio
from contextlib import nullcontext
from typing import Annotated

import typer
from rich.console import Console

from ui.adapters import database_settings
from ui.commands.usage import AsJson, print_json
from ui.database import open_server
from ui.home import own
from ui.migrations import migrate as migrated
from ui.migrations import pending
from ui.settings import Settings, read_settings

out = Console(highlight=False, soft_wrap=True, markup=False)


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Dire seulement ce qui serait fait ; le code de sortie est 1 s’il y en a.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Mettre la base à jour pour cette version ; l’assistant de la version d’avant continue de travailler.

    À lancer avec l’adresse du propriétaire des tables, avant les serveurs de la nouvelle version. Deux fois de
    suite, la seconde ne change rien.
    """
    names = asyncio.run(_migrate(read_settings(), check=check))
    if as_json:
        print_json({"pending" if check else "applied": names})
    elif not names:
        out.print("La base est celle de cette version.")
    else:
        out.print("À faire :" if check else "Fait :")
        for name in names:
            out.print(f"  {name}")
    if check and names:
        raise typer.Exit(1)


async def _migrate(settings: Settings, *, check: bool) -> list[str]:
    database = database_settings(settings)
    # The embedded server belongs to one process at a time; a server elsewhere has room for others.
    with nullcontext() if database.url else own(settings.home):
        async with open_server(database) as url:
            owner = database.owner or url
            return await pending(owner) if check else await migrated(owner, application=url)
