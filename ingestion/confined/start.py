"""The process that `ingestion.isolation` starts, by the path of this file.

The packages' own front doors stay shut: they would bring the clients of databases and models, which a parser has
no business with, and which would double the time that a fork takes.
"""

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for name in ("ingestion", "policies", "retrieval"):
        package = ModuleType(name)
        package.__path__ = [str(ROOT / name)]
        sys.modules[name] = package

    from ingestion.confined.server import main

    main(int(sys.argv[1]), sys.argv[2])
