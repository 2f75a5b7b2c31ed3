"""What all templates of the console keep to."""

from pathlib import Path

import ui

TEMPLATES = Path(ui.__file__).parent / "templates" / "console"


def test_all_tables_stand_in_the_one_frame() -> None:
    outside = [
        path.name
        for path in TEMPLATES.glob("*.html")
        if path.name != "parts.html" and path.read_text().count("<table") != path.read_text().count("{% call table(")
    ]
    assert not outside
