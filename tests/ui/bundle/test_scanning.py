"""`assistant bundle audit`: a planted known-bad pin is flagged, and green is never given for nothing."""

import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.audit.note import SigningKey, VerifyingKey
from tests.conftest import PROJECT
from tests.ui.bundle.conftest import KEY, put
from tests.ui.commands.running import Outcome
from ui.bundle import advisories, scan
from ui.commands import usage
from ui.commands.main import application

Run = Callable[..., Outcome]

BAD = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-0001"],
    "summary": "Une faille plantée",
    "modified": "2026-11-01T00:00:00Z",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Boolean.py"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "99.1"}]}],
            "versions": ["1.0"],
        }
    ],
}
OTHER = BAD | {"id": "PYSEC-2026-2", "affected": [{"package": {"ecosystem": "PyPI", "name": "x"}, "versions": ["1"]}]}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["assistant", "bundle", *map(str, arguments)])
        capsys.readouterr()
        return Outcome(usage.run(application), *capsys.readouterr())

    return run


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """A zip of these advisories, as osv.dev gives one for an ecosystem."""

    def export(*records: dict[str, Any]) -> Path:
        path = tmp_path / "osv" / "PyPI" / "all.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for record in records:
                archive.writestr(f"{record['id']}.json", json.dumps(record))
        return path

    return export


Export = Callable[..., Path]


def test_a_known_bad_pin_is_named_with_what_mends_it(run: Run, whole: Path, export: Export) -> None:
    found = run("audit", whole, "--advisories", export(OTHER, BAD))
    assert found.code == 1
    (line,) = (line for line in found.out.splitlines() if line.startswith("✗"))
    for told in ("boolean-py", "PYSEC-2026-1", "CVE-2026-0001", "CVSS:3.1", "corrigé en 99.1", "Une faille plantée"):
        assert told in line


def test_green_says_how_old_the_export_is_and_what_it_did_not_look_at(run: Run, whole: Path, export: Export) -> None:
    green = run("audit", whole, "--advisories", export(OTHER))
    assert green.code == 0
    assert "avis le plus récent du 01/11/2026" in green.out
    assert "Pas examiné : npm" in green.out
    assert "a bien été signalé" in green.out
    assert run("audit", whole, "--advisories", export(OTHER), "--json").json["passed"]


def test_a_withdrawn_advisory_says_nothing_any_more(run: Run, whole: Path, export: Export) -> None:
    assert run("audit", whole, "--advisories", export(OTHER, BAD | {"withdrawn": "2026-11-02T00:00:00Z"})).code == 0


def test_a_folder_of_files_or_of_zips_serves_too(run: Run, whole: Path, export: Export, tmp_path: Path) -> None:
    path = export(BAD)
    assert run("audit", whole, "--advisories", tmp_path / "osv").code == 1
    shutil.unpack_archive(path, tmp_path / "files")
    assert run("audit", whole, "--advisories", tmp_path / "files").code == 1


def test_packages_of_npm_are_compared_where_the_export_has_them(run: Run, whole: Path, export: Export) -> None:
    npm = {
        "package": {"ecosystem": "npm", "name": "htmx.org"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
    }
    found = run("audit", whole, "--advisories", export(OTHER, BAD | {"affected": [npm]}), "--json")
    assert found.code == 1
    (hit,) = found.json["affected"]
    assert (hit["package"], hit["fixed"], found.json["not_examined"]) == ("htmx.org", [], [])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "n’est pas un avis"),
        (b"not JSON", "n’est pas un avis"),
        (b'{"id": "x"}', "n’est pas un avis"),
        (b"PK\x05\x06" + bytes(18), "est vide"),
        (b"PK\x03\x04 cut", "n’est pas un avis"),
    ],
)
def test_an_unreadable_or_empty_export_is_never_green(
    run: Run, whole: Path, tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "all.zip").write_bytes(content)
    found = run("audit", whole, "--advisories", tmp_path / "all.zip")
    assert found.code == 1
    assert told in found.err


def test_neither_is_an_empty_folder_or_a_damaged_entry(run: Run, whole: Path, export: Export, tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    assert "est vide" in run("audit", whole, "--advisories", tmp_path / "vide").err
    path = export(BAD)
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    put(path, bytes(content))
    assert "est abîmé" in run("audit", whole, "--advisories", path).err


def test_neither_is_one_without_the_ecosystem_of_the_canary(run: Run, whole: Path, export: Export) -> None:
    of_go = BAD | {"affected": [{"package": {"ecosystem": "Go", "name": "x"}, "versions": ["1"]}]}
    assert "ne dit rien de PyPI" in run("audit", whole, "--advisories", export(of_go)).err


def test_neither_is_one_older_than_the_site_allows(run: Run, whole: Path, export: Export) -> None:
    old = OTHER | {"modified": "2020-01-01T00:00:00Z"}
    assert "apportez-en un plus récent" in run("audit", whole, "--advisories", export(old), "--max-age", "30").err


@pytest.mark.parametrize("broken", ["reader", "matcher"])
def test_where_the_planted_pin_is_not_flagged_the_scan_fails(
    run: Run, whole: Path, export: Export, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "reader":
        monkeypatch.setattr(advisories, "packages", lambda advisory: iter([("PyPI", "x")]))
    else:
        monkeypatch.setattr(scan, "hit", lambda target, advisory: None)
    found = run("audit", whole, "--advisories", export(OTHER))
    assert found.code == 1
    assert "Le témoin" in found.err


def test_pins_without_hashes_and_from_addresses_are_flagged(
    run: Run, whole: Path, export: Export, tmp_path: Path
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "requirements.lock").write_text(
        "rich==14.0.0\nautre @ git+https://exemple.fr/autre@main\n-e .\nhttpx>=0.27 --hash=sha256:" + "0" * 64 + "\n"
    )
    found = run("audit", tmp_path / "p", "--advisories", export(OTHER), "--json")
    assert found.code == 1
    assert [fault.partition("« ")[2] for fault in found.json["faults"]] == [
        "rich==14.0.0 » n’a pas d’empreinte.",
        "autre @ git+https://exemple.fr/autre@main » vient d’une adresse, dont le contenu peut changer.",
        "-e . » est une option, qui fait venir des paquets d’ailleurs.",
        "httpx>=0.27 » n’épingle pas une version.",
    ]


def test_the_product_itself_pins_hashes_and_has_allowed_licences_alone(run: Run, export: Export) -> None:
    found = run("audit", "--advisories", export(OTHER), "--json")
    assert (found.code, found.json["faults"]) == (0, [])
    assert found.json["packages"] > 200
    assert run("audit", PROJECT, "--advisories", export(OTHER)).code == 0


def test_a_key_is_made_once_and_a_bundle_verified_by_the_command(run: Run, whole: Path, tmp_path: Path) -> None:
    made = run("key", tmp_path / "cle.pem", "--signer", "ministere")
    assert VerifyingKey.parse(made.out).name == "ministere"
    assert SigningKey.of_pem("ministere", (tmp_path / "cle.pem").read_bytes()).vkey == made.out.strip()
    assert (tmp_path / "cle.pem").stat().st_mode & 0o777 == 0o600
    assert "existe déjà" in run("key", tmp_path / "cle.pem").err
    assert run("verify", whole, "--key", KEY.vkey, "--json").json["version"] == "0.1.0"
    refused = run("verify", whole, "--key", made.out.strip())
    assert (refused.code, refused.out) == (1, "")
    assert "Paquet refusé" in refused.err
    assert run("install", whole, "--key", made.out.strip(), "--to", tmp_path / "site").code == 1
    assert not (tmp_path / "site").exists()
