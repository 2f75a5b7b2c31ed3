"""Where French sentences end.

A sentence ends at a line break, or at . ! ? … (with the quotes, brackets and citation marks that
close it) before a blank and the beginning of another sentence. «art. L. 162-5», «M. Martin», «3.5»,
«1. Premier point» and a lone «Oui.» do not end one.
"""

import re
from collections.abc import Iterator

_ABBREVIATIONS = frozenset(
    """al art arts bd bull cass cf ch chap circ coll dr env ex fasc fig ibid inf j.-c lt max me mgr min mlle mm mme mmes
    nb obs op par p.-s parag pp préf prof réf sect sq sqq ss st ste suiv sup tél vol""".split()  # noqa: SIM905  # read as a text
)

# Something ends here: closing quotes, brackets and citation marks belong to what they close.
_END = re.compile(r"[.!?…]+(?:\s?[»”\"’)]|\s*\[\d[\d\s,;]*\])*")
_UNFINISHED_MARK = re.compile(r"\s*\[[\d\s,;]*\Z")
_OPENING = r"[\"«“(\[–—•*-]*\s*"
_BEGINNING = re.compile(_OPENING + r"[^\W_]")
_UNFINISHED_BEGINNING = re.compile(_OPENING + r"\Z")
_LAST_WORD = re.compile(r"[^\s'’(«]+\Z")


def sentences(text: str) -> Iterator[str]:
    """The sentences in order, each with the blanks that follow it: joined they are the text."""
    while text:
        end = first_end(text, complete=True)
        yield text[:end]
        text = text[end:]


def first_end(text: str, *, complete: bool) -> int:
    """Where the first sentence ends, following blanks included; 0 if more text is needed to tell.

    What is told of a text holds for every longer text that begins with it. With `complete` there is
    no more text.
    """
    line, line_break, _ = text.partition("\n")
    line_complete = complete or bool(line_break)
    for match in _END.finditer(line):
        after = line[match.end() :].lstrip()
        if not after:
            break
        if not line_complete and (_UNFINISHED_MARK.match(after) or _UNFINISHED_BEGINNING.match(after)):
            return 0
        blanks = len(line) - match.end() - len(after)
        if blanks and _ends(line[: match.start()], match.group(), after):
            return match.end() + blanks
    after = text[len(line) :].lstrip()
    return len(text) - len(after) if complete or (line_break and after) else 0


def _ends(before: str, end: str, after: str) -> bool:
    """Whether a sentence ends between these: enough words before, a beginning after."""
    words = before.split()
    if len(words) < 2 or not _BEGINNING.match(after):
        return False
    if not end.startswith("."):
        return True
    last = _LAST_WORD.search(before)
    word = last.group().lower() if last else ""
    if word in _ABBREVIATIONS or re.fullmatch(r"[^\W\d_]", word):
        return False
    if re.fullmatch(r"\d{1,2}", word) and words[-2].endswith((":", ";")):  # «trois étapes : 1. Ouvrez…»
        return False
    return not after[0].islower()
