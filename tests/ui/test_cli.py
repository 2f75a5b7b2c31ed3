"""What the command line shows."""

from rich.table import Table

from ui.cli import out


def test_brackets_in_a_name_are_shown_as_they_are() -> None:
    table = Table("Collection")
    table.add_row("Lois [/x] [bold]")
    with out.capture() as shown:
        out.print(table)
    assert "Lois [/x] [bold]" in shown.get()
