"""The bill of materials: CycloneDX 1.6 in JSON, of the product, its wheels, its pages' files, its models and engine.

Source: https://cyclonedx.org/docs/1.6/json/
"""

import base64
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from policies.models import AllowedModel
from ui.bundle.licences import UNKNOWN, Licensed
from ui.bundle.source import Source
from ui.bundle.wheels import Wheel

_LICENCES = LicenseFactory()


def bill(source: Source, components: Iterable[Component], serial: str) -> str:
    """The bill, with its date and serial number taken from what it lists: the same content is the same bill."""
    made_at = dt.datetime.fromtimestamp(source.made_at, dt.UTC)
    product = Component(
        name="assistant",
        version=source.version,
        type=ComponentType.APPLICATION,
        bom_ref="assistant",
        properties=[Property(name="assistant:commit", value=source.commit)],
    )
    metadata = BomMetaData(timestamp=made_at, component=product)
    listed = [*components]
    whole = Bom(serial_number=uuid5(NAMESPACE_URL, serial), metadata=metadata, components=listed)
    whole.register_dependency(product, listed)
    return JsonV1Dot6(whole).output_as_string(indent=1) + "\n"


def wheel_component(wheel: Wheel, licensed: Licensed) -> Component:
    """A Python package, by the very file that is carried."""
    purl = PackageURL("generic" if wheel.pin.name == "assistant" else "pypi", None, wheel.pin.name, wheel.pin.version)
    built = [Property(name="assistant:built-from-sha256", value=wheel.source_sha256)] if wheel.source_sha256 else []
    return _component(purl, "SHA-256", wheel.sha256, licensed.licence, [*built, _file(wheel.path.name)])


def front_components(lock: Path) -> list[Component]:
    """The packages of npm, as package-lock.json pins them."""
    packages: Mapping[str, Mapping[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    found = []
    for place, told in packages.items():
        if not place:
            continue
        group, _, name = place.removeprefix("node_modules/").rpartition("/")
        digest = base64.b64decode(str(told["integrity"]).removeprefix("sha512-")).hex()
        purl = PackageURL("npm", group or None, name, told["version"])
        found.append(_component(purl, "SHA-512", digest, str(told.get("license", UNKNOWN)), []))
    return found


def model_component(model: AllowedModel) -> Component:
    """A model's file."""
    return Component(
        name=model.name,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=f"model:{model.sha256}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=model.sha256)],
        licenses=[_LICENCES.make_with_name(model.licence)],
        properties=[_file(model.file), Property(name="assistant:source", value=model.source)],
    )


def engine_component(version: str, sha256: str) -> Component:
    """llama-server, compiled here from the source that llama-cpp-python carries."""
    return Component(
        name="llama-server",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="llama-server",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
        licenses=[_LICENCES.make_with_id("MIT")],
    )


def image_component(reference: str) -> Component:
    """An image, by the name that the composition gives it; it is not carried."""
    return Component(name=reference, type=ComponentType.CONTAINER, bom_ref=f"image:{reference}")


def _component(purl: PackageURL, algorithm: str, digest: str, licence: str, properties: list[Property]) -> Component:
    return Component(
        name=purl.name,
        group=purl.namespace,
        version=purl.version,
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        hashes=[HashType(alg=HashAlgorithm(algorithm), content=digest)],
        licenses=[] if licence == UNKNOWN else [_LICENCES.make_from_string(licence)],
        properties=properties,
    )


def _file(name: str) -> Property:
    return Property(name="assistant:file", value=name)
