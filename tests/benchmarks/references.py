"""Articles asked for by name: whether the search finds them first, whatever the spelling."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retrieval.corpus import DocumentMetadata
from retrieval.references import borne, names
from retrieval.references.codes import short
from retrieval.references.folding import plain
from tests.benchmarks.corpus import open_corpus, records
from ui.identity import local_principal

DRAWN = 200
SEED = 7

# By what is special about it, how the article of a code («L162-5-3», «Annexe II : Tableau n° 57 bis») is asked for.
SPELLINGS: dict[str, Callable[[str, str], str]] = {
    "as cited": lambda number, code: f"art. {_dotted(number)} {short(code)}",
    "code in full": lambda number, code: f"{number} du {code}",
    "in a sentence": lambda number, code: f"Que dit l’article {_dotted(number)} du {code} ?",
    "short form first": lambda number, code: f"{short(code)} {number}",
    "code first": lambda number, code: f"{code.capitalize()}, article {number}",
    "no accents, no capitals": lambda number, code: plain(f"article {number} {code}"),
    "capitals": lambda number, code: plain(f"ARTICLE {_dotted(number)} DU {code}").upper(),
    "typographic": lambda number, code: f"{_dotted(number)} du {code}".replace(" ", "\u00a0").replace("-", "\u2011"),
    "blanks for hyphens": lambda number, code: f"{_spaced(number)} {short(code)}",
    "number alone": lambda number, code: f"article {number}",
}


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """By spelling, the share of the articles that come first; another of the same name counts as well."""
    drawn = draw(evaluation)
    first = dict.fromkeys(SPELLINGS, 0)
    async with open_corpus(evaluation, home) as services:
        for title in drawn:
            for spelling, question in spelt(title).items():
                found = await services.search.search(local_principal(), question, (), 1)
                first[spelling] += bool(found.passages) and is_named(title, spelling, found.passages[0].metadata)
    return {"articles": len(drawn), **{f"first, {spelling}": count / len(drawn) for spelling, count in first.items()}}


def draw(evaluation: Path) -> list[str]:
    """Titles of articles, always the same."""
    titles = [record["title"] for record in records(evaluation) if record["kind"] == "article"]
    return random.Random(SEED).sample(titles, DRAWN)  # noqa: S311


def spelt(title: str) -> dict[str, str]:
    """How an article of that title is asked for, by spelling."""
    (reference,) = borne(DocumentMetadata(title))
    number = " ".join(title.split(", article ")[1].split())
    return {spelling: ask(number, reference.code) for spelling, ask in SPELLINGS.items()}


def is_named(title: str, spelling: str, found: DocumentMetadata) -> bool:
    """Whether what was found has the name that was asked for; a number alone may be that of another code."""
    (wanted,) = borne(DocumentMetadata(title))
    return (wanted.article if spelling == "number alone" else wanted.looked_for()[0]) in names(found)


def _dotted(number: str) -> str:
    return re.sub(r"\b(LO|[LRDA])(\*?)(?=\d)", r"\1.\2 ", number)


def _spaced(number: str) -> str:
    return re.sub(r"\b((?:LO|[LRDA])\*?)(\d[\d-]*)", lambda found: f"{found[1]} {found[2].replace('-', ' ')}", number)
