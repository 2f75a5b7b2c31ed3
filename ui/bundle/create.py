"""Making a bundle: one folder with all that a site without a network needs, its sums, and who vouches for them.

Invariants:
1. The same commit, the same files and the same models give the same `SHA256SUMS`, byte for byte.
2. What is carried is what the commit's locks name; a package whose licence is not allowed, and a model that is not, are
   refused before anything is signed.
3. The folder appears when it is whole; what broke off leaves nothing under its name.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from platform import machine
from sysconfig import get_python_version
from zipfile import ZipFile

from cyclonedx.model.component import Component

from policies.audit.note import SigningKey, signed
from policies.errors import ModelsInvalid
from policies.models import MODELS, read_models
from ui.bundle import verify
from ui.bundle.files import carried, copied, sums, written
from ui.bundle.images import images, listed
from ui.bundle.licences import LicenceRules, Licensed, licensed, may_be_carried, metadata_of, read_rules, table, texts
from ui.bundle.lock import Pin, read_lock
from ui.bundle.models import carry_models
from ui.bundle.parts import Part
from ui.bundle.processor import required
from ui.bundle.product_wheel import write_product_wheel
from ui.bundle.realm import realm_file
from ui.bundle.sbom import bill, engine_component, front_components, image_component, model_component, wheel_component
from ui.bundle.source import Source, export
from ui.bundle.wheels import Wheel, gather
from ui.errors import BundleRefused
from ui.french import system_reason
from ui.realm.shape import Shape

# What a site begins with, beside the sums.
PROGRAMS = ("ui/bundle/verify.py", "ui/bundle/install.py", "deploy/bundle/LISEZMOI.txt")

# Of a wheel's files, what they take when they lie there, compiled.
COMPILED = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted: from which project, signed by whom, with which models; `held` keeps downloaded wheels."""

    project: Path
    key: SigningKey
    held: Path
    shape: Shape
    revision: str = "HEAD"
    models: Sequence[Path] = ()
    allowed_models: Path = MODELS
    without: frozenset[Part] = frozenset()

    @property
    def parts(self) -> list[Part]:
        """What is carried of what may be left out."""
        return [part for part in Part if part not in self.without]


@dataclass(frozen=True, slots=True)
class Created:
    """What was made: `verifier` is the SHA-256 of the verifier of one file, to be given to the site with the key."""

    folder: Path
    commit: str
    files: int
    bytes: int
    vkey: str
    verifier: str


def create(order: Order, into: Path, say: Callable[[str], None]) -> Created:
    """Make the bundle; `say` hears each step. Raises `BundleRefused`."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise BundleRefused(f"{into} n’est pas vide : donnez un dossier qui n’existe pas encore.")
    partial = into.with_name(f".{into.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        source = _fill(order, partial, say)
        sign(order.key, partial)
        partial.replace(into)
    except ModelsInvalid as error:
        raise BundleRefused(str(error)) from error
    except OSError as error:
        raise BundleRefused(f"Le paquet ne peut pas être fait dans {into} : {system_reason(error)}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    files = [path for path in into.rglob("*") if path.is_file()]
    verifier = verify.sha256(into / "verify.py")
    size = sum(path.stat().st_size for path in files)
    return Created(into, source.commit, len(files), size, order.key.vkey, verifier)


def _fill(order: Order, folder: Path, say: Callable[[str], None]) -> Source:
    say("Programme")
    source = export(order.project, order.revision, folder / "source")
    rules = read_rules()
    components: list[Component] = []
    wheels: list[Wheel] = []
    if Part.WHEELS in order.parts:
        say("Wheels")
        wheels = _wheels(order, source, folder, say)
        say("Licences")
        packages = _licences(wheels, rules, folder / "licences")
        components += [wheel_component(wheel, one) for wheel, one in zip(wheels, packages, strict=True)]
    if Part.FRONT in order.parts:
        components += _front(order, folder)
    if Part.ENGINE in order.parts:
        components += _engine(order, wheels, folder)
    if Part.MODELS in order.parts:
        say("Modèles")
        allowed = read_models(order.allowed_models)
        written(folder / "models" / "models.toml", order.allowed_models.read_text(encoding="utf-8-sig"))
        models = carry_models(order.models, allowed, folder / "models")
        components += [model_component(model) for model in models]
    references = images(folder / "source" / "deploy")
    written(folder / "images.txt", listed(references))
    written(folder / "keycloak" / "realm.json", realm_file(order.shape))
    say("Nomenclature")
    serial = f"{source.commit} {' '.join(sorted(wheel.sha256 for wheel in wheels))}"
    written(folder / verify.SBOM, bill(source, [*components, *map(image_component, references)], serial))
    written(folder / verify.MANIFEST, _manifest(order, source, wheels, folder))
    for name in PROGRAMS:
        shutil.copyfile(source.folder / name, folder / Path(name).name)
    return source


def _wheels(order: Order, source: Source, folder: Path, say: Callable[[str], None]) -> list[Wheel]:
    """Those of all locks into the folder, and the locks of just these files."""
    pins = {lock: _pins(source.folder, names) for lock, names in verify.LOCKS.items()}
    every = list(dict.fromkeys(pin for of_lock in pins.values() for pin in of_lock))
    wheels = gather(every, order.held, pins["tools.lock"], say)
    for wheel in wheels:
        carried(wheel.path, folder / "wheels" / wheel.path.name)
        if wheel.source is not None:
            carried(wheel.source, folder / "wheels" / wheel.source.name)
    product = write_product_wheel(source, folder / "wheels")
    wheels.append(Wheel(Pin("assistant", source.version), product, verify.sha256(product)))
    digests = {wheel.pin: frozenset([wheel.sha256]) for wheel in wheels}
    pins["wheels.lock"].append(wheels[-1].pin)
    for lock, of_lock in pins.items():
        written(folder / lock, "".join(pin.written(digests[pin]) for pin in of_lock))
    return wheels


def _pins(folder: Path, names: Sequence[str]) -> list[Pin]:
    found: list[Pin] = []
    for name in names:
        lock = read_lock((folder / name).read_text(encoding="utf-8"))
        if lock.faults:
            raise BundleRefused(f"{name} : {lock.faults[0]}")
        found += [pin for pin in lock.pins if pin not in found]
    return found


def _licences(wheels: Sequence[Wheel], rules: LicenceRules, into: Path) -> list[Licensed]:
    """Their texts into the folder, with a table. Raises `BundleRefused`."""
    packages = []
    for wheel in wheels:
        with ZipFile(wheel.path) as archive:
            if wheel.pin.name == "assistant":
                one = Licensed("assistant", wheel.pin.version, "LicenseRef-Assistant", "le produit lui-même")
            else:
                one = licensed(wheel.pin.name, wheel.pin.version, metadata_of(archive), rules)
            for name, content in texts(archive):
                place = into / f"{one.name}-{one.version}" / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        packages.append(one)
    if refused := [one for one in packages if not may_be_carried(one, rules)]:
        named = ", ".join(f"{one.name} {one.version} ({one.licence})" for one in refused)
        raise BundleRefused(f"La licence de ces paquets n’est pas admise par deploy/bundle/licences.toml : {named}.")
    written(into / "TABLEAU.md", table(packages))
    return packages


def _front(order: Order, folder: Path) -> list[Component]:
    """The pages' files as npm left them, if they are those of the commit's lock."""
    lock, front = folder / "source" / "deploy" / "front" / "package-lock.json", order.project / "ui" / "front"
    noted = front / "lock"
    if not noted.is_file() or noted.read_text(encoding="ascii").strip() != verify.sha256(lock):
        raise BundleRefused("L’habillage des pages n’est pas là, ou pas celui du verrou : lancez deploy/front.sh.")
    copied(front, folder / "front")
    return front_components(lock)


def _engine(order: Order, wheels: Sequence[Wheel], folder: Path) -> list[Component]:
    """The program llama-server, if it finds its libraries wherever it lies."""
    program = order.project / ".cache" / "llama-server" / "llama-server"
    if not program.is_file() or b"$ORIGIN/../../.venv" not in program.read_bytes():
        raise BundleRefused(
            "llama-server n’est pas compilé, ou d’une façon qui le lie à ce dossier : supprimez .cache/llama-server, "
            "puis lancez « make llama-server » ; ou laissez-le (--without llama-server)."
        )
    (folder / "llama-server").mkdir()
    shutil.copy(program, folder / "llama-server" / "llama-server")
    version = next((wheel.pin.version for wheel in wheels if wheel.pin.name == "llama-cpp-python"), "")
    return [engine_component(version, verify.sha256(program))]


def _manifest(order: Order, source: Source, wheels: Sequence[Wheel], folder: Path) -> str:
    lying = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".whl")
    unpacked = sum(entry.file_size for wheel in wheels for entry in ZipFile(wheel.path).infolist())
    told = {
        "format": 1,
        "version": source.version,
        "commit": source.commit,
        "platform": f"{sys.platform}-{machine()}",
        "python": get_python_version(),
        "processor": required() if any(wheel.pin.name == "llama-cpp-python" for wheel in wheels) else [],
        "parts": sorted(order.parts),
        "built": {str(wheel.pin): wheel.source_sha256 for wheel in wheels if wheel.source_sha256},
        "installed_bytes": lying + int(unpacked * COMPILED),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def sign(key: SigningKey, folder: Path) -> None:
    """Write the list of its files, and the note over it."""
    listed_sums = sums(folder)
    written(folder / verify.SUMS, listed_sums)
    digest = hashlib.sha256(listed_sums.encode()).hexdigest()
    written(folder / verify.NOTE, signed(f"{verify.CONTEXT}\nsha256 {digest}\n", [key]))
