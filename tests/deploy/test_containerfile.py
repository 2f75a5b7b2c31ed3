"""The images: what is in their last stages, who runs them, and what the context gives away.

That the steps run was tried by building it (`buildah bud`); `deploy/image/lean.sh` is part of each build.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose import DEPLOY, services
from tests.deploy.containerfile import FILE, copied, line_of, stages

PROJECT = DEPLOY.parent
FINAL = ("web", "worker", "llama-server")
COMPILERS = re.compile(r"\b(gcc|g\+\+|make|cmake|npm|git|curl|wget|pip|python3\.11-venv)\b")


@pytest.mark.parametrize("name", FINAL)
def test_a_last_stage_has_an_account_of_its_own_and_no_root(name: str) -> None:
    users = [user for stage in line_of(name) for user in stage.all("USER")]
    assert users[:1] == ["10001:10001"]


def test_the_accounts_of_the_images_are_those_of_the_composition() -> None:
    for name in ("web-1", "worker-1", "migrate", "llama-server"):
        assert services()[name]["user"] == "10001:10001"
    assert services()["keycloak"]["user"] == stages()["keycloak"].all("USER")[0]


@pytest.mark.parametrize("name", FINAL)
def test_a_last_stage_installs_no_compiler_and_checks_that_there_is_none(name: str) -> None:
    runs = [run for stage in line_of(name) for run in stage.all("RUN")]
    assert any("lean.sh" in run for run in runs)
    packages = {
        stage: text for stage, text in _packages().items() if any(f"packages.sh {stage}" in run for run in runs)
    }
    assert packages
    assert "build" not in packages
    assert not any(COMPILERS.search(text) for text in packages.values())


def _packages() -> dict[str, str]:
    script = (DEPLOY / "image" / "packages.sh").read_text()
    return dict(re.findall(r"^  (\w+)\)(.*?);;", script, flags=re.MULTILINE | re.DOTALL))


def test_scans_and_old_formats_can_be_read_and_each_build_says_so() -> None:
    named = _packages()["run"].split()
    assert {"tesseract-ocr", "tesseract-ocr-fra", "libreoffice-writer-nogui"} <= {one.strip('"') for one in named}
    assert any("tesseract --list-langs | grep -qx fra" in run for run in stages()["assistant"].all("RUN"))


def test_what_would_find_a_compiler_does(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("find", "sh"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    lean = ["/bin/sh", str(DEPLOY / "image" / "lean.sh")]
    (tools / "gcc").touch(mode=0o755)
    found = subprocess.run(lean, env={"PATH": str(tools)}, capture_output=True, text=True, check=False)  # noqa: S603
    assert found.returncode == 1
    assert "gcc has no place here" in found.stderr


def test_every_source_that_is_copied_exists_and_is_in_the_context() -> None:
    shown = [line[1:] for line in _ignored() if line.startswith("!")]
    for stage in stages().values():
        for source in copied(stage):
            assert (PROJECT / source).exists(), source
            assert source in shown or any(one.startswith(f"{source}/") for one in shown), source
    for one in shown:
        assert (PROJECT / one).exists(), one


def test_the_context_gives_away_nothing_that_is_not_named() -> None:
    assert _ignored()[0] == "*"
    assert not any(word in one for one in _ignored() if one[0] == "!" for word in ("tests", ".git", "secrets", ".env"))


def _ignored() -> list[str]:
    lines = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_scripts_that_it_runs_are_there_and_may_be_run() -> None:
    for script in ("packages.sh", "build.sh", "lean.sh"):
        assert os.access(DEPLOY / "image" / script, os.X_OK)


def test_base_images_take_the_sites_registry_and_a_digest() -> None:
    outside = {stage.base for stage in stages().values() if stage.base not in stages() and stage.base != "scratch"}
    assert all(re.fullmatch(r"\$\{REGISTRY\}\$\{\w+\}\$\{\w+_DIGEST\}", base) for base in outside)
    arguments = dict(re.findall(r"^ARG (\w+)=(\S*)$", FILE.read_text(), flags=re.MULTILINE))
    assert arguments["REGISTRY"] == ""
    assert re.fullmatch(r"debian:[\w.-]+", arguments["DEBIAN"])
    assert re.fullmatch(r"keycloak/keycloak:26\.7\.\d+", arguments["KEYCLOAK"])


def test_the_web_image_tells_whether_it_lives_by_python_alone() -> None:
    (check,) = stages()["web"].all("HEALTHCHECK")
    assert "/healthz" in check
    assert "/usr/bin/python3.11" in check


def test_the_packages_are_installed_by_their_hashes() -> None:
    assert "--require-hashes" in (DEPLOY / "install.sh").read_text()
    assert "deploy/install.sh run" in (DEPLOY / "image" / "build.sh").read_text()
