"""A small project, and its bundle: real packages of this environment, one of them built here, and the real programs."""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import distribution
from pathlib import Path

import pytest

from policies.audit.note import SigningKey
from tests.conftest import PROJECT
from ui.bundle.create import PROGRAMS, Order, create, sign
from ui.bundle.lock import Pin
from ui.bundle.repacked import repacked
from ui.bundle.verify import sha256
from ui.commands.provisioning import shape_of

KEY = SigningKey.generated("ministere")
SHAPE = shape_of("https://assistant.exemple.fr", "assistant")

# As `make lock` names them: what runs, what builds, and uv.
LOCKS = {
    "requirements.lock": ("packaging", "boolean-py", "license-expression", "cuid"),
    "requirements-build.lock": ("pluggy", "packaging"),
    "requirements-uv.lock": ("uv",),
}

PYPROJECT = """\
[project]
name = "assistant"
version = "0.1.0"
dependencies = ["license-expression"]

[project.scripts]
assistant = "ui.bundle.verify:main"
"""

MODELS = """\
[[model]]
name = "Petit modèle"
file = "petit.gguf"
sha256 = "{digest}"
licence = "Apache-2.0"
source = "les tests"
card = "aucune"
"""


@dataclass(frozen=True)
class Project:
    """A repository, and what is to be made of it."""

    folder: Path
    order: Order

    def commit(self, name: str, text: str) -> None:
        """Change a file, for good."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        git(self.folder, "add", ".")
        git(self.folder, "commit", "-qm", name)

    def made(self, into: Path, **changed: object) -> Path:
        """Its bundle."""
        return create(replace(self.order, **changed), into, lambda _: None).folder  # type: ignore[arg-type]


def git(folder: Path, *arguments: str) -> None:
    """With a name and a date of its own: whoever runs the tests need not have one."""
    who = ("-c", "user.name=t", "-c", "user.email=t@exemple.fr", "-c", "commit.gpgsign=false")
    dated = {"GIT_AUTHOR_DATE": "2026-11-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-11-01T00:00:00Z"}
    command = ["git", "-C", str(folder), *who, *arguments]
    subprocess.run(command, check=True, env=os.environ | dated)  # noqa: S603


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Pin]]:
    """Wheels of what is installed here, as if registries had given them, and their pins; of cuid, a source."""
    folder = tmp_path_factory.mktemp("held")
    pins = {}
    for name in {name for names in LOCKS.values() for name in names}:
        found = distribution(name)
        if name == "cuid":
            file = folder / f"cuid-{found.version}.tar.gz"
            file.write_bytes(b"the source of cuid")
        else:
            file = repacked(found, folder, compression=zipfile.ZIP_STORED)
        pins[name] = Pin(name, found.version, frozenset([sha256(file)]))
    return folder, pins


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, held: tuple[Path, dict[str, Pin]]) -> Project:
    """The project; a test that changes it takes `project`."""
    folder = tmp_path_factory.mktemp("project")
    wheels, pins = held
    for name, names in LOCKS.items():
        (folder / name).write_text("".join(pins[one].written() for one in names), encoding="utf-8")
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (folder / ".gitignore").write_text("ui/front/\n.cache/\n", encoding="utf-8")
    for name in (*PROGRAMS, "deploy/front/package-lock.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    (folder / "deploy" / "compose.yaml").write_text("services:\n  base:\n    image: ${REGISTRY:-}postgres:17\n")
    (folder / "ui" / "front").mkdir()
    (folder / "ui" / "front" / "lock").write_text(sha256(folder / "deploy/front/package-lock.json") + "\n")
    engine = folder / ".cache" / "llama-server" / "llama-server"
    engine.parent.mkdir(parents=True)
    engine.write_bytes(b"\x7fELF of the tests, that looks for $ORIGIN/../../.venv/lib")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "begin")

    model = folder / ".cache" / "un-modele.gguf"
    model.write_bytes(b"GGUF of the tests")
    allowed = folder / ".cache" / "models.toml"
    allowed.write_text(MODELS.format(digest=sha256(model)), encoding="utf-8")
    order = Order(project=folder, key=KEY, held=wheels, shape=SHAPE, models=(model,), allowed_models=allowed)
    return Project(folder, order)


@pytest.fixture
def project(small: Project, tmp_path: Path) -> Project:
    """The same, to be changed."""
    folder = tmp_path / "project"
    shutil.copytree(small.folder, folder)
    return Project(folder, replace(small.order, project=folder))


@pytest.fixture(scope="session")
def whole(small: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its bundle, which no test changes."""
    return small.made(tmp_path_factory.mktemp("bundles") / "paquet")


@pytest.fixture
def bundle(whole: Path, tmp_path: Path) -> Path:
    """The same, to be changed by replacing files (they are names of the same ones)."""
    return Path(shutil.copytree(whole, tmp_path / "paquet", copy_function=os.link))


@pytest.fixture
def signed_again(bundle: Path) -> Callable[[], Path]:
    """Sign the bundle as it is now, with the key of its maker: what is wrong then is what its parts say."""

    def signed_again() -> Path:
        for name in ("SHA256SUMS", "SHA256SUMS.note"):
            (bundle / name).unlink()
        sign(KEY, bundle)
        return bundle

    return signed_again


def put(path: Path, content: bytes) -> None:
    """Another file under that name."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)
