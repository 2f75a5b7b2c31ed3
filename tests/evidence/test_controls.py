"""What the controls say is there: tests, files, a row for each that must have one, and the guide made of them."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.evidence.controls import Control, Framework, frameworks
from tests.evidence.tables import GUIDE, with_tables
from tests.evidence.trees import is_test, is_there

HELD = frameworks()
CONTROLS = [(framework, control) for framework in HELD for control in framework.control]

FRAMEWORK = """
order = 1
title = "Un texte"
about = "Ce qu’il est."
[[control]]
id = "1"
title = "Un contrôle"
how = "Ainsi."
tests = ["tests/test_staircase.py"]
"""


def test_every_test_that_a_control_names_is_there() -> None:
    assert [
        (one.title, control.id, name) for one, control in CONTROLS for name in control.tests if not is_test(name)
    ] == []


def test_every_path_that_a_control_names_is_there() -> None:
    named = [(one.title, control.id, path) for one, control in CONTROLS for path in control.met_by]
    assert [name for name in named if not is_there(name[2])] == []


def test_a_name_that_no_test_has_is_noticed() -> None:
    assert is_test("tests/evidence/test_controls.py::test_a_name_that_no_test_has_is_noticed")
    assert is_test("tests/evidence/")
    absent = ("tests/evidence/test_controls.py::test_gone", "tests/evidence/test_gone.py", "tests/gone/")
    assert not any(map(is_test, (*absent, "tests/evidence/controls.py", "tests/evidence")))


def test_each_recommendation_and_each_requirement_has_its_row() -> None:
    ids = {framework.order: [control.id for control in framework.control] for framework in HELD}
    assert ids[1] == [f"R{number}" for number in range(1, 36)]
    assert ids[2] == [f"{number}" for number in range(1, 38)]
    assert ids[6] == [f"LLM{number:02}" for number in range(1, 11)]


def test_the_guide_has_the_tables_of_the_controls() -> None:
    guide = GUIDE.read_text()
    assert with_tables(guide, HELD) == guide, "python -m tests.evidence.tables makes the tables anew"


def test_a_section_is_made_anew_and_what_stands_around_it_stays() -> None:
    row = Control(id="1", title="Un contrôle", how="Ainsi.", met_by=("ui",), tests=("tests/ui/",), operator="le reste.")
    framework = Framework(order=1, title="Un texte", about="Ce qu’il est.", control=(row,))
    guide = with_tables("Avant.\n\n## Un texte\n\nancien\n\n## Après\n\nFin.\n", [framework])
    assert guide == (
        "Avant.\n\n## Un texte\n\nCe qu’il est.\n\n"
        "| N° | Contrôle | Comment il est tenu | Où | Tests |\n| --- | --- | --- | --- | --- |\n"
        "| 1 | Un contrôle | Ainsi. À la charge de l’exploitant\u202f: le reste. | `ui` | `ui/` |\n\n## Après\n\nFin.\n"
    )
    with pytest.raises(ValueError, match="one section"):
        with_tables("Avant.\n", [framework])


def test_a_control_is_shown_by_a_test_or_left_to_the_operator() -> None:
    with pytest.raises(ValidationError, match="neither a test nor an operator"):
        Control(id="1", title="Un contrôle", how="Ainsi.")


def test_a_wrong_file_of_controls_is_refused(tmp_path: Path) -> None:
    (tmp_path / "texte.toml").write_text(FRAMEWORK)
    assert [one.title for one in frameworks(tmp_path)] == ["Un texte"]
    (tmp_path / "texte.toml").write_text(FRAMEWORK + FRAMEWORK[FRAMEWORK.index("[[control]]") :])
    with pytest.raises(ValueError, match="1 stands twice"):
        frameworks(tmp_path)
    (tmp_path / "texte.toml").write_text(FRAMEWORK + 'proven = "yes"\n')
    with pytest.raises(ValidationError, match="proven"):
        frameworks(tmp_path)
