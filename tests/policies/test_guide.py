"""The auditor's guide names all acts that a record may have, and no other."""

import re
from pathlib import Path

from policies import Act

GUIDE = Path(__file__).parents[2] / "deploy" / "aide" / "guide-auditeur.md"


def test_the_guide_names_every_act_and_no_other() -> None:
    lines = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if re.match(r"- `[a-z]+\.[a-z_]+`", line)]
    named = [
        act
        for line in lines
        for act in re.findall(r"`([a-z]+\.[a-z_]+)`", line.partition("\u202f:")[0].partition(" :")[0])
    ]
    assert sorted(named) == sorted(Act)
