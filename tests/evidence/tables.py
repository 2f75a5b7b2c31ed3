"""The tables of `deploy/aide/guide-securite.md`; `python -m tests.evidence.tables` makes them anew.

A section of the guide whose heading is the title of a framework is made here, the others are written by hand.
"""

import re
from pathlib import Path

from tests.evidence.controls import ROOT, Control, Framework, frameworks

GUIDE = ROOT / "deploy" / "aide" / "guide-securite.md"
OPERATOR = "À la charge de l’exploitant\u202f: "
HEAD = "| N° | Contrôle | Comment il est tenu | Où | Tests |\n| --- | --- | --- | --- | --- |\n"


def with_tables(guide: str, held: list[Framework]) -> str:
    """The guide with the section of each framework made anew. Raises `ValueError` where one has no section."""
    for framework in held:
        heading = f"## {framework.title}\n"
        if guide.count(heading) != 1:
            raise ValueError(f"«{framework.title}» needs one section in the guide")
        before, rest = guide.split(heading)
        following = re.search(r"^## ", rest, re.MULTILINE)
        after = rest[following.start() :] if following else ""
        guide = f"{before}{heading}\n{section(framework)}" + (f"\n{after}" if after else "")
    return guide


def section(framework: Framework) -> str:
    """What it is, and a row a control."""
    return f"{framework.about.strip()}\n\n{HEAD}" + "".join(map(_row, framework.control))


def _row(control: Control) -> str:
    how = control.how + (f" {OPERATOR}{control.operator}" if control.operator else "")
    tests = _code(tuple(name.removeprefix("tests/") for name in control.tests)) or "aucun"
    return f"| {control.id} | {control.title} | {how} | {_code(control.met_by) or '—'} | {tests} |\n"


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main(guide: Path = GUIDE) -> None:
    """Write the tables into the guide."""
    guide.write_text(with_tables(guide.read_text(), frameworks()))


if __name__ == "__main__":
    main()
