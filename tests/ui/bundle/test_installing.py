"""Installing from a bundle where there is no network at all: a namespace with nothing but its own loopback, down."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.bundle.conftest import KEY, Project, put
from ui.bundle.processor import flags, required

pytestmark = pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare (util-linux) is not installed")

ALONE = ["unshare", "--user", "--map-root-user", "--net"]


def alone(*command: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Without a network, and without anything of our environment."""
    home.mkdir(exist_ok=True)
    bare = {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8"}
    whole = [*ALONE, *map(str, command)]
    return subprocess.run(whole, env=bare, cwd="/", capture_output=True, text=True)  # noqa: S603


def install(bundle: Path, to: Path, key: str = KEY.vkey) -> subprocess.CompletedProcess[str]:
    """As an operator does."""
    python = Path(sys.executable).resolve()
    return alone(python, bundle / "install.py", "--key", key, "--to", to, home=to.parent / "home")


@pytest.fixture(scope="module")
def installed(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a bundle was installed; no test changes it."""
    to = tmp_path_factory.mktemp("site") / "assistant"
    done = install(whole, to)
    assert done.returncode == 0, done.stdout + done.stderr
    return to


def test_what_was_installed_runs_without_a_network_and_verifies_its_own_bundle(installed: Path, whole: Path) -> None:
    ran = alone(installed / "bin" / "assistant", whole, "--key", KEY.vkey, home=installed.parent / "home")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Paquet vérifié : assistant 0.1.0")


def test_its_environment_has_what_the_lock_names_and_nothing_else(installed: Path) -> None:
    site = next((installed / "current" / ".venv" / "lib").glob("python*/site-packages"))
    names = {path.name.partition("-")[0].lower() for path in site.glob("*.dist-info")}
    assert names == {"assistant", "packaging", "boolean_py", "license_expression", "cuid"}
    assert [*(site / "packaging").rglob("*.pyc")]
    assert [*(installed / "current" / "ui").rglob("verify.*.pyc")]


def test_models_pages_and_engine_are_where_the_product_looks(installed: Path) -> None:
    assert (installed / "models" / "petit.gguf").read_bytes() == b"GGUF of the tests"
    assert (installed / "current" / "ui" / "front" / "lock").is_file()
    engine = installed / "current" / ".cache" / "llama-server" / "llama-server"
    assert engine.stat().st_mode & 0o111
    assert (installed / "current" / "sbom.cdx.json").is_file()


def test_nothing_is_written_elsewhere(installed: Path) -> None:
    assert {path.name for path in installed.parent.iterdir()} == {"assistant", "home"}
    assert not [*(installed.parent / "home").iterdir()]
    assert {path.name for path in installed.iterdir()} == {".lock", "bin", "current", "models", "versions"}


def test_a_second_time_nothing_changes(installed: Path, whole: Path) -> None:
    before = (installed / "current").resolve().stat().st_mtime_ns
    done = install(whole, installed)
    assert done.returncode == 0
    assert "déjà installée" in done.stdout
    assert (installed / "current").resolve().stat().st_mtime_ns == before
    assert not (installed / "previous").exists()


def test_the_next_version_lies_beside_and_one_link_leads_back(
    installed: Path, whole: Path, project: Project, tmp_path: Path
) -> None:
    to = tmp_path / "assistant"
    shutil.copytree(installed, to, symlinks=True)
    former = (to / "current").readlink()
    project.commit("ui/neuf.py", "")
    done = install(project.made(tmp_path / "paquet-2"), to)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (to / "current" / "ui" / "neuf.py").is_file()
    assert (to / "previous").readlink() == former
    assert f"ln -sfn {former} {to / 'current'}" in done.stdout
    subprocess.run(["ln", "-sfn", former, to / "current"], check=True)  # noqa: S603, S607
    assert not (to / "current" / "ui" / "neuf.py").exists()


def test_what_broke_off_is_made_anew(whole: Path, tmp_path: Path, installed: Path) -> None:
    to = tmp_path / "assistant"
    version = (installed / "current").readlink()
    (to / version / "ui").mkdir(parents=True)
    (to / version / "ui" / "moitie.py").write_text("")
    assert install(whole, to).returncode == 0
    assert not (to / version / "ui" / "moitie.py").exists()
    assert (to / "current").readlink() == version


def test_of_a_bundle_that_is_refused_nothing_is_installed(bundle: Path, tmp_path: Path) -> None:
    put(bundle / "source" / "ui" / "bundle" / "verify.py", b"print('mine')")
    done = install(bundle, tmp_path / "assistant")
    assert done.returncode == 1
    assert "son empreinte diffère" in done.stderr
    assert not (tmp_path / "assistant").exists()


def test_a_processor_that_can_less_than_llama_cpp_asks_for(
    bundle: Path, signed_again: Callable[[], Path], tmp_path: Path
) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    put(bundle / "manifest.json", json.dumps(manifest | {"processor": ["fpu", "avx9000"]}).encode())
    done = install(signed_again(), tmp_path / "assistant")
    assert done.returncode == 1
    assert "llama.cpp demande, tel qu’il a été compilé : avx9000." in done.stderr
    told = "CPU : SSE3 = 1 | AVX2 = 1 | AVX512 = 0 | LLAMAFILE = 1 | REPACK = 1 | "
    assert flags(told) == ["avx2", "pni"]
    assert {*required()} <= {*Path("/proc/cpuinfo").read_text().split()}


def test_the_namespace_has_no_way_out(tmp_path: Path) -> None:
    program = "import socket; socket.create_connection(('127.0.0.1', 9), 2)"
    ran = alone(sys.executable, "-c", program, home=tmp_path / "home")
    assert "Network is unreachable" in ran.stderr
