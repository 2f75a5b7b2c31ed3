"""Making a bundle: always the same, of what is pinned and allowed alone."""

import json
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import ComponentType

from tests.ui.bundle.conftest import LOCKS, SHAPE, Project, put
from ui.bundle.lock import Pin
from ui.bundle.parts import Part
from ui.bundle.realm import realm
from ui.bundle.repacked import repacked
from ui.bundle.verify import sha256
from ui.errors import BundleRefused
from ui.realm.findings import findings

Held = tuple[Path, dict[str, Pin]]


def test_the_same_input_gives_the_same_sums(small: Project, whole: Path, tmp_path: Path) -> None:
    again = small.made(tmp_path / "paquet")
    assert (again / "SHA256SUMS").read_bytes() == (whole / "SHA256SUMS").read_bytes()
    assert (again / "SHA256SUMS.note").read_bytes() == (whole / "SHA256SUMS.note").read_bytes()


def test_what_was_built_here_comes_as_a_wheel_with_its_source(whole: Path, held: Held) -> None:
    (wheel,) = (whole / "wheels").glob("cuid-*.whl")
    (source,) = (whole / "wheels").glob("cuid-*.tar.gz")
    assert json.loads((whole / "manifest.json").read_text())["built"] == {str(held[1]["cuid"]): sha256(source)}
    with ZipFile(wheel) as archive:
        assert "cuid.py" in archive.namelist()
        assert not [name for name in archive.namelist() if name.endswith(("uv_build.json", "INSTALLER", ".pyc"))]


def test_the_bill_names_each_wheel_by_its_file_with_its_licence(whole: Path) -> None:
    bill = Bom.from_json(json.loads((whole / "sbom.cdx.json").read_text()))  # type: ignore[attr-defined]
    python = {one.name: one for one in bill.components if str(one.purl).startswith("pkg:pypi/")}
    assert {*python} == {name for names in LOCKS.values() for name in names}
    for one in python.values():
        (digest,) = (hash_.content for hash_ in one.hashes)
        (name,) = (kept.value for kept in one.properties if kept.name == "assistant:file")
        assert sha256(whole / "wheels" / name) == digest
        assert [*one.licenses]
    assert {one.name for one in bill.components if one.type is ComponentType.CONTAINER} == {"postgres:17"}
    assert {str(one.purl) for one in bill.components if str(one.purl).startswith("pkg:npm/")} == {
        "pkg:npm/%40gouvfr/dsfr@1.15.3",
        "pkg:npm/htmx.org@2.0.11",
    }


def test_licences_come_as_texts_and_as_a_table(whole: Path) -> None:
    (licence,) = (whole / "licences").glob("license-expression-*/apache-2.0.LICENSE")
    assert "Apache License" in licence.read_text()
    assert "| boolean-py |" in (whole / "licences" / "TABLEAU.md").read_text()


def test_images_are_named_with_how_they_are_carried(whole: Path) -> None:
    text = (whole / "images.txt").read_text()
    assert "postgres:17\n" in text
    assert "skopeo copy" in text


def test_tests_and_uncommitted_work_stay_here(project: Project, tmp_path: Path) -> None:
    project.commit("tests/test_x.py", "")
    (project.folder / "ui" / "brouillon.py").write_text("")
    made = project.made(tmp_path / "paquet")
    assert not (made / "source" / "tests").exists()
    assert not (made / "source" / "ui" / "brouillon.py").exists()


def test_a_link_of_the_source_becomes_what_it_leads_to(project: Project, tmp_path: Path) -> None:
    (project.folder / "deploy" / "aide").mkdir()
    (project.folder / "deploy" / "guides").symlink_to("aide")
    project.commit("deploy/aide/guide.md", "# Guide")
    made = project.made(tmp_path / "paquet")
    assert (made / "source" / "deploy" / "guides" / "guide.md").read_text() == "# Guide"
    assert not (made / "source" / "deploy" / "guides").is_symlink()
    (project.folder / "deploy" / "dehors").symlink_to("../tests")
    project.commit("tests/t.py", "")
    with pytest.raises(BundleRefused, match="deploy/dehors"):
        project.made(tmp_path / "paquet-2")


def test_a_package_under_a_licence_that_is_not_allowed(project: Project, held: Held, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for path in held[0].iterdir():
        (wheels / path.name).hardlink_to(path)
    found = distribution("hypothesis")  # MPL-2.0, and no exception of ours
    pin = Pin("hypothesis", found.version, frozenset([sha256(repacked(found, wheels))]))
    lock = project.folder / "requirements.lock"
    project.commit(lock.name, lock.read_text() + pin.written())
    with pytest.raises(BundleRefused, match=r"hypothesis .* \(MPL-2\.0\)"):
        project.made(tmp_path / "paquet", held=wheels)
    assert not [path for path in tmp_path.iterdir() if "paquet" in path.name]


def test_a_pin_without_a_hash(project: Project, tmp_path: Path) -> None:
    lock = project.folder / "requirements.lock"
    project.commit(lock.name, lock.read_text() + "rich==14.0.0\n")
    with pytest.raises(BundleRefused, match=r"rich==14\.0\.0.* n’a pas d’empreinte"):
        project.made(tmp_path / "paquet")


def test_a_model_that_is_not_allowed(small: Project, tmp_path: Path) -> None:
    (tmp_path / "autre.gguf").write_bytes(b"GGUF of somebody")
    with pytest.raises(BundleRefused, match="n’est pas un modèle autorisé"):
        small.made(tmp_path / "paquet", models=(tmp_path / "autre.gguf",))


def test_an_engine_that_only_runs_here(project: Project, tmp_path: Path) -> None:
    put(project.folder / ".cache" / "llama-server" / "llama-server", b"\x7fELF that looks in /work")
    with pytest.raises(BundleRefused, match="make llama-server"):
        project.made(tmp_path / "paquet")
    made = project.made(tmp_path / "paquet", without=frozenset([Part.ENGINE]))
    assert not (made / "llama-server").exists()


def test_pages_of_another_lock(project: Project, tmp_path: Path) -> None:
    put(project.folder / "ui" / "front" / "lock", b"0" * 64)
    with pytest.raises(BundleRefused, match=r"deploy/front\.sh"):
        project.made(tmp_path / "paquet")


def test_a_folder_that_has_something_in_it(small: Project, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(BundleRefused, match="n’est pas vide"):
        small.made(tmp_path)


def test_the_realm_has_no_fault_but_what_keycloak_alone_can_make(whole: Path) -> None:
    written = json.loads((whole / "keycloak" / "realm.json").read_text())
    assert written == realm(SHAPE)
    assert "secret" not in (whole / "keycloak" / "realm.json").read_text().replace("client-secret", "")
    (left,) = findings(written, "assistant")
    assert "la permission par laquelle le compte technique voit ce client" in left.lower()
