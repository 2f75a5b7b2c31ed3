"""The wheel of the product itself: it says where the source lies, and what the command is called.

The product runs from the tree of its source, where it finds its migrations, guides and rules beside its modules. An
installation puts that tree down and makes `.venv` within it; what Python then needs is one line that leads from its
packages back to the tree. The line is relative, so one wheel serves every place, and nothing is built on the site.
"""

from pathlib import Path

from ui.bundle.repacked import write_wheel
from ui.bundle.source import Source

# From .venv/lib/python3.11/site-packages.
BACK = "../../../..\n"


def write_product_wheel(source: Source, into: Path) -> Path:
    """Write it into that folder."""
    stem = f"assistant-{source.version}"
    described = [
        "Metadata-Version: 2.1",
        "Name: assistant",
        f"Version: {source.version}",
        "Requires-Python: >=3.11,<3.12",
    ]
    described += [f"Requires-Dist: {dependency}" for dependency in source.dependencies]
    points = ["[console_scripts]", *(f"{name} = {place}" for name, place in source.scripts)]
    tags = ["Wheel-Version: 1.0", "Generator: assistant bundle", "Root-Is-Purelib: true", "Tag: py3-none-any"]
    written = {
        "assistant.pth": BACK,
        f"{stem}.dist-info/METADATA": "\n".join(described) + "\n",
        f"{stem}.dist-info/WHEEL": "\n".join(tags) + "\n",
        f"{stem}.dist-info/entry_points.txt": "\n".join(points) + "\n",
    }
    path = into / f"{stem}-py3-none-any.whl"
    write_wheel(path, f"{stem}.dist-info", {name: (text.encode(), False) for name, text in written.items()})
    return path
