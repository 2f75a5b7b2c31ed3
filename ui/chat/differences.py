"""What a comparison found, both versions side by side."""

from collections.abc import Iterator, Sequence

from assistant.tasks.difference import Difference, Quotation, Span
from ui.chat.answer_markdown import AnswerMarkdown, words

HEAD = "| Quoi, où | Ancienne version | Nouvelle version |\n| --- | --- | --- |"


def side_by_side(differences: Sequence[Difference], markdown: AnswerMarkdown) -> str:
    """A table in Markdown: the words that changed are bold, each quotation has its mark."""
    several = f"**{len(differences)} différences**, chiffres, dates et articles d’abord."
    count = "**1 différence.**" if len(differences) == 1 else several
    rows = [
        f"| {_what(one)} | {_cell(one.old, one.words[0], markdown)} | {_cell(one.new, one.words[1], markdown)} |"
        for one in differences
    ]
    return "\n".join([f"{count}\n", HEAD, *rows])


def _what(difference: Difference) -> str:
    if difference.old is None:
        kind = "Ajouté"
    elif difference.new is None:
        kind = "Retiré"
    else:
        kind = "Chiffre, date ou article changé" if difference.figures else "Changé"
    return f"{kind}, {words(difference.place.strip())}" if difference.place.strip() else kind


def _cell(quotation: Quotation | None, spans: Sequence[Span], markdown: AnswerMarkdown) -> str:
    if quotation is None:
        return "—"
    return f"{''.join(_marked(quotation.text, spans)).strip()} {markdown.whole(f'[{quotation.n}]')}"


def _marked(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """The words; Markdown takes two stars for bold only where they stand at a letter or a digit."""
    place = 0
    for start, end in spans:
        while start < end and not text[start].isalnum():
            start += 1
        while start < end and not text[end - 1].isalnum():
            end -= 1
        if place <= start < end:
            yield words(text[place:start])
            yield f"**{words(text[start:end])}**"
            place = end
    yield words(text[place:])
