"""What the last run of the tests found, as pytest's JUnit file tells it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from lxml import etree

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Run:
    """`commit` is what was tested, as `git describe` named it, or empty; outcomes are those of each function."""

    commit: str
    began: str
    machine: str
    outcomes: dict[str, list[Outcome]]

    def of(self, name: str) -> list[Outcome]:
        """Of the tests that a control names: a folder, a file or a function."""
        return [one for test, found in self.outcomes.items() if _is_of(test, name) for one in found]

    def beside(self, other: "Run") -> "Run":
        """With the tests of another run, unless that was of another version."""
        return replace(self, outcomes=self.outcomes | other.outcomes) if other.commit == self.commit else self


def read(file: Path) -> Run:
    """Raises `FileNotFoundError`, and `ValueError` where the file is not whole."""
    try:
        root = etree.fromstring(file.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{file}: {error}") from error
    suite = root.find("testsuite")
    if suite is None:
        raise ValueError(f"{file} holds no run of pytest")
    outcomes = dict[str, list[Outcome]]()
    for case in suite.iter("testcase"):
        outcomes.setdefault(_name(case), []).append(_outcome(child.tag for child in case))
    return Run(suite.get("name", ""), suite.get("timestamp", ""), suite.get("hostname", ""), outcomes)


def _name(case: etree._Element) -> str:
    function, _, _ = case.get("name", "").partition("[")
    return f"{case.get('classname', '').replace('.', '/')}.py::{function}"


def _outcome(tags: Iterable[object]) -> Outcome:
    found = set(tags)
    if found & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in found else "passed"


def _is_of(test: str, name: str) -> bool:
    return test == name or test.startswith(name if name.endswith("/") else f"{name}::")
