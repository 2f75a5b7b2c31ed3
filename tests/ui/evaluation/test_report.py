"""The report of an evaluation as one page."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from inline_snapshot import external_file
from lxml import html

from retrieval import EvaluationRun, analyse
from tests.retrieval.evaluated import question, run
from ui.evaluation.output_file import HEAD_BYTES, REPORT_MARK
from ui.evaluation.report import report_page

HOSTILE = """<script>alert(1)</script> & "'></svg> {{ 7 * 7 }}"""
DOCUMENTS = {"a": ("Fiches",), "b": ("Codes",), "c": ("Codes", "Fiches")}
BEFORE = [
    question("q1", ["a"], ["b", "a"], words="prime d’activité", has_reference=False),
    question("q2", ["b", "nowhere"], ["b", "c"], words="art. L. 162-5-3 CSS", has_reference=True, latency_ms=4),
    question("q3", ["c"], ["a", "b"], words="Combien de jours pour un congé de proche aidant ?", has_reference=False),
]
AFTER = [
    question("q1", ["a"], ["a", "b"], words="prime d’activité", has_reference=False),
    question("q2", ["b", "nowhere"], ["c", "b"], words="art. L. 162-5-3 CSS", has_reference=True, latency_ms=6),
    question("q3", ["c"], ["a", "b"], words="Combien de jours pour un congé de proche aidant ?", has_reference=False),
]


@pytest.fixture
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock that the page's dates are read on."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


def _page(after: EvaluationRun, before: EvaluationRun | None = None, name: str = "questions.jsonl") -> str:
    return report_page(analyse(after, before), name)


def _parsed(page: str) -> Any:
    return html.fromstring(page)


@pytest.mark.usefixtures("paris")
def test_the_page_of_a_small_evaluation() -> None:
    page = _page(run(AFTER, DOCUMENTS, k=10, skipped=1), run(BEFORE, DOCUMENTS, k=10))
    assert re.sub(r"<style>.*</style>", "<style></style>", page, flags=re.DOTALL) == external_file(
        "report.html", format=".txt"
    )


def test_words_of_others_stay_words() -> None:
    asked = run([question(HOSTILE, [HOSTILE], ["a"], words=HOSTILE)], {"a": (HOSTILE,), HOSTILE: (HOSTILE,)})
    page = _parsed(_page(asked, run(asked.questions, DOCUMENTS), HOSTILE))
    assert page.xpath("//script") == []
    assert page.xpath("//*[@onload or @onerror]") == []
    assert HOSTILE in page.xpath("string(//article/h3)")
    assert HOSTILE.upper() in page.xpath("string(//article)")
    assert "49" not in page.xpath("string(//article)")


def test_nothing_comes_from_elsewhere() -> None:
    page = _page(run(AFTER, DOCUMENTS), run(BEFORE, DOCUMENTS))
    assert not re.search(r"https?:|\bsrc=|url\(|@import|<script|<link|<iframe|<img", page)
    assert "default-src 'none'" in page


def test_a_page_is_known_by_its_head() -> None:
    assert REPORT_MARK in _page(run(AFTER, DOCUMENTS))[:HEAD_BYTES]


def test_every_plot_says_what_it_is_and_has_a_table_beside_it() -> None:
    page = _parsed(_page(run(AFTER, DOCUMENTS), run(BEFORE, DOCUMENTS)))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    drawings = page.xpath("//svg")
    assert len(drawings) == 8  # differences, gains, depth, ranks, three axes, time
    for drawing in drawings:
        assert [page.get_element_by_id(id_).text for id_ in drawing.get("aria-labelledby").split()] == [
            drawing.findtext("title"),
            drawing.findtext("desc"),
        ]
        assert drawing.xpath("ancestor::section//table")
    assert page.xpath("//table[not(.//th[@scope])]") == []


@pytest.mark.parametrize("k", [1, 2, 7, 100])
@pytest.mark.parametrize("found", [[], ["a"], ["b", "a"]])
def test_a_page_comes_out_of_the_smallest_evaluation(k: int, found: list[str]) -> None:
    asked = run([question("q1", ["a"], found[:k], latency_ms=0)], DOCUMENTS, k=k)
    assert "nan" not in _page(asked, asked)


def test_few_questions_are_told_in_words() -> None:
    page = _parsed(_page(run(AFTER, DOCUMENTS)))
    assert "Peu de questions (3)" in page.xpath("string(//header)")
    assert "peu de questions" in page.xpath("string(//section[@aria-labelledby='groupes-titre'])")
