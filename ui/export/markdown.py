"""A conversation in Markdown, with front matter for programs."""

import json

from ui.chat.answer_markdown import AnswerMarkdown, plain
from ui.chat.passage_links import PassageLinks
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
        *map(_WORDS.whole, entry.answer),
        *(f"*{plain(note)}*" for note in entry.notes),
        *(["### Sources", sources] if sources else []),
    ]
