"""Which realm a command works in, and as whom: the options that all commands for an administrator of Keycloak take.

The administrator's password is asked for or read from a file; it is kept nowhere.
"""

import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from ui.french import value_reason
from ui.realm.settings import RealmSettings, split_realm
from ui.setting_values import WebAddress
from ui.settings import Settings, read_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class RealmOptions:
    """These options, as the command line gives them."""

    realm: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Le royaume : https://sso.exemple.fr/realms/sante ; sinon ASSISTANT_KEYCLOAK."
        ),
    ] = None
    admin: Annotated[str, typer.Option(metavar="NOM", help="L’administrateur de Keycloak.")] = "admin"
    admin_realm: Annotated[str, typer.Option(metavar="ROYAUME", help="Le royaume de son compte.")] = "master"
    admin_client: Annotated[
        str | None,
        typer.Option(metavar="NOM", help="Au lieu d’une personne : un client qui a le droit d’administrer."),
    ] = None
    password_file: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="Son mot de passe, ou le secret de ce client ; sinon demandé."),
    ] = None
    ca_file: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Autorités de certification ; sinon ASSISTANT_KEYCLOAK_CA.")
    ] = None

    def access(self, settings: Settings) -> RealmSettings:
        """How Keycloak is reached, by what these options say first and the settings else.

        Raises `BadParameter`, `SettingsInvalid`.
        """
        address = web_address(self.realm, "--realm") if self.realm else settings.keycloak
        if not address:
            raise typer.BadParameter("il manque l’adresse du royaume", param_hint="--realm")
        server, name = split_realm(address)
        password = self._password()
        return RealmSettings(
            url=server,
            realm=name,
            account_realm=self.admin_realm,
            client=self.admin_client or "admin-cli",
            secret=password if self.admin_client else "",
            user="" if self.admin_client else self.admin,
            password="" if self.admin_client else password,
            ca_file=self.ca_file or settings.keycloak_ca,
        )

    def _password(self) -> str:
        if self.password_file:
            return read_secret(self.password_file, f"du mot de passe {self.password_file}")
        if not sys.stdin.isatty():
            raise typer.BadParameter("il manque le fichier du mot de passe", param_hint="--password-file")
        prompt = f"Mot de passe de {self.admin_client or self.admin}"
        return str(typer.prompt(prompt, hide_input=True, err=True))


def in_a_realm(command: Callable[..., None]) -> Callable[..., None]:
    """The command with these options after its own; it takes them as one, before its own."""

    @functools.wraps(command)
    def taking(**given: Any) -> None:
        options = {field.name: given.pop(field.name) for field in fields(RealmOptions)}
        command(RealmOptions(**options), **given)

    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    common = inspect.signature(RealmOptions, eval_str=True).parameters.values()
    taking.__signature__ = inspect.Signature([*own, *common])  # type: ignore[attr-defined]  # what Typer reads
    return taking


def web_address(value: str, option: str) -> str:
    """The address of a realm or of the assistant, as settings write it. Raises `BadParameter`."""
    try:
        return TypeAdapter[str](WebAddress).validate_python(value)
    except ValidationError as error:
        raise typer.BadParameter(value_reason(error.errors()[0]), param_hint=option) from error
