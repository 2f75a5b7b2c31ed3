"""A ministry's acronyms as a table of two columns, the acronym and what it stands for: CSV, as of a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from retrieval import AcronymInvalid, GlossaryEntry
from ui.errors import GlossaryInvalid
from ui.french import system_reason
from ui.spreadsheet import csv_table

LARGEST = 2**20  # bytes
MOST = 5_000  # entries
HEADER = "sigle"  # the first cell of a first line that names the columns


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line (they count from 1), or with the file as a whole (0); a clause of a sentence."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class GlossaryFile:
    """The entries that a file holds, no acronym twice, and all that is wrong with it."""

    entries: list[GlossaryEntry]
    problems: list[Problem]


def read_glossary(path: Path) -> list[GlossaryEntry]:
    """All its entries, no acronym twice. Raises `GlossaryInvalid` with the line at fault."""
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b" " * (LARGEST + 1)
    except OSError as error:
        raise GlossaryInvalid(f"Le fichier {path} ne peut pas être lu : {system_reason(error)}.") from error
    read = parsed(data)
    for problem in read.problems:
        where = f"{path}, ligne {problem.line} : " if problem.line else f"{path} "
        raise GlossaryInvalid(f"{where}{problem.sentence}")
    return read.entries


def parsed(data: bytes) -> GlossaryFile:
    """What the file says, and what is wrong with it, line by line."""
    if len(data) > LARGEST:
        return _unusable(f"dépasse {LARGEST // 2**20} Mio : ce n’est pas une liste de sigles.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _unusable("n’est pas en UTF-8. Enregistrez-le ainsi.")
    entries: dict[str, tuple[int, GlossaryEntry]] = {}
    problems: list[Problem] = []
    for line, cells in _rows(text, problems):
        entry = _entry(line, cells, problems)
        if entry is None:
            continue
        before, held = entries.setdefault(entry.folded, (line, entry))
        if held.long != entry.long:
            problems.append(
                Problem(line, f"« {entry.short} » veut dire autre chose à la ligne {before}. Gardez-en une.")
            )
    if not entries and not problems:
        return _unusable("ne contient aucun sigle : écrivez-en un par ligne, « ARS;agence régionale de santé ».")
    if len(entries) > MOST:
        return _unusable(f"contient {len(entries)} sigles, le maximum est {MOST}. Gardez ceux qui servent.")
    return GlossaryFile([entry for _, entry in entries.values()], problems)


def glossary_csv(entries: Iterable[GlossaryEntry]) -> bytes:
    """The same table, for a spreadsheet or to be read again."""
    return csv_table(("sigle", "développé"), ((one.short, one.long) for one in entries))


def _unusable(sentence: str) -> GlossaryFile:
    return GlossaryFile([], [Problem(0, sentence)])


def _rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, by number, cell by cell."""
    first = text.partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for position, row in enumerate(rows):
            cells = [" ".join(cell.split()) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells and not (position == 0 and cells[0].lower() == HEADER):
                yield rows.line_num, cells
    except csv.Error:  # what follows cannot be told apart
        problems.append(
            Problem(rows.line_num, "les guillemets ne vont pas par deux. Corrigez la ligne, puis recommencez.")
        )


def _entry(line: int, cells: list[str], problems: list[Problem]) -> GlossaryEntry | None:
    if len(cells) != 2:
        problems.append(
            Problem(
                line,
                "deux colonnes sont attendues, le sigle et ce qu’il veut dire, comme "
                "« ARS;agence régionale de santé ».",
            )
        )
        return None
    try:
        return GlossaryEntry(*cells)
    except AcronymInvalid as error:
        problems.append(Problem(line, f"{error}. Corrigez la ligne, puis recommencez."))
        return None
