"""A ministry's acronyms as a table of two columns, the acronym and what it stands for: CSV, as of a spreadsheet."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from retrieval import AcronymInvalid, GlossaryEntry
from ui.errors import GlossaryInvalid
from ui.french import system_reason

LARGEST = 2**20  # bytes
MOST = 5_000  # entries
HEADER = "sigle"  # the first cell of a first line that names the columns


def read_glossary(path: Path) -> list[GlossaryEntry]:
    """All its entries, no acronym twice. Raises `GlossaryInvalid` with the line at fault."""
    entries: dict[str, tuple[int, GlossaryEntry]] = {}
    for line, cells in _rows(path):
        entry = _entry(path, line, cells)
        before, held = entries.setdefault(entry.folded, (line, entry))
        if held.long != entry.long:
            raise GlossaryInvalid(
                f"{path}, ligne {line} : « {entry.short} » veut dire autre chose à la ligne {before}. Gardez-en une."
            )
    if not entries:
        raise GlossaryInvalid(
            f"{path} ne contient aucun sigle : écrivez-en un par ligne, « ARS;agence régionale de santé »."
        )
    if len(entries) > MOST:
        raise GlossaryInvalid(f"{path} contient {len(entries)} sigles, le maximum est {MOST}. Gardez ceux qui servent.")
    return [entry for _, entry in entries.values()]


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, by number, cell by cell."""
    text = _text(path)
    first = text.partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    try:
        rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for position, row in enumerate(rows):
            cells = [" ".join(cell.split()) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells and not (position == 0 and cells[0].lower() == HEADER):
                yield rows.line_num, cells
    except csv.Error as error:
        raise GlossaryInvalid(
            f"{path}, ligne {rows.line_num} : les guillemets ne vont pas par deux. Corrigez la ligne, puis recommencez."
        ) from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise GlossaryInvalid(f"{path} dépasse {LARGEST // 2**20} Mio : ce n’est pas une liste de sigles.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise GlossaryInvalid(f"Le fichier {path} ne peut pas être lu : {system_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise GlossaryInvalid(f"Le fichier {path} n’est pas en UTF-8. Enregistrez-le ainsi.") from error


def _entry(path: Path, line: int, cells: list[str]) -> GlossaryEntry:
    if len(cells) != 2:
        raise GlossaryInvalid(
            f"{path}, ligne {line} : deux colonnes sont attendues, le sigle et ce qu’il veut dire, comme "
            "« ARS;agence régionale de santé »."
        )
    try:
        return GlossaryEntry(*cells)
    except AcronymInvalid as error:
        raise GlossaryInvalid(f"{path}, ligne {line} : {error}. Corrigez la ligne, puis recommencez.") from error
