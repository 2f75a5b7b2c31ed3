"""Tables as spreadsheets read them: CSV (RFC 4180), in which no cell is a formula (CWE-1236)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Where a spreadsheet may see a formula begin: in a cell, and behind what it may take for the end of one, which is «;»
# in France and «,» elsewhere. The wide signs are read as the narrow ones.
FORMULA = re.compile(r"(?:^|(?<=[;,\t\r\n]))(?=[^\S\t\r\n]*[=+\-@＝＋－＠])|^(?=[\t\r])")


def harmless(cell: str) -> str:
    """The cell as text, for a spreadsheet too."""
    return FORMULA.sub("'", cell)


def csv_table(head: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ";") -> bytes:
    """In UTF-8 with the mark by which spreadsheets know it; parted by «;», as French ones expect."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(head)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")
