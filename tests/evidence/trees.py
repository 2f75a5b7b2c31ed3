"""What the names of controls stand for: test functions, known by reading their files, and files of the product."""

import ast
from functools import cache
from pathlib import Path

from tests.evidence.controls import ROOT


@cache
def functions(file: Path) -> frozenset[str]:
    """The tests of a file, without running it."""
    tree = ast.parse(file.read_text())
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def is_test(name: str, root: Path = ROOT) -> bool:
    """Whether a folder, a file or a function of that name holds a test."""
    path, _, function = name.partition("::")
    place = root / path
    if name.endswith("/"):
        return any(functions(file) for file in place.rglob("test_*.py"))
    return place.is_file() and (function in functions(place) if function else bool(functions(place)))


def is_there(path: str, root: Path = ROOT) -> bool:
    """Whether a path of the repository leads to a file or a folder."""
    return (root / path).exists()
