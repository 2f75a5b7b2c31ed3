"""How far the check of citations can be trusted, on real sentences that were edited (see edited/README.md)."""

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.checking.citations import CitationCheck
from assistant.checking.terms import terms
from retrieval.corpus import Passage
from tests.assistant.conftest import passage

FOLDER = Path(__file__).parent / "edited"
GIVEN = 4
UNMARKED = 0.02
PRECISION = 0.95
SUPPORTED = 0.8


@dataclass
class Judged:
    """What the check made of one half."""

    true: int = 0
    false: int = 0
    supported: int = 0
    unmarked: int = 0
    cited: int = 0
    rightly: int = 0
    worst: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return (
            f"false unmarked {self.unmarked}/{self.false}, true supported {self.supported}/{self.true}, citations "
            f"right {self.rightly}/{self.cited}; wrong by kind {dict(self.kinds)}\n" + "\n".join(self.worst)
        )


@pytest.mark.parametrize("half", ["development", "judging"])
def test_hardly_a_false_sentence_goes_unmarked_and_most_true_ones_are_supported(half: str) -> None:
    judged = _judge(half)
    assert judged.false + judged.true >= 240, half
    assert judged.unmarked <= UNMARKED * judged.false, str(judged)
    assert judged.rightly >= PRECISION * judged.cited, str(judged)
    assert judged.supported >= SUPPORTED * judged.true, str(judged)


def test_a_passage_bears_out_its_own_sentences() -> None:
    copies = [line for half in ("development", "judging") for line in _sentences(half) if line["kind"] == "copy"]
    known = {record["id"]: record for record in _read("passages.jsonl")}
    for line in copies:
        check = CitationCheck([_passage(known[line["passage"]])])
        [quote] = check.support(line["sentence"]).quotes.values()
        quoted = known[line["passage"]]["text"][quote.start : quote.end]
        assert [term.key for term in terms(quoted)] == [term.key for term in terms(line["sentence"])]


def _judge(half: str) -> Judged:
    judged = Judged()
    known = [record for record in _read("passages.jsonl") if record["half"] == half]
    for line in _sentences(half):
        given = _given(line, known)
        quotes = CitationCheck([_passage(record) for record in given]).support(line["sentence"]).quotes
        judged.true += line["true"]
        judged.false += not line["true"]
        judged.supported += line["true"] and bool(quotes)
        judged.unmarked += not line["true"] and bool(quotes)
        judged.cited += len(quotes)
        [own] = [record for record in known if record["id"] == line["passage"]]
        for number, quote in quotes.items():
            record = given[number - 1]
            # The pages of the administration repeat themselves: the same words bear out what they bear out elsewhere.
            words = record["text"][quote.start : quote.end]
            judged.rightly += line["true"] and (record is own or words in own["text"])
        if bool(quotes) != line["true"]:
            judged.kinds[line["kind"]] += 1
            told = "MARKED" if line["true"] else "UNMARKED"
            judged.worst.append(f"{told} ({line['kind']}, {line['passage']}): {line['sentence']}")
    judged.worst.sort(reverse=True)
    return judged


def _given(line: dict[str, Any], known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Its passage among the next ones, those of the same document first; without it where that is what is tried."""
    place = next(n for n, record in enumerate(known) if record["id"] == line["passage"])
    around = known[place:] + known[:place]
    if line["kind"] == "wrong passage":
        document = line["passage"].split(".")[0]
        return [record for record in around if not record["id"].startswith(document)][:GIVEN]
    return around[1:GIVEN] + around[:1]


def _passage(record: dict[str, Any]) -> Passage:
    return passage(record["title"], record["text"], record["headings"])


def _sentences(half: str) -> list[dict[str, Any]]:
    halves = {record["id"]: record["half"] for record in _read("passages.jsonl")}
    return [line for line in _read("sentences.jsonl") if halves[line["passage"]] == half]


@cache
def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]
