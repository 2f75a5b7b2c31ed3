"""A conversation in Markdown, with front matter for programs."""

import json
from collections.abc import Sequence

from ui.chat.answer_markdown import AnswerMarkdown, plain
from ui.chat.passage_links import PassageLinks
from ui.export.blocks import Block, Items, Paragraph, Run, Table, Words
from ui.export.content import NOTICE, Entry, Exported

_WORDS = AnswerMarkdown((), PassageLinks(b""))  # without sources it makes no links


def markdown(conversation: Exported) -> bytes:
    """UTF-8. What a model wrote stays text: it keeps no link, image or HTML."""
    front = {"title": conversation.title, "lang": "fr", "date": conversation.day.isoformat(), **conversation.mark}
    lines = [
        "---",
        *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in front.items()),
        "---",
        f"# {plain(conversation.title)}",
        f"> {NOTICE}",
        *(block for entry in conversation.entries for block in _blocks(entry)),
    ]
    head, body = lines[: len(front) + 2], lines[len(front) + 2 :]
    return ("\n".join(head) + "\n\n" + "\n\n".join(body) + "\n").encode()


def _blocks(entry: Entry) -> list[str]:
    understood = [f"*Question comprise\u202f: {plain(entry.understood)}*"] if entry.understood else []
    sources = "\n".join(f"- \\[{n}\\] {plain(said)}" for n, said in entry.sources)
    return [
        f"## {plain(entry.question)}",
        *understood,
        *map(_block, entry.answer),
        *(f"*{plain(note)}*" for note in entry.notes),
        *(["### Sources", sources] if sources else []),
    ]


def _block(block: Block) -> str:
    match block:
        case Paragraph(words):
            return _words(words)
        case Items(items, start):
            marks = [f"{start + n}. " if start is not None else "- " for n in range(len(items))]
            return "\n".join(_item(mark, item) for mark, item in zip(marks, items, strict=True))
        case Table(rows):
            rule = (Run("---"),)
            return "\n".join(map(_row, [rows[0], [rule] * len(rows[0]), *rows[1:]]))


def _item(mark: str, item: tuple[Block, ...]) -> str:
    """What belongs to it stands below its first word."""
    return mark + "\n\n".join(map(_block, item)).replace("\n", "\n" + " " * len(mark))


def _row(cells: Sequence[Words]) -> str:
    return "| " + " | ".join(_words(cell).replace("|", "\\|") for cell in cells) + " |"


def _words(words: Words) -> str:
    return "".join(_marked(run) for run in words)


def _marked(run: Run) -> str:
    mark = "*" * (2 * run.bold + run.italic)
    return f"{mark}{_WORDS.whole(run.text)}{mark}"
