"""Versions in the order of their ecosystem: PEP 440 for PyPI, Semantic Versioning for npm. Pure."""

import re
from collections.abc import Callable
from typing import Any

from packaging.version import InvalidVersion, Version

Order = Callable[[str], Any]

_SEMVER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


def pep440(version: str) -> Version:
    """Raises `ValueError`."""
    try:
        return Version(version)
    except InvalidVersion as error:
        raise ValueError(version) from error


def semver(version: str) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
    """By precedence (semver.org, 11): a release comes after what was before it; figures come before words.

    Raises `ValueError`.
    """
    if (found := _SEMVER.fullmatch(version)) is None:
        raise ValueError(version)
    before = (found[4] or "").split(".") if found[4] else []
    words = tuple((not word.isdigit(), int(word) if word.isdigit() else 0, word) for word in before)
    return (int(found[1]), int(found[2]), int(found[3])), not before, words


ORDERS: dict[str, Order] = {"PyPI": pep440, "npm": semver}
"""By the names that OSV gives ecosystems."""
