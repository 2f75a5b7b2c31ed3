"""Documents whose structure is known, made of sentences of the evaluation corpus."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.corpus import records

SEED = 2026
CHAPTERS = 3

_SENTENCE = re.compile(r"[A-ZÀÂÉÈÊÎÔ][^\n]{60,320}[.]")
_TITLE = re.compile(r"[A-ZÀÂÉÈÊÎÔ][\w’' ,()-]{8,60}[\w)]")
_FONTS = ("Liberation Sans", "Liberation Serif", "DejaVu Sans")
_SIZES = ((10.0, (18, 14, 12)), (11.0, (16, 14, 12)), (12.0, (20, 16, 14)), (9.5, (15, 12, 10.5)))


@dataclass(frozen=True, slots=True)
class Title:
    """A heading; `level` from 1."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, with the text of the footnote that it ends with, if any."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    texts: tuple[str, ...]
    is_numbered: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A table, its header row first."""

    rows: tuple[tuple[str, ...], ...]


Part = Title | Text | Items | Rows


def read_of(parts: Sequence[Part]) -> Iterator[str]:
    """What is read of these, one after the other."""
    for part in parts:
        match part:
            case Items(texts, is_numbered):
                yield from (f"{n}. {text}" if is_numbered else text for n, text in enumerate(texts, 1))
            case Rows(rows):
                yield from (cell for row in rows for cell in row)
            case _:
                yield part.text


@dataclass(frozen=True, slots=True)
class Structured:
    """A document, and how it is printed; paragraphs stand in so many columns, tables across the page."""

    name: str
    title: str
    parts: tuple[Part, ...]
    columns: int
    font: str
    size: float
    heading_sizes: tuple[float, float, float]

    def texts(self) -> Iterator[str]:
        """All that is read from the first page to the last, but for the notes."""
        yield self.title
        yield from read_of(self.parts)

    def notes(self) -> list[str]:
        """The footnotes, in order."""
        return [part.note for part in self.parts if isinstance(part, Text) and part.note]

    def headings(self) -> list[tuple[str, ...]]:
        """Each heading, after those above it."""
        paths: list[tuple[str, ...]] = []
        path: tuple[str, ...] = ()
        for part in self.parts:
            if isinstance(part, Title):
                path = (*path[: part.level - 1], part.text)
                paths.append(path)
        return paths

    def cells(self) -> list[tuple[int, str]]:
        """The cells of all tables, row by row, each with its column from 0."""
        tables = (part for part in self.parts if isinstance(part, Rows))
        return [place for table in tables for row in table.rows for place in enumerate(row)]


def documents(evaluation: Path, count: int) -> list[Structured]:
    """The same ones each time."""
    draw = random.Random(SEED)  # noqa: S311
    fiches = [record for record in records(evaluation) if record["kind"] == "fiche"]
    sentences = sorted({found for fiche in fiches for found in _SENTENCE.findall(fiche["text"])})
    titles = sorted({line for fiche in fiches for line in fiche["text"].split("\n") if _TITLE.fullmatch(line)})
    return [_document(n, draw, sentences, titles) for n in range(count)]


def _document(number: int, draw: random.Random, sentences: Sequence[str], titles: Sequence[str]) -> Structured:
    size, heading_sizes = _SIZES[number % len(_SIZES)]
    title, *names = draw.sample(titles, 1 + 6 * CHAPTERS)
    parts: list[Part] = []
    for chapter in range(CHAPTERS):
        first, *inner = names[6 * chapter : 6 * (chapter + 1)]
        parts += [Title(first, 1), *_paragraphs(draw, sentences), Title(inner[0], 2), *_paragraphs(draw, sentences)]
        parts += [Title(inner[1], 3), _items(draw, sentences), Title(inner[2], 3), *_paragraphs(draw, sentences)]
        parts += [Title(inner[3], 2), _table(draw, sentences, titles), *_paragraphs(draw, sentences)]
    return Structured(
        name=f"document-{number:02}",
        title=title,
        parts=tuple(parts),
        columns=2 if number % 4 == 3 else 1,
        font=_FONTS[number % len(_FONTS)],
        size=size,
        heading_sizes=heading_sizes,
    )


def _paragraphs(draw: random.Random, sentences: Sequence[str]) -> Iterator[Text]:
    for _ in range(draw.randint(1, 2)):
        text = " ".join(draw.sample(sentences, draw.randint(1, 3)))
        yield Text(text, note=draw.choice(sentences) if draw.random() < 0.15 else "")


def _items(draw: random.Random, sentences: Sequence[str]) -> Items:
    return Items(tuple(draw.sample(sentences, draw.randint(2, 5))), is_numbered=draw.random() < 0.5)


def _table(draw: random.Random, sentences: Sequence[str], titles: Sequence[str]) -> Rows:
    rows = [("Code", "Libellé de la prestation", "Montant", "Date d’effet")]
    for _ in range(draw.randint(4, 12)):
        label = draw.choice(titles) if draw.random() < 0.6 else draw.choice(sentences)[:110].rsplit(" ", 1)[0]
        code = f"{draw.choice('ABCD')}{draw.randint(100, 999)}"
        amount = f"{draw.randint(1, 9999)},{draw.randint(10, 99)} €"
        rows.append((code, label, amount, f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/2024"))
    return Rows(tuple(rows))
