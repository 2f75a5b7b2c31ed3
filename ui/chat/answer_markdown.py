"""From the words of an answer to the Markdown that the chat renders.

What a model writes is text: emphasis, lists and tables keep their form, but a link, an image, HTML or
a directive in it stays visible characters, so that nothing in an answer can be fetched or followed.
The only links are ours: a mark `[n]` becomes one to the n-th source.
"""

import re
from collections.abc import Sequence

from assistant.conversation import Source
from retrieval.search import today
from ui.chat.in_force import warning
from ui.chat.passage_links import PassageLinks

MARK = re.compile(r"\[(\d{1,3})\]")

# Addresses that the renderer would turn into links; between backquotes it leaves them alone.
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\[\]]*|[^\s\[\]]+@[^\s\[\]]+", re.IGNORECASE)

# Brackets, HTML, entities, code, strikes, directives (`:word`, `::`) and the escape itself.
SPECIAL = re.compile(r"[\\`\[\]<>&~!]|:(?=[\w:])")

TOKEN = re.compile(f"(?P<mark>{MARK.pattern})|(?P<address>{ADDRESS.pattern})", re.IGNORECASE)


class AnswerMarkdown:
    """Renders an answer whose sources are known, whole or piece by piece.

    `feed` and `end` give, together, what `whole` gives for the concatenation: a piece waits until the
    white space after it, because a mark or an address may be cut in two.
    """

    def __init__(self, sources: Sequence[Source], links: PassageLinks, doubtful: Sequence[int] = ()) -> None:
        self._passages = links
        self._doubtful = doubtful
        self._waiting = ""
        self.know(sources)

    def know(self, sources: Sequence[Source]) -> None:
        """From now on the marks lead to these."""
        numbered = enumerate(sources, start=1)
        self._links = [_mark_link(n, source, self._passages, n in self._doubtful) for n, source in numbered]

    def whole(self, text: str) -> str:
        """The Markdown of a complete text."""
        pieces: list[str] = []
        position = 0
        for token in TOKEN.finditer(text):
            pieces += [_escaped(text[position : token.start()]), self._token(token)]
            position = token.end()
        return "".join([*pieces, _escaped(text[position:])])

    def feed(self, text: str) -> str:
        """The Markdown that is certain now that these characters have come; may be empty."""
        text = self._waiting + text
        settled = max((text.rfind(space) for space in " \n"), default=-1) + 1
        self._waiting = text[settled:]
        return self.whole(text[:settled])

    def end(self) -> str:
        """The Markdown of the characters that still waited."""
        text, self._waiting = self._waiting, ""
        return self.whole(text)

    def _token(self, token: re.Match[str]) -> str:
        if token["address"]:
            return _unlinked(token["address"])
        n = int(token[2])
        return self._links[n - 1] if 1 <= n <= len(self._links) else _escaped(token[0])


def cited(text: str) -> set[int]:
    """The numbers of the marks in an answer."""
    return {int(mark[1]) for mark in MARK.finditer(text)}


def sources_markdown(sources: Sequence[Source], links: PassageLinks) -> str:
    """The list of sources, numbered as the marks are."""
    return "\n".join(_source_line(n, source, links) for n, source in enumerate(sources, start=1))


def name(source: Source) -> str:
    """The document's title, or its identifier where it has none."""
    return source.title or source.document_id


def place(source: Source) -> str:
    """Where a passage stands: collection, headings, page."""
    page = [f"page {source.page}"] if source.page is not None else []
    return " › ".join([source.collection, *source.heading_path, *page])


def acronyms_markdown(acronyms: Sequence[tuple[str, str]]) -> str:
    """A line that says what the acronyms of an answer stand for."""
    return plain("Sigles\u202f: " + "\u202f; ".join(f"{short}\u202f: {long}" for short, long in acronyms)) + "."


def plain(text: str) -> str:
    """Text that keeps no form of its own, on one line."""
    return _formless(_one_line(text))


def words(text: str) -> str:
    """Words of a document on one line, in Markdown: no form and no address of them lives, in a table's cell either."""
    pieces = re.split(f"({ADDRESS.pattern})", _spaced(text), flags=re.IGNORECASE)
    lifeless = (_unlinked(piece.replace("|", "%7C")) if n % 2 else _formless(piece) for n, piece in enumerate(pieces))
    return "".join(lifeless)


def _source_line(n: int, source: Source, links: PassageLinks) -> str:
    warned = warning(source, today())
    said = f" — **{warned}**" if warned else ""
    return f"{n}. [{plain(name(source))}]({links.link(source)}) — {_place(source)}{said}"


def _place(source: Source) -> str:
    """Where a passage stands, in Markdown: an address among its headings is followed as little as one in a text."""
    return words(_one_line(place(source)))


def _mark_link(n: int, source: Source, links: PassageLinks, doubtful: bool) -> str:
    doubt = ", à vérifier\u202f: le passage ne semble pas dire cela" if doubtful else ""
    title = plain(f"Source {n}\u202f: {name(source)}{doubt}").replace('"', "”")
    mark = f"{n}\u202f?" if doubtful else str(n)
    return f'[\\[{mark}\\]]({links.link(source)} "{title}")'


def _escaped(text: str) -> str:
    return SPECIAL.sub(lambda special: "\\" + special[0], text)


def _unlinked(address: str) -> str:
    return f"`{address.replace('`', '')}`"


def _one_line(text: str) -> str:
    return _spaced(text).strip()


def _spaced(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text)  # narrow spaces stay: they are French


def _formless(line: str) -> str:
    return re.sub(r"[*_#|]", lambda special: "\\" + special[0], _escaped(line))
